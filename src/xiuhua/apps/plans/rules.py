"""Decide what may happen to a measure, and what a plan still lacks.

No database, no clock, no settings. A measure is proposed, agreed with the family,
delivered, and checked off item by item by somebody else (对账销号); one that is late
needs a cause and names who answers for it (DOMAIN 6, seed 001).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import PostState
from xiuhua.apps.plans.parameters import Parameters
from xiuhua.core.region_codes import contains
from xiuhua.core.steps import Refusal, StepTable, Transition


class MeasureState(StrEnum):
    """Where a measure stands."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CHECKED_OFF = "checked_off"
    DROPPED = "dropped"
    CARRIED = "carried_over"


# Agreed and not yet delivered: these can be late.
TO_DELIVER: Final = frozenset({MeasureState.PLANNED, MeasureState.UNDER_WAY})
# What a plan that is closed leaves: carried over to the next year or dropped.
UNFINISHED: Final = TO_DELIVER | {MeasureState.PROPOSED}
# What counts as part of a plan: proposals and what was dropped do not.
COUNTED: Final = TO_DELIVER | {MeasureState.DONE, MeasureState.CHECKED_OFF}


# Who signs an agreement: the family, the helper, the leader of the work team.
SIGNERS: Final = ("family", "helper", "team")


class Act(StrEnum):
    """What can be done with a measure; the last two are acts on the whole plan."""

    START = "start"
    FINISH = "finish"
    CHECK_OFF = "check_off"
    RETURN = "return"
    REOPEN = "reopen"
    DROP = "drop"
    AGREE = "agree"
    CARRY = "carry"


# Acts on a whole plan: not offered on a measure.
OF_PLANS: Final = frozenset({Act.AGREE, Act.CARRY})


class Subject(StrEnum):
    """What a plan is for (一户一策、一村一策、一人一计)."""

    HOUSEHOLD = "household"
    VILLAGE = "village"
    PERSON = "person"


class Track(StrEnum):
    """By which of three ways a family gets out (发展产业、带动就业、社会兜底)."""

    DEVELOP = "develop"
    EMPLOY = "employ"
    SUPPORT = "support"


@dataclass(frozen=True)
class MeasureView:
    """A measure as the rules see it; `finished_by` is who said it was delivered."""

    state: MeasureState
    region: str
    owner: str = ""
    finished_by: str = ""
    demanded: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    plan_closed: bool = False


@dataclass(frozen=True)
class Step:
    """A measure, who would act, and the reason given."""

    measure: MeasureView
    by: PostState
    reason: str = ""


Check = Callable[[Step], bool]


_S = MeasureState
TRANSITIONS: Final = (
    Transition(
        Act.AGREE,
        frozenset({_S.PROPOSED}),
        _S.PLANNED,
        ("a planner",),
        ("an open plan",),
    ),
    Transition(
        Act.START,
        frozenset({_S.PLANNED}),
        _S.UNDER_WAY,
        ("the owner or a planner",),
        ("an open plan",),
    ),
    Transition(
        Act.FINISH,
        TO_DELIVER,
        _S.DONE,
        ("the owner or a planner",),
        ("an open plan", "evidence demanded"),
    ),
    Transition(
        Act.CHECK_OFF,
        frozenset({_S.DONE}),
        _S.CHECKED_OFF,
        ("a checker", "not their own work"),
        ("an open plan", "evidence demanded"),
    ),
    Transition(
        Act.RETURN,
        frozenset({_S.DONE}),
        _S.UNDER_WAY,
        ("a checker", "not their own work"),
        ("an open plan", "a reason"),
    ),
    Transition(
        Act.REOPEN,
        frozenset({_S.CHECKED_OFF}),
        _S.UNDER_WAY,
        ("a checker", "not their own work"),
        ("an open plan", "a reason"),
    ),
    Transition(
        Act.DROP,
        UNFINISHED,
        _S.DROPPED,
        ("a planner",),
        ("an open plan", "a reason"),
    ),
    Transition(
        Act.CARRY,
        UNFINISHED,
        _S.CARRIED,
        ("a planner",),
        ("an open plan", "a reason"),
    ),
)


def _holds(step: Step, permission: Permission) -> bool:
    return step.by.allows(permission) and contains(step.by.region, step.measure.region)


CHECKS: Final[Mapping[str, tuple[Check, Refusal]]] = MappingProxyType(
    {
        "a planner": (
            lambda step: _holds(step, Permission.PLAN_EDIT),
            Refusal("plans.no_planner", "your post does not plan here"),
        ),
        "the owner or a planner": (
            lambda step: (
                step.by.user == step.measure.owner or _holds(step, Permission.PLAN_EDIT)
            ),
            Refusal("plans.not_owner", "the measure is somebody else's"),
        ),
        "a checker": (
            lambda step: _holds(step, Permission.PLAN_CHECK),
            Refusal("plans.no_checker", "your post does not check delivery here"),
        ),
        "not their own work": (
            lambda step: (
                step.by.user not in {step.measure.owner, step.measure.finished_by}
            ),
            Refusal("plans.own_work", "whoever delivers does not check off"),
        ),
        "an open plan": (
            lambda step: not step.measure.plan_closed,
            Refusal("plans.plan_closed", "the plan of that year is closed"),
        ),
        "a reason": (
            lambda step: bool(step.reason.strip()),
            Refusal("plans.reason_missing", "give the reason"),
        ),
        "evidence demanded": (
            lambda step: step.measure.demanded <= step.measure.given,
            Refusal(
                "plans.evidence_missing", "evidence the measure demands is missing"
            ),
        ),
    }
)
LIFE: Final[StepTable[MeasureState, Act, Step]] = StepTable(
    TRANSITIONS,
    CHECKS,
    lambda step: step.measure.state,
    Refusal("plans.wrong_state", "the measure does not stand at this step"),
)


