"""The sheet of all households with every verdict; split where a sheet is full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.screening.report.book import HOUSEHOLDS, Book
from xiuhua.core.screening.report.figures import VERDICT_PARTS
from xiuhua.core.screening.report.page import Column, Marked, Page, Table
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.wording import field_text


_PLACE: Final = ("village_group", "household_id", "head_name")
_FACTS: Final = ("exit_status", "exit_year", "helper_name")
_BATCH: Final = 10_000


def write_households(book: Book) -> int:
    """Write all households in order of village; return how many."""
    results = [d.name for d in book.screening.standard.results_of("household")]
    indicators = [OVERALL, *_indicators(book)]
    count, number = 0, 0
    table = None
    for row in _rows(book, results, indicators):
        if table is None or table.full:
            if table is not None:
                table.close()
            number += 1
            table = _table(book, number, results, indicators)
        table.add(_values(book, row, results, indicators))
        count += 1
    if table is None:
        table = _table(book, 1, results, indicators)
        table.none(book.say("The registry holds no household."))
    table.close()
    return count


def _indicators(book: Book) -> list[str]:
    return [n for n in book.screening.indicators("household") if n != OVERALL]


def _table(book: Book, number: int, results: list[str], indicators: list[str]) -> Table:
    page = Page(book, HOUSEHOLDS, book.say("All households"), number)
    page.note(
        book.say("Filter by village, status, verdict. Unmet and unknown stand out.")
    )
    codes = {"household_id": ("code",), "exit_status": ("center",)}
    codes |= {"exit_year": ("year",)}
    columns = [
        Column(book.say("Township"), most=20),
        Column(book.label("village", "village_code"), ("code",), most=14),
        Column(book.say("Village"), most=20),
        *(Column(book.label("household", n), codes.get(n, ())) for n in _PLACE),
        *(Column(book.label("household", n), _number_parts(book, n)) for n in results),
        *(Column(book.label("household", n), codes.get(n, ())) for n in _FACTS),
        *(Column(book.indicator(n), ("center",), most=14) for n in indicators),
    ]
    return Table(page, columns, frozen=6)


def _number_parts(book: Book, name: str) -> tuple[str, ...]:
    derived = book.screening.standard.results_of("household")
    decimals = next(d.decimals for d in derived if d.name == name)
    return ("money",) if decimals else ("count",)


def _rows(
    book: Book, results: list[str], indicators: list[str]
) -> Iterator[dict[str, Any]]:
    ask = book.screening.results
    present = {row[0] for row in ask.execute("DESCRIBE household").fetchall()}
    own = [n for n in (*_PLACE, *_FACTS) if n not in ("household_id", "exit_status")]
    facts = ", ".join(f"h.{n}" if n in present else f"NULL AS {n}" for n in own)
    shown = ", ".join(f'v."{n}"' for n in (*results, *indicators))
    cursor = ask.cursor().execute(
        f"SELECT v.village_code, v.household_id, v.exit_status, {facts}, {shown} "
        "FROM verdicts v JOIN household h USING (household_id) "
        "ORDER BY v.village_code, v.household_id"
    )
    names = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(_BATCH):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def _values(
    book: Book, row: dict[str, Any], results: list[str], indicators: list[str]
) -> list[Any]:
    township, village = book.places.get(row["village_code"] or "", ("", ""))
    verdicts = [Marked(book.verdict(row[n]), VERDICT_PARTS[row[n]]) for n in indicators]
    return [
        township,
        row["village_code"],
        village,
        *(row[n] for n in _PLACE),
        *(row[n] for n in results),
        _status(row["exit_status"], book.language),
        *(row[n] for n in _FACTS[1:]),
        *verdicts,
    ]


def _status(code: str | None, language: str) -> str:
    field = load_dictionary().level("household").by_name["exit_status"]
    return field_text(field, code, language) if code else ""
