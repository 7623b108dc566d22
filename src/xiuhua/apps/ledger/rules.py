"""Decide what may happen to a problem: one table of acts, one list of refusals.

No database, no clock, no settings. `TRANSITIONS` is the whole life of a problem; pages
show from the same table which step is open and why another is not. Whoever rectifies
does not verify (DESIGN 1); problems of every source are treated alike (DOMAIN 8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import PostState
from xiuhua.core.region_codes import contains
from xiuhua.core.steps import Refusal, StepTable, Transition


class State(StrEnum):
    """Where a problem stands."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    SIGNED_FOR = "signed_for"
    IN_RECTIFICATION = "in_rectification"
    CONTINUING = "continuing"
    DISPUTED = "disputed"
    AWAITING_VERIFICATION = "awaiting_verification"
    STRUCK_OFF = "struck_off"
    NOT_SUBSTANTIATED = "not_substantiated"
    MERGED = "merged"
    # Entered by mistake, with a sheet that was taken back: it counts nowhere.
    WITHDRAWN = "withdrawn"


ENDED: Final = frozenset(
    {State.STRUCK_OFF, State.NOT_SUBSTANTIATED, State.MERGED, State.WITHDRAWN}
)
OPEN: Final = frozenset(State) - ENDED
# Whoever works on a problem has it in hand in these states.
IN_HAND: Final = frozenset({State.SIGNED_FOR, State.IN_RECTIFICATION, State.CONTINUING})


class Act(StrEnum):
    """What can be done with a problem."""

    ASSIGN = "assign"
    SIGN_FOR = "sign_for"
    SEND_BACK = "send_back"
    START = "start"
    CONTINUE = "continue"
    RESUME = "resume"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    NOT_SUBSTANTIATE = "not_substantiate"
    SUBMIT = "submit"
    STRIKE_OFF = "strike_off"
    RETURN = "return"
    REOPEN = "reopen"
    MERGE = "merge"


# What happens to a problem besides its steps.
REGISTER, EVIDENCE, TASK, TASK_DONE = "register", "evidence", "task", "task_done"
EXTENSION, EXTENDED, MEND = "extension", "extended", "mend"
DELAY, ESCALATE, RAISE, ANSWER = "delay", "escalate", "raise", "answer"
RECHECK, EVIDENCE_GONE = "recheck", "evidence_gone"
WITHDRAW: Final = "withdraw"


@dataclass(frozen=True)
class ProblemState:
    """A problem as the rules see it.

    `owner` is the user to whom it is assigned, `owner_region` where they hold office;
    `rectifiers` are all users who worked on it. `demanded` and `given` are kinds of
    evidence. `level_above` says that its class wants verification from another level.

    Offices are written as in events, `role@region`. `raised_by` entered the problem
    and those merged into it, empty when a rule did; `is_passed_on` says that one was
    entered for somebody who checks from above (审计、巡视 …); `is_source_gone` that
    nobody of the source or above it holds office who could decide.
    """

    state: State
    region: str
    registered_by: str = ""
    owner: str = ""
    owner_region: str = ""
    owner_office: str = ""
    # Who decides about an objection; read for a disputed problem alone.
    raised_by: frozenset[str] = frozenset()
    is_passed_on: bool = False
    is_source_gone: bool = False
    rectifiers: frozenset[str] = frozenset()
    open_tasks: int = 0
    demanded: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    level_above: bool = False
    deadline: date | None = None
    has_request: bool = False
    is_policy_level: bool = False
    raised_to: str = ""
    is_answered: bool = False


@dataclass(frozen=True)
class Said:
    """What the person who acts has filled in."""

    on: date
    reason: str = ""
    measures: str = ""
    owner: str = ""
    deadline: date | None = None
    review_date: date | None = None
    into: str = ""


