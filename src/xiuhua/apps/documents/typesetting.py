"""Papers as PDF, set by typst with the one font that is shipped.

The data go in as JSON and are never part of the markup, so no name can be taken for a
command. typst and the font come with the extra `documents`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from xiuhua.apps.documents.glyphs import font_file, printable


CARD: Final = Path(__file__).with_name("card.typ")
PLAN: Final = Path(__file__).with_name("plan.typ")
LIST: Final = Path(__file__).with_name("list.typ")
SHEET: Final = Path(__file__).with_name("sheet.typ")


def cards_pdf(cards: Sequence[Mapping[str, Any]], *, day: date) -> bytes:
    """Return cards as a PDF, one A4 sheet each; the same cards give the same bytes."""
    return _set(CARD, "cards", list(cards), day)


def plans_pdf(plans: Sequence[Mapping[str, Any]], *, day: date) -> bytes:
    """Return plans, as forms or as the families' cards, as a PDF."""
    return _set(PLAN, "plans", list(plans), day)


def sheet_pdf(sheet: Mapping[str, Any], *, day: date) -> bytes:
    """Return a person's data sheet as a PDF."""
    return _set(SHEET, "sheet", dict(sheet), day)


def list_pdf(said: Mapping[str, Any], *, day: date) -> bytes:
    """Return a list as a PDF: a table with its title, its foot and lines to sign."""
    return _set(LIST, "list", dict(said), day)


def _set(template: Path, name: str, said: Any, day: date) -> bytes:
    # It takes memory and time to load and is asked for only here.
    import typst  # noqa: PLC0415

    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    made = typst.compile(
        str(template),
        font_paths=[str(font_file().parent)],
        ignore_system_fonts=True,
        sys_inputs={name: json.dumps(printable(said), ensure_ascii=False)},
        timestamp=int(moment.timestamp()),
    )
    return bytes(made)
