"""The two lists of households: exited yet unmet, remaining yet met."""

from __future__ import annotations

from typing import Any, Final

from xiuhua.core.screening.lists import LIST_COLUMNS, list_rows
from xiuhua.core.screening.report.book import READY, WRONG_EXITS, Book
from xiuhua.core.screening.report.page import Column, Page, Table


_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "village_code": ("code",),
    "household_id": ("code",),
    "n_persons": ("count",),
    "net_income_per_capita": ("money",),
    "exit_status": ("center",),
    "exit_year": ("year",),
    "helper_unit": ("wrap",),
    "unmet": ("wrap",),
    "unknown": ("wrap",),
    "reasons": ("wrap",),
}
_WIDEST: Final = {"unmet": 16, "unknown": 16, "reasons": 44, "helper_unit": 16}


def write_lists(book: Book) -> dict[str, int]:
    """Write both lists and return how many households stand on each, by sheet."""
    say = book.say
    return {
        WRONG_EXITS: _write(
            book,
            WRONG_EXITS,
            ("exited", "unmet"),
            say("Exited households that do not meet the standard"),
            say("By the data of the registry; a visit decides, not this list."),
        ),
        READY: _write(
            book,
            READY,
            ("not_exited", "met"),
            say("Remaining households that meet the standard"),
            say("For the exit procedure: none leaves without visit and public notice."),
        ),
    }


def _write(
    book: Book, sheet: str, chosen: tuple[str, str], title: str, note: str
) -> int:
    status, verdict = chosen
    page = Page(book, sheet, title)
    page.note(note)
    hidden = ("unmet", "reasons", "unknown") if verdict == "met" else ()
    kept = [name for name in LIST_COLUMNS if name not in hidden]
    table = Table(page, [_column(book, name) for name in kept], frozen=6)
    for row in list_rows(book.screening, status, verdict, book.language):
        values = dict(zip(LIST_COLUMNS, row, strict=True))
        table.add([values[name] for name in kept])
    if not table.rows:
        table.none(book.say("No household stands on this list."))
    table.close()
    return table.rows


def _column(book: Book, name: str) -> Column:
    return Column(
        list_head(book, name), _PARTS.get(name, ()), most=_WIDEST.get(name, 20)
    )


def list_head(book: Book, name: str) -> str:
    """Return the head of a column of the lists."""
    own: dict[str, Any] = {
        "township_name": "Township",
        "village_name": "Village",
        "unmet": "Unmet indicators",
        "unknown": "Unknown indicators",
        "reasons": "Why",
    }
    return book.say(own[name]) if name in own else book.label("household", name)
