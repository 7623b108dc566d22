"""The household card as a document of Word, from a template the office may edit.

The template is written by this module on the first use and lies in the data folder
from then on: `documents/card-zh.docx`, `card-en.docx`. An office that opens it in Word
or WPS and moves things about gets its cards that way; deleting it brings back the
shipped one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xiuhua.apps.attachments.storage import written_safely
from xiuhua.apps.documents.rules import PaperRefused


_FONT: Final = "宋体"
_NARROW_MM, _MARGIN_MM = 210, 14
# Widths in mm, of 182 between the margins: a label is short, a list of reasons is not.
_FACTS_MM: Final = (52, 130)
_VERDICTS_MM: Final = (20, 44, 94, 24)
_MEMBERS_MM: Final = (20, 20, 15, 23, 23, 19, 21, 20, 21)
_INCOME_MM: Final = (35, 21, 21, 21, 21, 21, 21, 21)
_PLAN_MEMBERS_MM: Final = (46, 46, 45, 45)
_MEASURES_MM: Final = (25, 36, 30, 24, 22, 25, 20)
_MEASURES_OF_CARD_MM: Final = (62, 50, 24, 24, 22)
_SIGNED_MM: Final = (52, 80, 50)
_CHANGES_MM: Final = (30, 32, 120)
_EMPTY: Final = "–"


def card_docx(cards: Sequence[Mapping[str, Any]], *, day: date) -> bytes:
    """Return the card of one household as a document.

    Raises:
        PaperRefused: when the office's template cannot be filled.
    """
    (said,) = cards
    return _filled("card", template_docx, said, day)


def plan_docx(plans: Sequence[Mapping[str, Any]], *, day: date) -> bytes:
    """Return one plan as a document.

    Raises:
        PaperRefused: when the office's template cannot be filled.
    """
    (said,) = plans
    name = "plan-card" if said["brief"] else "plan"
    return _filled(name, partial(plan_template, brief=said["brief"]), said, day)


def _filled(
    name: str, shipped: Callable[[], bytes], said: Mapping[str, Any], day: date
) -> bytes:
    # Both take a while to load and are asked for only here.
    import jinja2.sandbox  # noqa: PLC0415
    from docxtpl import DocxTemplate  # noqa: PLC0415

    document = DocxTemplate(str(_template(f"{name}-{said['language']}", shipped)))
    # The template is foreign text: it may fill in, and reach nothing else.
    environment = jinja2.sandbox.SandboxedEnvironment(autoescape=True)
    try:
        document.render(dict(said), jinja_env=environment, autoescape=True)
    except jinja2.TemplateError as error:
        raise PaperRefused(
            "the office's template of the card cannot be filled",
            hint="delete it from the data folder; the shipped one takes its place",
        ) from error
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    properties = document.docx.core_properties
    properties.created = properties.modified = moment
    properties.author = properties.last_modified_by = ""
    properties.title, properties.comments = str(said["title"]), ""
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _template(name: str, shipped: Callable[[], bytes]) -> Path:
    path = Path(settings.DATA_DIR, "documents", f"{name}.docx")
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written_safely(path, shipped())
    return path


def template_docx() -> bytes:
    """Return the shipped template: its words come from the data, its form from here."""
    document = _document()
    _line(document, "{{ title }}", 10)
    _line(document, "{{ head }}  {{ number }}", 18, bold=True)
    _line(document, "{{ place }}", 10)
    _line(document, "{{ statuses | join(' · ') }}", 10)
    _line(document, "{{ invented }}", 10, bold=True)
    _rows(document, "facts", ["{{ r[0] }}", "{{ r[1] }}"], widths=_FACTS_MM)
    _heading(document, "{{ members_title }}")
    _table(document, "members", _MEMBERS_MM)
    _heading(document, "{{ income_title }}")
    _table(document, "income", _INCOME_MM)
    _heading(document, "{{ verdicts_title }}")
    verdicts = [f"{{{{ r[{n}] or '{_EMPTY}' }}}}" for n in (1, 0, 2, 3)]
    _rows(document, "verdicts", verdicts, widths=_VERDICTS_MM)
    _line(document, "{{ made }}", 8)
    _line(document, "{{ without }}", 8)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def plan_template(*, brief: bool) -> bytes:
    """Return the shipped template of a plan: its form, or the family's card of it."""
    document = _document()
    _line(document, "{{ title }}", 10)
    _line(document, "{{ head }}  {{ number }}", 18, bold=True)
    _line(document, "{{ place }}", 10)
    _line(document, "{{ statuses | join(' · ') }}", 10)
    _line(document, "{{ invented }}", 10, bold=True)
    if not brief:
        _rows(document, "facts", ["{{ r[0] }}", "{{ r[1] }}"], widths=_FACTS_MM)
        _heading(document, "{{ members_title }}")
        _table(document, "members", _PLAN_MEMBERS_MM)
    _heading(document, "{{ measures_title }}")
    _table(document, "measures", _MEASURES_OF_CARD_MM if brief else _MEASURES_MM)
    thirds = [f"{{{{ r[{n}] }}}}" for n in range(3)]
    _heading(document, "{{ signed_title }}")
    _rows(document, "signed", thirds, widths=_SIGNED_MM)
    if not brief:
        _heading(document, "{{ changes_title }}")
        _rows(document, "changes", thirds, widths=_CHANGES_MM)
    _line(document, "{{ made }}", 8)
    _line(document, "{{ without }}", 8)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _document() -> Any:
    """Return an empty sheet of A4 in the font of offices."""
    from docx import Document  # noqa: PLC0415  see `card_docx`
    from docx.shared import Mm  # noqa: PLC0415

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_NARROW_MM), Mm(297)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(_MARGIN_MM))
    _font(document)
    return document