@dataclass(frozen=True)
class Found:
    """A problem as it was found, before it stands on the ledger.

    `households` are surrogate keys; `reference` says what found it, as text.
    """

    region: str
    source: str
    kind: str
    description: str
    found_on: date
    households: frozenset[int] = frozenset()
    duty: str = ""
    precision: str = ""
    indicator: str = ""
    reference: str = ""
    is_common: bool = False
    is_policy_level: bool = False
    is_immediate: bool = False


@dataclass(frozen=True)
class Step:
    """A problem, who would act, and what they say."""

    problem: ProblemState
    by: PostState
    said: Said


Check = Callable[[Step], bool]


TRANSITIONS: Final = (
    Transition(
        Act.ASSIGN,
        # Also out of other hands: whoever had it may hold the post no more.
        IN_HAND | {State.REGISTERED, State.ASSIGNED},
        State.ASSIGNED,
        ("an assigner",),
        ("an owner", "a deadline ahead"),
    ),
    Transition(
        Act.SIGN_FOR, frozenset({State.ASSIGNED}), State.SIGNED_FOR, ("the owner",)
    ),
    Transition(
        Act.SEND_BACK,
        frozenset({State.ASSIGNED, State.SIGNED_FOR}),
        State.REGISTERED,
        ("the owner",),
        ("a reason",),
    ),
    Transition(
        Act.START,
        frozenset({State.SIGNED_FOR}),
        State.IN_RECTIFICATION,
        ("the owner",),
        ("measures",),
    ),
    Transition(
        Act.CONTINUE,
        frozenset({State.IN_RECTIFICATION, State.AWAITING_VERIFICATION}),
        State.CONTINUING,
        ("a verifier", "not their own work"),
        ("a reason", "a review date ahead"),
    ),
    Transition(
        Act.RESUME,
        frozenset({State.CONTINUING}),
        State.IN_RECTIFICATION,
        ("the owner",),
    ),
    Transition(
        Act.DISPUTE,
        IN_HAND | {State.ASSIGNED},
        State.DISPUTED,
        ("the owner",),
        ("a reason",),
    ),
    Transition(
        Act.UPHOLD,
        frozenset({State.DISPUTED}),
        State.IN_RECTIFICATION,
        ("a decider",),
        ("the source", "not the disputing side", "not their own work", "a reason"),
    ),
    Transition(
        Act.NOT_SUBSTANTIATE,
        frozenset({State.DISPUTED}),
        State.NOT_SUBSTANTIATED,
        ("a decider",),
        ("the source", "not the disputing side", "not their own work", "a reason"),
    ),
    Transition(
        Act.SUBMIT,
        IN_HAND,
        State.AWAITING_VERIFICATION,
        ("the owner",),
        ("tasks done", "evidence demanded"),
    ),
    Transition(
        Act.STRIKE_OFF,
        frozenset({State.AWAITING_VERIFICATION}),
        State.STRUCK_OFF,
        ("a verifier", "not their own work"),
        ("another level", "tasks done", "evidence demanded"),
    ),
    Transition(
        Act.RETURN,
        frozenset({State.AWAITING_VERIFICATION}),
        State.IN_RECTIFICATION,
        ("a verifier", "not their own work"),
        ("a reason",),
    ),
    Transition(
        Act.REOPEN,
        frozenset({State.STRUCK_OFF, State.NOT_SUBSTANTIATED}),
        State.IN_RECTIFICATION,
        ("a verifier", "not their own work"),
        ("a reason", "an owner kept"),
    ),
    Transition(Act.MERGE, OPEN, State.MERGED, ("an assigner",), ("another problem",)),
)


def _holds(permission: Permission) -> Check:
    return lambda step: (
        step.by.allows(permission) and contains(step.by.region, step.problem.region)
    )


def _is_owner(step: Step) -> bool:
    return bool(step.problem.owner) and step.by.user == step.problem.owner


def _is_not_own_work(step: Step) -> bool:
    return step.by.user not in step.problem.rectifiers | {step.problem.owner}


def _is_another_level(step: Step) -> bool:
    if not step.problem.level_above:
        return True
    return len(step.by.region) < len(step.problem.owner_region)


