"""The first sheet: what was judged, what came out, what to look at first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.screening.report.asks import Asked
from xiuhua.core.screening.report.book import (
    FAULTS,
    READY,
    SHORTFALLS,
    STANDARD,
    TO_ASK,
    VILLAGES,
    WRONG_EXITS,
    Book,
)
from xiuhua.core.screening.report.figures import decimals, lines
from xiuhua.core.screening.report.page import Page
from xiuhua.core.screening.run import GROUPS, WORDS


@dataclass(frozen=True)
class Found:
    """What the other sheets hold, for the list of what to look at first."""

    wrong_exits: int
    ready: int
    asked: Asked


_WIDTHS: Final = (36, 11, 11, 11, 11, 11, 11, 11, 11)
LAST: Final = len(_WIDTHS) - 1
_GROUP_TITLES: Final = {
    "all": "All households",
    "exited": "Exited households",
    "remaining": "Remaining households",
}


def set_up_summary(page: Page) -> None:
    """Set the widths of the columns."""
    for at, wide in enumerate(_WIDTHS):
        page.sheet.set_column(at, at, wide)


def write_summary(page: Page, figures: dict[str, Any], found: Found) -> None:
    """Write title, key figures, what needs attention, and the tables of verdicts."""
    book = page.book
    page.merge(
        LAST, f"{book.region}  {book.say('Screening report')}", "title", height=30
    )
    text(page, book.say("As of {day}").format(day=book.day), "strong")
    for pack in book.screening.standard.packs:
        draft = book.say(" (draft)") if pack.draft else ""
        text(page, f"{pack.title.in_(book.language)}  {pack.id} {pack.version}{draft}")
    warning = book.say(
        "This workbook holds personal data (names of household heads, members and "
        "helpers, incomes): for those in charge of the work only; not to be posted."
    )
    text(page, warning, "warning")
    _key_figures(page, figures)
    _attention(page, figures, found)
    second_page = 0
    for group in GROUPS:
        second_page = second_page or (page.row + 1 if group != "all" else 0)
        _verdicts(page, group, figures["indicators"][group])
    _villages(page, figures["villages"]["tally"])
    page.break_pages([second_page, page.row + 1])


def section(page: Page, title: str) -> None:
    """Begin a section."""
    page.next()
    page.merge(LAST, page.book.say(title), "section", height=22)


def text(page: Page, words: str, *parts: str) -> None:
    """Write a line of text over the whole width, as high as it needs to be."""
    needed = lines(words, sum(_WIDTHS) - 2)
    page.merge(LAST, words, *(parts or ("plain",)), height=3 + 13 * needed)


def _key_figures(page: Page, figures: dict[str, Any]) -> None:
    section(page, "Key figures")
    heads, counts = page.book.say, figures["counts"]
    pairs = [
        ("Villages", counts["villages"]),
        ("Poor villages", counts["poor_villages"]),
        ("Number of households", counts["households"]),
        ("Persons", counts["persons"]),
        ("Exited households", counts["exited_households"]),
        ("Exited persons", counts["exited_persons"]),
        ("Remaining households", counts["remaining_households"]),
        ("Remaining persons", counts["remaining_persons"]),
    ]
    for first, second in zip(pairs[::2], pairs[1::2], strict=True):
        for at, (name, count) in ((0, first), (3, second)):
            _wide(page, at, at + 1, heads(name), "head")
            page.put(at + 2 if at else 1, count, "cell", "count", "strong")
        page.next()
    _incidence(page)


def _wide(page: Page, first: int, last: int, words: str, *parts: str) -> None:
    """Write over two columns, or over one where the first is wide enough."""
    form = page.book.styles.of(*parts)
    if first:
        page.sheet.merge_range(page.row, first, page.row, last, "", form)
    page.put(first, words, *parts)


def _incidence(page: Page) -> None:
    book = page.book
    row = book.screening.results.execute(
        "SELECT remaining_persons, agricultural_population FROM regions "
        "WHERE region = ?",
        [book.screening.standard.region],
    ).fetchone()
    page.put(0, book.say("Poverty incidence"), "head")
    if row is None or not row[1]:
        page.put(1, book.say("unknown"), "cell", "doubt")
        page.next()
        return
    share = Fraction(row[0], row[1])
    page.put(1, share, "cell", "strong", f"%{decimals(share)}")
    basis = book.say("{persons} remaining persons of {population} registered")
    page.put(3, basis.format(persons=f"{row[0]:,}", population=f"{row[1]:,}"), "quiet")
    page.next()


def _attention(page: Page, figures: dict[str, Any], found: Found) -> None:
    section(page, "What to look at first")
    any_found = False
    for count, words, sheet in _points(page.book, figures, found):
        if count:
            any_found = True
            page.height(lines(page.book.say(words), _WIDTHS[0]))
            page.put(0, page.book.say(words), "strong")
            page.put(1, count, "count", "strong")
            page.link(
                2,
                page.book.say("go to the sheet {sheet}").format(
                    sheet=page.book.say(sheet)
                ),
                sheet,
            )
            page.next()
    if not any_found:
        text(page, page.book.say("Nothing stands out: no shortfall, gap or fault."))


def _points(
    book: Book, figures: dict[str, Any], found: Found
) -> Iterator[tuple[int, str, str]]:
    overall = figures["indicators"]["all"].get("overall", {})
    villages = figures["villages"]["tally"].get("overall", {})
    counts = figures["counts"]
    others = (
        counts["households"]
        - counts["exited_households"]
        - counts["remaining_households"]
    )
    params = figures["standard"]["params"].values()
    yield (
        found.wrong_exits,
        "exited households that do not meet the standard",
        WRONG_EXITS,
    )
    yield found.ready, "remaining households that meet the standard", READY
    yield found.asked.households, "households with something unknown", TO_ASK
    yield found.asked.items, "values to be asked", TO_ASK
    yield overall.get("unmet", 0), "households unmet in some indicator", SHORTFALLS
    yield villages.get("unmet", 0), "villages that do not meet the criteria", VILLAGES
    yield villages.get("unknown", 0), "villages with something unknown", VILLAGES
    yield sum(figures["data_faults"].values()), "faults in the data", FAULTS
    yield others, "households neither exited nor remaining", FAULTS
    yield sum("unknown" in p for p in params), "parameters without a value", STANDARD


def _verdicts(page: Page, group: str, tally: dict[str, dict[str, int]]) -> None:
    book, title = page.book, page.book.say(_GROUP_TITLES[group])
    total = sum(next(iter(tally.values()), {}).values())
    page.next()
    head = book.say("Verdicts: {group}").format(group=title)
    page.merge(LAST, head, "section", height=22)
    if not total:
        text(page, book.say("There are no such households."), "strong")
        return
    _tally_table(page, tally, book.say("Number of households"))


def _villages(page: Page, tally: dict[str, dict[str, int]]) -> None:
    section(page, "Verdicts: villages")
    if not sum(next(iter(tally.values()), {}).values()):
        text(page, page.book.say("There are no villages."), "strong")
        return
    _tally_table(page, tally, page.book.say("Number of villages"))


def _tally_table(page: Page, tally: dict[str, dict[str, int]], total_head: str) -> None:
    say = page.book.say
    heads = [say("Indicator")]
    for word in WORDS:
        heads += [page.book.verdict(word.word), say("share")]
    page.height(max(lines(head, _WIDTHS[-1]) for head in (*heads[1:], total_head)))
    for at, head in enumerate(heads[:-1]):
        page.put(at, head, "head")
    page.put(LAST, total_head, "head")
    page.next()
    for name, words in tally.items():
        _tally_row(page, name, words)


def _tally_row(page: Page, name: str, words: dict[str, int]) -> None:
    page.put(0, page.book.indicator(name), "cell", "wrap")
    total = sum(words.values())
    at = 1
    for word in WORDS:
        count = words.get(word.word, 0)
        mark = _mark(word.word) if count else ("quiet",)
        page.put(at, count, "cell", "tally", *mark)
        at += 1
        if word.word != "not_applicable":
            share = Fraction(count, total)
            page.put(at, share if count else None, "cell", f"%{decimals(share)}")
            at += 1
    page.put(at, total, "cell", "count")
    page.next()


def _mark(word: str) -> tuple[str, ...]:
    return {"unmet": ("bad",), "unknown": ("doubt",)}.get(word, ())
