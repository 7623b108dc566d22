"""The sheet a helper takes along: what nobody knows, village by village."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from xiuhua.core.screening.lists import ASK_COLUMNS, ask_rows
from xiuhua.core.screening.report.book import TO_ASK, Book
from xiuhua.core.screening.report.lists import list_head
from xiuhua.core.screening.report.page import Column, Page, Table


_SHOWN: Final = (
    "village_group",
    "household_id",
    "head_name",
    "helper_name",
    "person_name",
    "indicator",
    "question",
    "answer",
)
_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "household_id": ("code",),
    "indicator": ("wrap",),
    "question": ("wrap",),
    "answer": ("answer",),
}


@dataclass(frozen=True)
class Asked:
    """How much there is to ask."""

    households: int
    items: int


def write_asks(book: Book) -> Asked:
    """Write what is to be asked; each village begins a page of its own."""
    say = book.say
    page = Page(book, TO_ASK, say("To be asked and filled in on the spot"))
    page.note(say("Each village prints on pages of its own."))
    table = Table(page, [_column(book, name) for name in _SHOWN])
    rows = sorted(
        (
            dict(zip(ASK_COLUMNS, row, strict=True))
            for row in ask_rows(book.screening, book.language)
        ),
        key=lambda r: (r["village_code"], r["village_group"], r["household_id"]),
    )
    breaks = []
    for _code, group in groupby(rows, key=lambda r: r["village_code"]):
        if table.rows:
            breaks.append(page.row)
        _village(book, page, table, list(group))
    if not rows:
        table.none(say("Nothing is unknown: there is nothing to ask."))
    page.fix_scale(table.close(filters=False))
    page.break_pages(breaks)
    return Asked(len({r["household_id"] for r in rows}), len(rows))


def _village(book: Book, page: Page, table: Table, rows: list[dict[str, Any]]) -> None:
    households = len({r["household_id"] for r in rows})
    place = [rows[0][n] for n in ("township_name", "village_name", "village_code")]
    counts = book.say("{households} households, {items} questions")
    told = counts.format(households=households, items=len(rows))
    signed = book.say("Asked by: ____________  Date: ____________")
    text = f"{' '.join(filter(None, place))}    {told}    {signed}"
    page.merge(len(_SHOWN) - 1, text, "band", height=24)
    for row in rows:
        table.add(_values(row), least=2)


def _values(row: dict[str, Any]) -> Iterable[str | None]:
    return [row[name] or None for name in _SHOWN]


def _column(book: Book, name: str) -> Column:
    own = {
        "person_name": "Member",
        "indicator": "Indicator",
        "question": "To ask: what is missing",
        "answer": "Answer",
    }
    head = book.say(own[name]) if name in own else list_head(book, name)
    if name == "answer":
        return Column(head, _PARTS[name], least=30)
    return Column(head, _PARTS.get(name, ()), most=34)
