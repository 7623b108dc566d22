"""Decide what may be done with a problem besides its steps: one table, one list.

The same words stand at a disabled button and in a refused form. No database, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger.rules import (
    ANSWER,
    DELAY,
    EVIDENCE,
    EXTENDED,
    EXTENSION,
    IN_HAND,
    LIFE,
    MEND,
    OPEN,
    RAISE,
    TASK,
    State,
    Step,
)
from xiuhua.core.region_codes import contains
from xiuhua.core.steps import Refusal


@dataclass(frozen=True)
class Beside:
    """An act that leaves the state as it is: in which states, who may, what is needed.

    Who may not, is not offered the act.
    """

    act: str
    states: frozenset[State]
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()


_ANY: Final = frozenset(State)
BESIDES: Final = (
    Beside(EVIDENCE, IN_HAND, ("who adds evidence",)),
    Beside(TASK, OPEN, ("the owner or an assigner",), ("an owner",)),
    Beside(EXTENSION, IN_HAND, ("the owner",), ("no request open",)),
    Beside(EXTENDED, OPEN, ("an assigner", "a request by another")),
    Beside(DELAY, OPEN, ("an assigner", "overdue")),
    Beside(MEND, _ANY, ("a registrar",)),
    Beside(RAISE, OPEN, ("a registrar", "of policy"), ("not carried up",)),
    Beside(ANSWER, OPEN, ("asked from above", "of policy"), ("not answered",)),
)


def _may(permission: Permission) -> Callable[[Step], bool]:
    return lambda step: (
        step.by.allows(permission) and contains(step.by.region, step.problem.region)
    )


def _is_owner(step: Step) -> bool:
    return bool(step.problem.owner) and step.by.user == step.problem.owner


def _is_asked(step: Step) -> bool:
    to, by = step.problem.raised_to, step.by
    above = Permission.PROBLEM_DECIDE, Permission.PROBLEM_ASSIGN
    return bool(to) and contains(by.region, to) and any(by.allows(p) for p in above)


_NOBODY_ELSE: Final = Refusal("ledger.not_yours", "this is for somebody else to do")
_CHECKS: Final[Mapping[str, tuple[Callable[[Step], bool], Refusal]]] = MappingProxyType(
    {
        "who adds evidence": (_may(Permission.EVIDENCE_ADD), _NOBODY_ELSE),
        "the owner": (_is_owner, _NOBODY_ELSE),
        "an assigner": (_may(Permission.PROBLEM_ASSIGN), _NOBODY_ELSE),
        "a registrar": (_may(Permission.PROBLEM_REGISTER), _NOBODY_ELSE),
        "the owner or an assigner": (
            lambda s: _is_owner(s) or _may(Permission.PROBLEM_ASSIGN)(s),
            _NOBODY_ELSE,
        ),
        "asked from above": (_is_asked, _NOBODY_ELSE),
        "of policy": (lambda s: s.problem.is_policy_level, _NOBODY_ELSE),
        "overdue": (
            lambda s: s.problem.deadline is not None and s.problem.deadline < s.said.on,
            _NOBODY_ELSE,
        ),
        "a request by another": (
            lambda s: s.problem.has_request and not _is_owner(s),
            _NOBODY_ELSE,
        ),
        "an owner": (
            lambda s: bool(s.problem.owner),
            Refusal("ledger.owner_missing", "say who is to rectify it"),
        ),
        "no request open": (
            lambda s: not s.problem.has_request,
            Refusal("ledger.request_open", "a request for more time is open already"),
        ),
        "not carried up": (
            lambda s: not s.problem.raised_to or s.problem.is_answered,
            Refusal("ledger.raised_already", "it was carried up already"),
        ),
        "not answered": (
            lambda s: not s.problem.is_answered,
            Refusal("ledger.answered_already", "it was answered already"),
        ),
    }
)


def offered(step: Step) -> dict[str, tuple[Refusal, ...]]:
    """Return the acts this person may do, each with what still stands against it."""
    return {
        one.act: tuple(_CHECKS[n][1] for n in one.needs if not _CHECKS[n][0](step))
        for one in BESIDES
        if step.problem.state in one.states
        and all(_CHECKS[n][0](step) for n in one.who)
    }


def refusals(act: str, step: Step) -> tuple[Refusal, ...]:
    """Return why an act is not open, empty when it is."""
    if not any(one.act == act and step.problem.state in one.states for one in BESIDES):
        return (LIFE.wrong_state,)
    return offered(step).get(act, (_NOBODY_ELSE,))
