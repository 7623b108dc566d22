"""How far a sheet comes, what becomes of a row, and how large a sheet may be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from xiuhua.core.errors import XiuhuaError


MOST_ROWS: Final = 100_000
MOST_BYTES: Final = 20 * 1024 * 1024
# What is done while the user waits; larger ones are left to a worker.
AT_ONCE_ROWS: Final = 1000
AT_ONCE_BYTES: Final = 64 * 1024
# A step broken off so often (a worker was killed) is not begun again.
TRIES: Final = 3


class State(StrEnum):
    """How far a sheet has come."""

    RECEIVED = "received"  # to be read by a worker
    UNMAPPED = "unmapped"  # its columns have to be named first
    SEEN = "seen"  # compared, nothing changed yet
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


class Step(StrEnum):
    """What a worker can be ordered to do with a sheet."""

    COMPARE = "compare"
    APPLY = "apply"
    UNDO = "undo"


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


WANTED: Final = (Outcome.NEW, Outcome.CHANGED)
"""The outcomes that change something when a sheet is taken over."""

# From where each step may be taken.
STEPS: Final[Mapping[str, frozenset[State]]] = MappingProxyType(
    {
        "columns": frozenset({State.UNMAPPED, State.SEEN}),
        "compare": frozenset({State.RECEIVED, State.UNMAPPED, State.SEEN}),
        "apply": frozenset({State.SEEN}),
        "discard": frozenset({State.RECEIVED, State.UNMAPPED, State.SEEN}),
        "undo": frozenset({State.APPLIED}),
    }
)


class StepClosed(XiuhuaError):
    """A sheet does not stand where this step begins."""

    code = "sheets.step_closed"


def check_step(step: str, state: str, doing: str = "") -> None:
    """Refuse a step that is not open; `doing` is what a worker was ordered to do.

    Raises:
        StepClosed: when the sheet stands elsewhere, or a worker does something else.
    """
    if doing not in ("", step):
        raise StepClosed(
            "a worker is busy with the sheet", hint="wait until it is done"
        )
    if State(state) not in STEPS[step]:
        raise StepClosed("the sheet does not stand at this step any more")


def counts_of(outcomes: list[Outcome]) -> dict[str, int]:
    """Return how many rows have which outcome, every outcome named.

    >>> counts_of([Outcome.NEW, Outcome.NEW])["new"], counts_of([])["rejected"]
    (2, 0)
    """
    return {one.value: outcomes.count(one) for one in Outcome}
