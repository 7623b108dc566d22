"""The sheet of shortfalls: unmet and unknown by village and indicator, with totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from xiuhua.core.region_codes import level_of
from xiuhua.core.screening.report.book import SHORTFALLS, Book
from xiuhua.core.screening.report.page import Column, Marked, Page, Table
from xiuhua.core.screening.run import Screening


_LEVELS: Final = {
    "nation": "nation",
    "province": "province",
    "prefecture": "prefecture",
    "county": "county",
    "township": "township",
    "village": "village",
}
_OWN: Final = 5


def write_shortfalls(book: Book) -> None:
    """Write one row per village, with a row above for each township and the whole.

    A filter on the first column shows villages or townships alone.
    """
    say, screening = book.say, book.screening
    indicators = screening.indicators("household")
    page = Page(book, SHORTFALLS, say("Shortfalls by village and indicator"))
    page.note(say("Households; per indicator: unmet, then unknown. A dash is none."))
    groups = [("", 1)] * _OWN + [(book.indicator(name), 2) for name in indicators]
    table = Table(page, _columns(book, indicators), frozen=4, groups=groups)
    rows = list(region_rows(screening, indicators))
    for row in rows:
        _add(book, table, row, indicators)
    if not any(row[f"{name}_unmet"] for row in rows for name in indicators):
        table.none(say("No household is unmet in any indicator."))
    table.close()


def region_rows(
    screening: Screening, indicators: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the figures of regions, each above the regions it contains."""
    tallies = ", ".join(
        f'"{name}_unmet", "{name}_unknown"' for name in dict.fromkeys(indicators)
    )
    cursor = screening.results.cursor().execute(
        f"SELECT region, households, {tallies} FROM regions "
        "WHERE region IS NOT NULL ORDER BY region"
    )
    names = [column[0] for column in cursor.description or ()]
    while row := cursor.fetchone():
        yield dict(zip(names, row, strict=True))


def _columns(book: Book, indicators: list[str]) -> list[Column]:
    say = book.say
    columns = [
        Column(say("Level"), ("center",)),
        Column(say("Township"), most=20),
        Column(book.label("village", "village_code"), ("code",), most=14),
        Column(say("Village"), most=20),
        Column(book.say("Number of households"), ("count",)),
    ]
    tallies = [Column(say(word), ("tally",), most=6) for word in ("unmet", "unknown")]
    return columns + tallies * len(indicators)


def _add(book: Book, table: Table, row: dict[str, Any], indicators: list[str]) -> None:
    code = str(row["region"])
    level = level_of(code) or ""
    own = ("total",) if level != "village" else ()
    values: list[Any] = [
        book.say(_LEVELS.get(level, "")) if level else "",
        *_names(book, code, level),
        row["households"],
    ]
    for name in indicators:
        for word, mark in (("unmet", "bad"), ("unknown", "doubt")):
            count = row[f"{name}_{word}"]
            values.append(Marked(count, (mark,) if count else ("quiet",)))
    table.add(values, *own)


def _names(book: Book, code: str, level: str) -> tuple[str, str, str]:
    if level == "village":
        township, village = book.places.get(code, ("", ""))
        return township, code, village
    return book.place_name(code), code, ""
