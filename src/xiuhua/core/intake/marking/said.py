"""The sheet that says what was taken out of a workbook before it was handed back."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

from xiuhua.core.intake.marking.marks import RETURNED_SHEET, unmarkable
from xiuhua.core.intake.marking.parts import RELATIONS
from xiuhua.messages import translator


PART: Final = "xl/worksheets/xiuhua-said.xml"
RELATION: Final = "rIdXiuhuaSaid"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_ID: Final = re.compile(rb"""\bsheetId\s*=\s*["'](\d{1,9})["']""")
_LAST: Final = re.compile(rb"</((?:\w+:)?)sheets\s*>")
_TOLD: Final = (
    "Formulas were replaced by the values they showed; links to other files, macros,"
    " charts and pictures were left out of this copy. Correct the values here, or in"
    " your own file."
)


def sheet() -> bytes:
    """Return the sheet, Chinese above English."""
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>'
        f"{escape(translator(language)(_TOLD))}</t></is></c></row>"
        for at, language in enumerate(("zh", "en"), 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def with_sheet(workbook: bytes) -> bytes:
    """Return the list of sheets with this one at its end.

    Raises:
        MarkingImpossible: when the list is not written as usual.
    """
    end = _LAST.search(workbook)
    if end is None:
        raise unmarkable()
    number = max((int(n) for n in _SHEET_ID.findall(workbook)), default=0) + 1
    entry = (
        f'<{end[1].decode()}sheet xmlns:r="{RELATIONS}" name="{RETURNED_SHEET}"'
        f' sheetId="{number}" r:id="{RELATION}"/>'
    )
    return workbook[: end.start()] + entry.encode() + workbook[end.start() :]