def _font(document: Any) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415  see `card_docx`
    from docx.shared import Pt  # noqa: PLC0415

    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    # Programs choose the shapes of characters, and of stops, by the language.
    said = style.element.rPr.makeelement(qn("w:lang"), {qn("w:eastAsia"): "zh-CN"})
    style.element.rPr.append(said)
    # In tables too: no line clings to the border above it.
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)


def _line(document: Any, words: str, points: int, *, bold: bool = False) -> None:
    from docx.shared import Pt  # noqa: PLC0415  see `card_docx`

    run = document.add_paragraph().add_run(words)
    run.font.size, run.bold = Pt(points), bold


def _heading(document: Any, words: str) -> None:
    """Add the heading of a table; it stands on the page of the table's first rows."""
    from docx.shared import Pt  # noqa: PLC0415  see `card_docx`

    _line(document, words, 12, bold=True)
    how = document.paragraphs[-1].paragraph_format
    how.space_before, how.keep_with_next = Pt(8), True


def _table(document: Any, name: str, widths: Sequence[int]) -> None:
    """Add a table with a row of heads and a row for each of the data's rows."""
    cells = [f"{{{{ r[{n}] }}}}" for n in range(len(widths))]
    heads = [f"{{{{ {name}.columns[{n}] }}}}" for n in range(len(widths))]
    _rows(document, f"{name}.rows", cells, heads=heads, widths=widths)


def _rows(
    document: Any,
    source: str,
    cells: list[str],
    widths: Sequence[int],
    heads: Sequence[str] = (),
) -> None:
    """Add a table whose one row docxtpl repeats: the rows around it say for what."""
    table = document.add_table(rows=0, cols=len(cells), style="Table Grid")
    if heads:
        _fill(table.add_row(), heads, bold=True, says="w:tblHeader")
    table.add_row().cells[0].text = f"{{%tr for r in {source} %}}"
    _fill(table.add_row(), cells)
    table.add_row().cells[0].text = "{%tr endfor %}"
    # A table without any row is none for Word.
    table.add_row().cells[0].text = f"{{%tr if not {source} %}}"
    _fill(table.add_row(), [_EMPTY] * len(cells))
    table.add_row().cells[0].text = "{%tr endif %}"
    _widen(table, widths)


def _fill(
    row: Any, words: Sequence[str], *, bold: bool = False, says: str = "w:cantSplit"
) -> None:
    """Word a row; it repeats on each page or is not split between two."""
    from docx.oxml.ns import qn  # noqa: PLC0415  see `card_docx`

    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn(says), {}))
    for cell, said in zip(row.cells, words, strict=True):
        cell.paragraphs[0].add_run(said).bold = bold or None


def _widen(table: Any, widths: Sequence[int]) -> None:
    """Give the columns their widths: Word reads them from every cell, others once."""
    from docx.shared import Mm  # noqa: PLC0415  see `card_docx`

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