def office_of(by: PostState) -> str:
    """Return the office a post belongs to, as events write it.

    >>> office_of(PostState("li", "county_office", "990101"))
    'county_office@990101'
    """
    sector = f"/{by.sector}" if by.sector else ""
    return f"{by.role}{sector}@{by.region}"


def _is_of_the_source(step: Step) -> bool:
    """Test whether a post raised the problem, or stands above who did (DOMAIN 12 M57).

    What a rule opened has no source of its own: whoever decides here decides.
    """
    problem, by = step.problem, step.by
    if problem.is_source_gone:
        return True
    return all(
        _is_above(by.region, office.partition("@")[2])
        or (office == office_of(by) and not problem.is_passed_on)
        for office in problem.raised_by
    )


def _is_above(region: str, place: str) -> bool:
    return contains(region, place) and len(region) < len(place)


def _is_ahead(day: date | None, on: date) -> bool:
    return day is not None and day > on


CHECKS: Final[Mapping[str, tuple[Check, Refusal]]] = MappingProxyType(
    {
        "an assigner": (
            _holds(Permission.PROBLEM_ASSIGN),
            Refusal("ledger.no_assigner", "your post does not assign problems here"),
        ),
        "the owner": (
            _is_owner,
            Refusal("ledger.not_owner", "it is assigned to somebody else"),
        ),
        "a decider": (
            _holds(Permission.PROBLEM_DECIDE),
            Refusal("ledger.no_decider", "your post decides about no objections here"),
        ),
        "the source": (
            _is_of_the_source,
            Refusal(
                "ledger.not_source",
                "whoever raised it decides about an objection, or a level above",
            ),
        ),
        "not the disputing side": (
            lambda step: office_of(step.by) != step.problem.owner_office,
            Refusal(
                "ledger.disputing_side",
                "nobody decides about an objection of their own office",
            ),
        ),
        "a verifier": (
            _holds(Permission.PROBLEM_VERIFY),
            Refusal("ledger.no_verifier", "your post does not verify problems here"),
        ),
        "not their own work": (
            _is_not_own_work,
            Refusal("ledger.own_work", "whoever rectifies does not verify"),
        ),
        "another level": (
            _is_another_level,
            Refusal(
                "ledger.same_level",
                "problems of this class are verified from the level above",
            ),
        ),
        "an owner": (
            lambda step: bool(step.said.owner),
            Refusal("ledger.owner_missing", "say who is to rectify it"),
        ),
        "an owner kept": (
            lambda step: bool(step.problem.owner),
            Refusal("ledger.owner_missing", "say who is to rectify it"),
        ),
        "a deadline ahead": (
            lambda step: _is_ahead(step.said.deadline, step.said.on),
            Refusal("ledger.deadline_missing", "set a deadline that lies ahead"),
        ),
        "a review date ahead": (
            lambda step: _is_ahead(step.said.review_date, step.said.on),
            Refusal("ledger.review_missing", "say when it is looked at again"),
        ),
        "a reason": (
            lambda step: bool(step.said.reason.strip()),
            Refusal("ledger.reason_missing", "give the reason"),
        ),
        "measures": (
            lambda step: bool(step.said.measures.strip()),
            Refusal("ledger.measures_missing", "say what will be done"),
        ),
        "tasks done": (
            lambda step: step.problem.open_tasks == 0,
            Refusal("ledger.task_open", "a task under it is still open"),
        ),
        "evidence demanded": (
            lambda step: step.problem.demanded <= step.problem.given,
            Refusal("ledger.evidence_missing", "evidence its class demands is missing"),
        ),
        "another problem": (
            lambda step: bool(step.said.into),
            Refusal("ledger.into_missing", "say which problem it is the same as"),
        ),
    }
)
LIFE: Final[StepTable[State, Act, Step]] = StepTable(
    TRANSITIONS,
    CHECKS,
    lambda step: step.problem.state,
    Refusal("ledger.wrong_state", "it does not stand at this step"),
)
