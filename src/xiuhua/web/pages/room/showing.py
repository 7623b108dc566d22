"""Word the figures of a region for its page, one line each, every one with its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.apps.assessments.rules import OVERALL
from xiuhua.apps.assessments.totals import EXITED, LEFT, Totals
from xiuhua.core.truth import Verdict
from xiuhua.web.pages.room.asking import Question
from xiuhua.web.pages.room.figures import (
    bounds_text,
    change_text,
    count_text,
    percent_text,
    points_text,
)
from xiuhua.web.pages.room.links import Lists
from xiuhua.web.pages.room.reading import Change, Marked, Room


# The parts of a bar are drawn in thousandths.
_WHOLE = 1000


@dataclass(frozen=True)
class Figure:
    """A card: what is counted, the number, what it is compared with, where it leads."""

    key: str
    name: str
    number: str
    url: str
    more: tuple[str, ...] = ()
    bad: bool = False


@dataclass(frozen=True)
class Bar:
    """A stretch of a bar in thousandths of its length."""

    verdict: str
    start: int
    length: int


@dataclass(frozen=True)
class Line:
    """An indicator with its verdicts: numbers, links, a bar and the share unmet."""

    key: str
    name: Any
    unmet: str
    unmet_url: str
    unknown: str
    unknown_url: str
    met: str
    met_url: str
    judged: str
    bounds: str
    bars: tuple[Bar, ...]


def cards_of_figures(room: Room, code: str, question: Question) -> list[Figure]:
    """Return the cards at the top of a page; `code` empty for several regions."""
    standard = room.standard.pack if room.standard else ""
    lists = Lists(now=bool(code) and not question.past, standard=standard)
    now = room.totals
    cards = [
        _left_households(room, code, lists),
        _left_persons(room, code, lists),
        _incidence(room),
        Figure(
            "exited",
            _("households exited"),
            _number(now, now.exited.households),
            lists.of_status(code, EXITED),
            (_persons(now.exited.persons),),
        ),
    ]
    if room.standard:
        cards.append(_falling_short(now, code, question, lists))
    if room.deep:
        cards.append(_deep(room.deep, now))
    return cards


def lines_of_verdicts(
    room: Room, code: str, question: Question, names: Sequence[tuple[str, Any]]
) -> list[Line]:
    """Return a line per indicator and one for all together, in the pack's order."""
    if room.standard is None:
        return []
    lists = Lists(now=bool(code) and not question.past, standard=room.standard.pack)
    rows = [(OVERALL, _("all indicators together")), *names]
    return [_line(room.totals, key, name, code, question, lists) for key, name in rows]


def changes_worded(change: Change, *, of_persons: bool) -> str:
    """Return a change since a day in words; unknown is said, never shown as none."""
    since = change.since.isoformat()
    number = change.persons if of_persons else change.households
    if number is None:
        return _("since %(day)s: not known") % {"day": since}
    return _("since %(day)s: %(change)s") % {
        "day": since,
        "change": change_text(number),
    }


def _left_households(room: Room, code: str, lists: Lists) -> Figure:
    now = room.totals
    more = [changes_worded(c, of_persons=False) for c in (room.week, room.year)]
    if now.unsaid.households:
        more.append(
            _("%(number)s more without an exit status")
            % {"number": count_text(now.unsaid.households)}
        )
    return Figure(
        "left",
        _("households left"),
        _number(now, now.left.households),
        lists.of_status(code, LEFT),
        tuple(more),
        bad=bool(now.left.households),
    )


def _left_persons(room: Room, code: str, lists: Lists) -> Figure:
    now = room.totals
    more = [changes_worded(c, of_persons=True) for c in (room.week, room.year)]
    return Figure(
        "persons",
        _("persons left"),
        _number(now, now.left.persons),
        lists.of_status(code, LEFT),
        tuple(more),
        bad=bool(now.left.persons),
    )


