"""The sheet of villages: what each criterion says, and the figures behind it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.screening.report.book import VILLAGES, Book
from xiuhua.core.screening.report.figures import VERDICT_PARTS, decimals
from xiuhua.core.screening.report.page import Column, Marked, Page, Table
from xiuhua.core.standards.binder import OVERALL


_COUNTS: Final = (
    ("households", "Number of households"),
    ("persons", "Persons"),
    ("remaining_households", "Remaining households"),
    ("remaining_persons", "Remaining persons"),
)


def write_villages(book: Book) -> None:
    """Write one row per village."""
    say, screening = book.say, book.screening
    page = Page(book, VILLAGES, say("Villages and their criteria"))
    page.note(say("The incidence counts the persons of remaining households."))
    names = screening.indicators("village")
    criteria = [OVERALL, *(n for n in names if n != OVERALL)]
    columns = [
        Column(say("Township"), most=20),
        Column(book.label("village", "village_code"), ("code",), most=14),
        Column(say("Village"), most=20),
        Column(book.label("village", "poor_village"), ("center",)),
        *(Column(say(head), ("count",)) for _, head in _COUNTS),
        Column(book.label("village", "agricultural_population"), ("count",)),
        Column(say("Poverty incidence"), least=8),
        *(Column(book.indicator(n), ("center",), most=14) for n in criteria),
    ]
    table = Table(page, columns, frozen=3)
    for row in _rows(book, criteria):
        table.add(_values(book, row, criteria))
    if not table.rows:
        table.none(say("The registry holds no village."))
    table.close()


def _rows(book: Book, criteria: list[str]) -> Iterator[dict[str, Any]]:
    ask = book.screening.results
    present = {row[0] for row in ask.execute("DESCRIBE village").fetchall()}
    poor = "b.poor_village" if "poor_village" in present else "NULL AS poor_village"
    counts = ", ".join(f"r.{name}" for name, _ in _COUNTS)
    shown = ", ".join(f'v."{name}"' for name in criteria)
    cursor = ask.cursor().execute(
        f"SELECT v.village, {poor}, {counts}, r.agricultural_population, {shown} "
        "FROM villages v LEFT JOIN regions r ON r.region = v.village "
        "LEFT JOIN village b ON b.village_code = v.village ORDER BY v.village"
    )
    names = [column[0] for column in cursor.description or ()]
    while row := cursor.fetchone():
        yield dict(zip(names, row, strict=True))


def _values(book: Book, row: dict[str, Any], criteria: list[str]) -> list[Any]:
    township, village = book.places.get(row["village"], ("", ""))
    poor = row["poor_village"]
    population = row["agricultural_population"]
    share = Fraction(row["remaining_persons"] or 0, population) if population else None
    return [
        township,
        row["village"],
        village,
        None if poor is None else book.say("yes" if poor else "no"),
        *(row[name] for name, _ in _COUNTS),
        population,
        share_cell(share),
        *(Marked(book.verdict(row[n]), VERDICT_PARTS[row[n]]) for n in criteria),
    ]


def share_cell(share: Fraction | None) -> Marked:
    """Return a share with as many decimals as it needs, empty when not known."""
    return Marked(share, () if share is None else (f"%{decimals(share)}",))
