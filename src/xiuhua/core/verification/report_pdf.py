"""The report as a PDF, set by typst with a font that has every character.

The data go in as JSON and are never part of the markup, so no name can be taken for a
command. typst and the font come with the extra `documents`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final


TEMPLATE: Final = Path(__file__).with_name("report.typ")


def write_pdf(report: Mapping[str, Any], path: Path, *, day: date) -> None:
    """Write a report (see `report.report`) as a PDF, two pages as a rule.

    The same report gives the same bytes: the date in the file is that of judgement.
    """
    # Both come with an extra and are asked for only here.
    import typst  # noqa: PLC0415
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415

    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    typst.compile(
        str(TEMPLATE),
        output=str(path),
        font_paths=[str(Path(sans_path()).parent)],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(report, ensure_ascii=False)},
        timestamp=int(moment.timestamp()),
    )
