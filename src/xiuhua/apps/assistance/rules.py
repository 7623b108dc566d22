"""Decide who may help whom, what a team lacks, how visits and rosters go on.

No database, no clock, no settings. Nobody helps themselves or their close kin; nobody
signs the roster they entered or stand on. What is not known never refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import PostState
from xiuhua.core.region_codes import contains
from xiuhua.core.steps import Refusal, StepTable, Transition


# pairings -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """A helper and a household that are to be paired, as the rules see them.

    `cap` is None where no rank is known; `load` counts the helper's other households;
    `last_day` is the first day after the household's latest pairing that has ended.
    """

    starts_on: date
    helper_left: bool = False
    household_ended: bool = False
    is_member: bool = False
    is_kin: bool = False
    is_helped_already: bool = False
    cap: int | None = None
    load: int = 0
    running_since: date | None = None
    last_day: date | None = None


MATCH_CHECKS: Final[tuple[tuple[Callable[[Match], bool], Refusal], ...]] = (
    (
        lambda m: not m.helper_left,
        Refusal("assistance.helper_left", "the helper has left"),
    ),
    (
        lambda m: not m.household_ended,
        Refusal("assistance.household_ended", "the household is no more"),
    ),
    (
        lambda m: not m.is_member,
        Refusal("assistance.own_household", "nobody helps their own household"),
    ),
    (
        lambda m: not m.is_kin,
        Refusal("assistance.close_kin", "nobody helps close kin"),
    ),
    (
        lambda m: not m.is_helped_already,
        Refusal("assistance.helped_already", "this helper helps the household already"),
    ),
    (
        lambda m: m.cap is None or m.load < m.cap,
        Refusal(
            "assistance.cap_reached",
            "the helper has as many households as the rank may",
        ),
    ),
    (
        lambda m: m.running_since is None or m.running_since < m.starts_on,
        Refusal(
            "assistance.starts_too_early",
            "the pairing would start before the one it replaces",
        ),
    ),
    (
        lambda m: m.last_day is None or m.last_day <= m.starts_on,
        Refusal(
            "assistance.overlaps", "the household was helped by somebody else then"
        ),
    ),
)


def match_refusals(match: Match) -> tuple[Refusal, ...]:
    """Return why a helper and a household cannot be paired, empty when they can."""
    return tuple(refusal for holds, refusal in MATCH_CHECKS if not holds(match))


# teams --------------------------------------------------------------------------------


class Breach(StrEnum):
    """What is not as it should be with a work team."""

    TOO_FEW = "too_few"
    NO_FIRST_SECRETARY = "no_first_secretary"
    TERM_TOO_SHORT = "term_too_short"
    TERM_OVER = "term_over"
    LEFT_EARLY = "left_early"


@dataclass(frozen=True)
class Term:
    """Somebody's time in a team: agreed until, and left on (None: still there)."""

    post: str
    starts_on: date
    until: date | None = None
    ended_on: date | None = None

    def runs_on(self, day: date) -> bool:
        """Test whether they belong to the team on a day."""
        return self.starts_on <= day and (self.ended_on is None or day < self.ended_on)


def years_after(day: date, years: int) -> date:
    """Return the day so many years later; 29 February becomes 1 March.

    >>> years_after(date(2016, 2, 29), 2)
    datetime.date(2018, 3, 1)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def term_breaches(term: Term, *, on: date, term_years: int) -> frozenset[Breach]:
    """Return what is wrong with one person's term."""
    full = years_after(term.starts_on, term_years)
    found = set()
    if term.until is not None and term.until < full:
        found.add(Breach.TERM_TOO_SHORT)
    if term.runs_on(on) and term.until is not None and term.until <= on:
        found.add(Breach.TERM_OVER)
    if term.ended_on is not None and term.ended_on <= on and term.ended_on < full:
        found.add(Breach.LEFT_EARLY)
    return frozenset(found)


def team_breaches(
    terms: Iterable[Term], *, on: date, minimum: int, term_years: int
) -> frozenset[Breach]:
    """Return what is wrong with a team on a day."""
    every = list(terms)
    here = [term for term in every if term.runs_on(on)]
    found = {b for t in every for b in term_breaches(t, on=on, term_years=term_years)}
    if len(here) < minimum:
        found.add(Breach.TOO_FEW)
    if all(term.post != "first_secretary" for term in here):
        found.add(Breach.NO_FIRST_SECRETARY)
    return frozenset(found)