def rate_text(totals: Totals) -> str:
    """Return the incidence; two ends when unknown rows lie between, ≤ at its upper end.

    A village that has not given its population can only make the rate smaller.
    """
    rate = totals.rate
    if rate.least is None or rate.most is None:
        return "—"
    if rate.at_most:
        return f"≤{percent_text(rate.most)}"
    if rate.least != rate.most:
        return f"{percent_text(rate.least)}–{percent_text(rate.most)}"
    return percent_text(rate.least)


def _incidence(room: Room) -> Figure:
    now = room.totals
    people = now.population
    more = []
    if people.persons:
        more.append(
            _("of %(persons)s rural persons") % {"persons": count_text(people.persons)}
        )
    if people.without:
        more.append(
            _("%(villages)s of %(all)s villages gave no population")
            % {"villages": people.without, "all": people.villages}
        )
    more += [
        _("since %(day)s: %(points)s percentage points")
        % {"day": change.since.isoformat(), "points": points_text(change.points)}
        for change in (room.week, room.year)
        if change.points is not None
    ]
    return Figure("rate", _("poverty incidence"), rate_text(now), "", tuple(more))


def _falling_short(now: Totals, code: str, question: Question, lists: Lists) -> Figure:
    of = question.poverty
    unmet = now.verdict(OVERALL, Verdict.UNMET, of)
    unknown = now.verdict(OVERALL, Verdict.UNKNOWN, of)
    more = [_persons(unmet.persons)]
    if unknown.households:
        more.append(
            _("unknown: %(number)s") % {"number": count_text(unknown.households)}
        )
    return Figure(
        "unmet",
        _("households that fall short"),
        _number(now, unmet.households),
        lists.of_verdict(code, OVERALL, Verdict.UNMET, of),
        tuple(more),
        bad=bool(unmet.households),
    )


def _deep(deep: Marked, now: Totals) -> Figure:
    left, whole = deep.totals.left.persons, now.left.persons
    share = percent_text(Fraction(left, whole)) if whole else "—"
    return Figure(
        "deep",
        _("left in deep poverty places"),
        share,
        "#deep",
        (
            _("%(places)s places, %(persons)s persons")
            % {"places": len(deep.codes), "persons": count_text(left)},
        ),
    )


def _persons(number: int) -> str:
    return _("%(number)s persons") % {"number": count_text(number)}


def _number(totals: Totals, number: int) -> str:
    return count_text(number if totals.recorded else None)


def _line(
    totals: Totals,
    key: str,
    name: Any,
    code: str,
    question: Question,
    lists: Lists,
) -> Line:
    of = question.poverty
    count = {v: totals.verdict(key, v, of).households for v in Verdict}
    judged = sum(count.values()) - count[Verdict.NOT_APPLICABLE]

    def url(verdict: Verdict) -> str:
        return lists.of_verdict(code, key, verdict, of) if count[verdict] else ""

    return Line(
        key,
        name,
        unmet=_number(totals, count[Verdict.UNMET]),
        unmet_url=url(Verdict.UNMET),
        unknown=_number(totals, count[Verdict.UNKNOWN]),
        unknown_url=url(Verdict.UNKNOWN),
        met=_number(totals, count[Verdict.MET]),
        met_url=url(Verdict.MET),
        judged=_number(totals, judged),
        bounds=bounds_text(
            count[Verdict.UNMET], count[Verdict.UNMET] + count[Verdict.UNKNOWN]
        ),
        bars=_bars(count, judged),
    )


def _bars(count: dict[Verdict, int], judged: int) -> tuple[Bar, ...]:
    """Return the stretches of a bar; a verdict that occurs is always seen."""
    if not judged:
        return ()
    order = (Verdict.UNMET, Verdict.UNKNOWN)
    bars = []
    start = 0
    for verdict in order:
        if count[verdict]:
            length = max(8, round(_WHOLE * count[verdict] / judged))
            length = min(length, _WHOLE - start)
            bars.append(Bar(verdict.word, start, length))
            start += length
    bars.append(Bar(Verdict.MET.word, start, _WHOLE - start))
    return tuple(bars)
