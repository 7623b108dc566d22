"""A record that goes from state to state by acts: one table, one list of refusals.

An app lists its acts as `Transition` rows (from where, to where, who may, what must be
true) and its conditions as named checks, so that the table reads as sentences and the
page can say why a step is not open. No database, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from xiuhua.core.errors import XiuhuaError


State = TypeVar("State")
Act = TypeVar("Act")
Step = TypeVar("Step")


@dataclass(frozen=True)
class Refusal:
    """Why a step is not open: a stable code, and a message that the catalog words."""

    code: str
    why: str


class StepRefused(XiuhuaError):
    """A step is not open to this post now; `refusals` says why, the first aloud."""

    code = "core.step_refused"

    def __init__(self, refused: tuple[Refusal, ...]):
        super().__init__(refused[0].why)
        self.refusals = refused


@dataclass(frozen=True)
class Transition(Generic[State, Act]):
    """One act: from where, to where, who may, what must be true.

    `who` and `needs` are names of checks. Who may not, is not offered the act; what is
    still needed is said beside it.
    """

    act: Act
    sources: frozenset[State]
    target: State
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepTable(Generic[State, Act, Step]):
    """The whole life of a kind of record.

    `state_of` reads the present state from a step (the record, who acts, what they
    say); `checks` holds each named condition with the refusal when it fails.
    """

    transitions: tuple[Transition[State, Act], ...]
    checks: Mapping[str, tuple[Callable[[Step], bool], Refusal]]
    state_of: Callable[[Step], State]
    wrong_state: Refusal

    @cached_property
    def by_act(self) -> dict[Act, Transition[State, Act]]:
        """Return the transitions by their acts."""
        return {t.act: t for t in self.transitions}

    def refusals(self, act: Act, step: Step) -> tuple[Refusal, ...]:
        """Return why an act is not open, empty when it is.

        The state comes alone: other reasons mean nothing while it is wrong.
        """
        transition = self.by_act[act]
        if self.state_of(step) not in transition.sources:
            return (self.wrong_state,)
        names = (*transition.who, *transition.needs)
        return tuple(self.checks[n][1] for n in names if not self.checks[n][0](step))

    def open_acts(self, step: Step) -> tuple[Act, ...]:
        """Return the acts a post may try now, whatever has to be filled in for them."""
        return tuple(
            t.act
            for t in self.transitions
            if self.state_of(step) in t.sources
            and all(self.checks[name][0](step) for name in t.who)
        )

    def target(self, act: Act, step: Step) -> State:
        """Return the state an act leads to.

        Raises:
            StepRefused: with every reason why it is not open.
        """
        found = self.refusals(act, step)
        if found:
            raise StepRefused(found)
        return self.by_act[act].target
