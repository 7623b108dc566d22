"""Decide what may happen to a problem: one table of acts, one list of refusals.

No database, no clock, no settings. `TRANSITIONS` is the whole life of a problem; pages
show from the same table which step is open and why another is not. Whoever rectifies
does not verify (DESIGN 1); problems of every source are treated alike (DOMAIN 8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import PostState
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import contains


class StepRefused(XiuhuaError):
    """A step of a problem is not open to this post now; `refusals` says why."""

    code = "ledger.step_refused"

    def __init__(self, refused: tuple[Refusal, ...]):
        super().__init__(refused[0].why)
        self.refusals = refused


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


ENDED: Final = frozenset({State.STRUCK_OFF, State.NOT_SUBSTANTIATED, State.MERGED})
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
DELAY, ESCALATE = "delay", "escalate"


@dataclass(frozen=True)
class Refusal:
    """Why a step is not open: a stable code, and a message that the catalog words."""

    code: str
    why: str


@dataclass(frozen=True)
class ProblemState:
    """A problem as the rules see it.

    `owner` is the user to whom it is assigned, `owner_region` where they hold office;
    `rectifiers` are all users who worked on it. `demanded` and `given` are kinds of
    evidence. `level_above` says that its class wants verification from another level.
    """

    state: State
    region: str
    registered_by: str = ""
    owner: str = ""
    owner_region: str = ""
    rectifiers: frozenset[str] = frozenset()
    open_tasks: int = 0
    demanded: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    level_above: bool = False


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
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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


@dataclass(frozen=True)
class Transition:
    """One act: from where, to where, who may, what must be true.

    `who` and `needs` are names in `CHECKS`, so that the table reads as a sentence.
    """

    act: Act
    sources: frozenset[State]
    target: State
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()


def _t(
    act: Act, sources: set[State] | frozenset[State], target: State, *names: str
) -> Transition:
    who = tuple(n for n in names if n in _WHO)
    needs = tuple(n for n in names if n not in _WHO)
    return Transition(act, frozenset(sources), target, who, needs)


_WHO: Final = frozenset(
    {"an assigner", "the owner", "the source", "a verifier", "not their own work"}
)

TRANSITIONS: Final = (
    _t(
        Act.ASSIGN,
        {State.REGISTERED, State.ASSIGNED, State.SIGNED_FOR, State.IN_RECTIFICATION},
        State.ASSIGNED,
        "an assigner",
        "an owner",
        "a deadline ahead",
    ),
    _t(Act.SIGN_FOR, {State.ASSIGNED}, State.SIGNED_FOR, "the owner"),
    _t(
        Act.SEND_BACK,
        {State.ASSIGNED, State.SIGNED_FOR},
        State.REGISTERED,
        "the owner",
        "a reason",
    ),
    _t(
        Act.START,
        {State.SIGNED_FOR},
        State.IN_RECTIFICATION,
        "the owner",
        "measures",
    ),
    _t(
        Act.CONTINUE,
        {State.IN_RECTIFICATION, State.AWAITING_VERIFICATION},
        State.CONTINUING,
        "a verifier",
        "not their own work",
        "a reason",
        "a review date ahead",
    ),
    _t(Act.RESUME, {State.CONTINUING}, State.IN_RECTIFICATION, "the owner"),
    _t(
        Act.DISPUTE, IN_HAND | {State.ASSIGNED}, State.DISPUTED, "the owner", "a reason"
    ),
    _t(
        Act.UPHOLD,
        {State.DISPUTED},
        State.IN_RECTIFICATION,
        "the source",
        "not their own work",
        "a reason",
    ),
    _t(
        Act.NOT_SUBSTANTIATE,
        {State.DISPUTED},
        State.NOT_SUBSTANTIATED,
        "the source",
        "not their own work",
        "a reason",
    ),
    _t(
        Act.SUBMIT,
        IN_HAND,
        State.AWAITING_VERIFICATION,
        "the owner",
        "tasks done",
        "evidence demanded",
    ),
    _t(
        Act.STRIKE_OFF,
        {State.AWAITING_VERIFICATION},
        State.STRUCK_OFF,
        "a verifier",
        "not their own work",
        "another level",
        "tasks done",
        "evidence demanded",
    ),
    _t(
        Act.RETURN,
        {State.AWAITING_VERIFICATION},
        State.IN_RECTIFICATION,
        "a verifier",
        "not their own work",
        "a reason",
    ),
    _t(
        Act.REOPEN,
        {State.STRUCK_OFF, State.NOT_SUBSTANTIATED},
        State.IN_RECTIFICATION,
        "a verifier",
        "not their own work",
        "a reason",
        "an owner kept",
    ),
    _t(Act.MERGE, OPEN, State.MERGED, "an assigner", "another problem"),
)
BY_ACT: Final[Mapping[Act, Transition]] = MappingProxyType(
    {t.act: t for t in TRANSITIONS}
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
        "the source": (
            _holds(Permission.PROBLEM_DECIDE),
            Refusal(
                "ledger.not_source",
                "whoever stands for the source decides about an objection",
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
WRONG_STATE: Final = Refusal("ledger.wrong_state", "it does not stand at this step")


def refusals(act: Act, step: Step) -> tuple[Refusal, ...]:
    """Return why an act is not open, empty when it is.

    The state comes alone: other reasons mean nothing while it is wrong.
    """
    transition = BY_ACT[act]
    if step.problem.state not in transition.sources:
        return (WRONG_STATE,)
    names = (*transition.who, *transition.needs)
    return tuple(CHECKS[name][1] for name in names if not CHECKS[name][0](step))


def open_acts(step: Step) -> tuple[Act, ...]:
    """Return the acts a post may try now, whatever has to be filled in for them."""
    return tuple(
        t.act
        for t in TRANSITIONS
        if step.problem.state in t.sources
        and all(CHECKS[name][0](step) for name in t.who)
    )


def check_step(act: Act, step: Step) -> State:
    """Return the state an act leads to.

    Raises:
        StepRefused: with every reason why it is not open.
    """
    found = refusals(act, step)
    if found:
        raise StepRefused(found)
    return BY_ACT[act].target