@dataclass(frozen=True)
class Offer:
    """An act with why it is not open now, empty when it is."""

    act: Act
    refused: tuple[Refusal, ...]


def offers(measure: MeasureView, by: PostState) -> tuple[Offer, ...]:
    """Return every act that leads on from where a measure stands.

    A reason is taken as given: the form asks for it. Acts on the whole plan are left
    out.
    """
    step = Step(measure, by, reason="-")
    return tuple(
        Offer(t.act, LIFE.refusals(t.act, step))
        for t in TRANSITIONS
        if measure.state in t.sources and t.act not in OF_PLANS
    )


def agreement_refusals(
    proposals: Iterable[tuple[str, bool]],
) -> tuple[Refusal, ...]:
    """Return why a plan cannot be agreed on, given (what, has an owner) of proposals.

    >>> [r.code for r in agreement_refusals([])]
    ['plans.nothing_proposed']
    >>> [r.code for r in agreement_refusals([("", True)])]
    ['plans.proposal_unfinished']
    """
    known = list(proposals)
    if not known:
        return (Refusal("plans.nothing_proposed", "there is no proposal to agree on"),)
    if all(what.strip() and owned for what, owned in known):
        return ()
    return (
        Refusal(
            "plans.proposal_unfinished",
            "say for every measure what will be done and by whom",
        ),
    )


def closing_refusals(states: Iterable[str]) -> tuple[Refusal, ...]:
    """Return why a plan cannot be closed, given the states of its measures.

    >>> [r.code for r in closing_refusals(["planned", "done"])]
    ['plans.delivery_waits']
    """
    if MeasureState.DONE not in states:
        return ()
    return (
        Refusal(
            "plans.delivery_waits",
            "check off or give back first what is said to be delivered",
        ),
    )


def reopening_refusals(
    *, is_closed: bool, later_in_force: bool, is_next_closed: bool
) -> tuple[Refusal, ...]:
    """Return why a plan that was closed by mistake cannot be opened again.

    >>> said = {"later_in_force": True, "is_next_closed": False}
    >>> [r.code for r in reopening_refusals(is_closed=True, **said)]
    ['plans.later_in_force']
    """
    found = []
    if not is_closed:
        found.append(Refusal("plans.plan_open", "the plan is not closed"))
    if later_in_force:
        found.append(
            Refusal("plans.later_in_force", "the plan of a later year is in force")
        )
    if is_next_closed:
        found.append(
            Refusal("plans.next_closed", "the plan of the next year is closed already")
        )
    return tuple(found)


_UNSIGNED: Final[Mapping[str, Refusal]] = MappingProxyType(
    {
        "family": Refusal(
            "plans.family_unsigned", "the family signs what was agreed with it"
        ),
        "helper": Refusal("plans.helper_unsigned", "the helper has not signed"),
        "team": Refusal(
            "plans.team_unsigned", "the leader of the work team has not signed"
        ),
    }
)


def signature_refusals(
    signed: Mapping[str, str], *, demanded: Iterable[str]
) -> tuple[Refusal, ...]:
    """Return whose signature a plan still lacks; a name stands for the paper signed.

    >>> [r.code for r in signature_refusals({"family": "王"}, demanded=["family"])]
    []
    >>> [r.code for r in signature_refusals({"team": " "}, demanded=["team"])]
    ['plans.team_unsigned']
    """
    return tuple(_UNSIGNED[who] for who in demanded if not signed.get(who, "").strip())


def is_late(state: str, deadline: date, *, on: date) -> bool:
    """Test whether a measure should have been delivered and was not.

    >>> is_late("planned", date(2019, 11, 1), on=date(2019, 11, 2))
    True
    >>> is_late("done", date(2019, 11, 1), on=date(2019, 11, 2))
    False
    """
    return state in TO_DELIVER and deadline < on


def is_inside_reserve(deadline: date, *, campaign_end: date, reserve: int) -> bool:
    """Test whether a deadline leaves less time to mend than the reserve (days).

    >>> end = date(2020, 12, 31)
    >>> is_inside_reserve(date(2020, 12, 10), campaign_end=end, reserve=30)
    True
    """
    return deadline > campaign_end - timedelta(days=reserve)


@dataclass(frozen=True)
class Income:
    """What a household's plan holds to raise its income."""

    measures: int
    dividend_only: int
    exempt: bool
    wanted: int

    @property
    def lacking(self) -> int:
        """Return how many measures are lacking, none where the family is exempt."""
        return 0 if self.exempt else max(0, self.wanted - self.measures)


def income_of(
    measures: Iterable[tuple[str, bool]], *, able: int | None, by: Parameters
) -> Income:
    """Return the income measures of a plan, given (class, dividend only) of each.

    `able` is the number of members able to work, None when unknown: only a family
    known to have none is exempt. Dividends alone are shown apart and do not count.
    """
    raising = [dividend for kind, dividend in measures if kind in by.income_classes]
    return Income(
        measures=raising.count(False),
        dividend_only=raising.count(True),
        exempt=by.exempt_without_labor and able == 0,
        wanted=by.income_minimum,
    )