def staffing_fall(terms: Iterable[Term], *, since: date, on: date) -> tuple[int, int]:
    """Return the most there were since a day, and how many there are (只增不减).

    Staffing has fallen where the second is below the first.

    >>> here = Term("member", date(2018, 1, 1))
    >>> gone = Term("member", date(2018, 1, 1), ended_on=date(2019, 6, 1))
    >>> staffing_fall([here, gone], since=date(2019, 1, 1), on=date(2019, 6, 23))
    (2, 1)
    """
    every = list(terms)
    days = {since, *(t.starts_on for t in every if since <= t.starts_on <= on)}
    most = max(sum(t.runs_on(day) for t in every) for day in days)
    return most, sum(t.runs_on(on) for t in every)


# visits and rosters -------------------------------------------------------------------


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    MADE = "made"
    DROPPED = "dropped"


class RosterState(StrEnum):
    """Where a roster of days in the village stands."""

    ENTERED = "entered"
    RETURNED = "returned"
    SIGNED = "signed"


class Act(StrEnum):
    """What can be done with a visit or a roster."""

    MAKE = "make"
    DROP = "drop"
    SIGN = "sign"
    RETURN = "return"
    REENTER = "reenter"


@dataclass(frozen=True)
class Step:
    """A visit or roster, who would act, and what is said."""

    state: str
    region: str
    by: PostState
    # User names: who has to make the visit; who entered the roster; who stands on it.
    visitor: str = ""
    entered_by: str = ""
    listed: frozenset[str] = frozenset()
    said: str = ""
    day: date | None = None
    today: date | None = None


TRANSITIONS: Final[tuple[Transition[str, Act], ...]] = (
    Transition(
        Act.MAKE,
        frozenset({VisitState.PLANNED}),
        VisitState.MADE,
        ("a visitor here",),
        ("a day that has come", "what was found"),
    ),
    Transition(
        Act.DROP,
        frozenset({VisitState.PLANNED}),
        VisitState.DROPPED,
        ("the visitor or the office",),
        ("a reason",),
    ),
    Transition(
        Act.SIGN,
        frozenset({RosterState.ENTERED}),
        RosterState.SIGNED,
        ("a signer here", "not who entered it", "not on the roster"),
    ),
    Transition(
        Act.RETURN,
        frozenset({RosterState.ENTERED, RosterState.SIGNED}),
        RosterState.RETURNED,
        ("a signer here", "not who entered it", "not on the roster"),
        ("a reason",),
    ),
    Transition(
        Act.REENTER,
        frozenset({RosterState.ENTERED, RosterState.RETURNED}),
        RosterState.ENTERED,
        ("a visitor here",),
    ),
)


def _holds(step: Step, permission: Permission) -> bool:
    return step.by.allows(permission) and contains(step.by.region, step.region)


CHECKS: Final[Mapping[str, tuple[Callable[[Step], bool], Refusal]]] = MappingProxyType(
    {
        "a visitor here": (
            lambda step: _holds(step, Permission.VISIT_WRITE),
            Refusal("assistance.no_visitor", "your post visits nobody here"),
        ),
        "the visitor or the office": (
            lambda step: (
                (step.by.user == step.visitor and _holds(step, Permission.VISIT_WRITE))
                or _holds(step, Permission.ASSISTANCE_EDIT)
            ),
            Refusal("assistance.not_visitor", "the visit is somebody else's"),
        ),
        "a signer here": (
            lambda step: _holds(step, Permission.ROSTER_SIGN),
            Refusal("assistance.no_signer", "your post signs no rosters here"),
        ),
        "not who entered it": (
            lambda step: step.by.user != step.entered_by,
            Refusal("assistance.own_roster", "whoever entered it does not sign it"),
        ),
        "not on the roster": (
            lambda step: step.by.user not in step.listed,
            Refusal("assistance.on_roster", "whoever stands on it does not sign it"),
        ),
        "a day that has come": (
            lambda step: (
                step.day is not None
                and step.today is not None
                and step.day <= step.today
            ),
            Refusal("assistance.day_ahead", "the day of the visit is still to come"),
        ),
        "what was found": (
            lambda step: bool(step.said.strip()),
            Refusal("assistance.findings_missing", "say what was found"),
        ),
        "a reason": (
            lambda step: bool(step.said.strip()),
            Refusal("assistance.reason_missing", "give the reason"),
        ),
    }
)
LIFE: Final[StepTable[str, Act, Step]] = StepTable(
    TRANSITIONS,
    CHECKS,
    lambda step: step.state,
    Refusal("assistance.wrong_state", "it does not stand at this step any more"),
)
