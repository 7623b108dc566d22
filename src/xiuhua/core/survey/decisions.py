"""Decisions on a rate against a threshold: met, unmet or undecided.

A rate is met when its whole interval lies on the right side, unmet when the whole
interval lies on the wrong side, else undecided. The comparison of the point alone,
which practice uses, is kept apart and never replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xiuhua.core.survey.figures import Figure, NoFigure
from xiuhua.core.survey.intervals import Interval


class Decision(StrEnum):
    """What can be said of a rate held against its threshold."""

    MET = "met"
    UNMET = "unmet"
    UNDECIDED = "undecided"


class Direction(StrEnum):
    """The side of the threshold on which a rate must lie."""

    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True)
class Threshold:
    """A threshold; `strict` means a rate equal to it does not meet it."""

    value: float
    direction: Direction
    strict: bool

    def admits(self, rate: float) -> bool:
        """Test whether a rate known without error meets the threshold.

        >>> below = Threshold(0.02, Direction.BELOW, strict=True)
        >>> below.admits(0.02), below.admits(0.0199)
        (False, True)
        """
        if rate == self.value:
            return not self.strict
        return (rate < self.value) == (self.direction is Direction.BELOW)


def decide(interval: Interval | NoFigure, threshold: Threshold) -> Decision:
    """Return the decision by the interval; without an interval nothing is decided."""
    if isinstance(interval, NoFigure):
        return Decision.UNDECIDED
    ends = (threshold.admits(interval.lower), threshold.admits(interval.upper))
    if all(ends):
        return Decision.MET
    return Decision.UNDECIDED if any(ends) else Decision.UNMET


def decide_by_point(estimate: Figure, threshold: Threshold) -> Decision:
    """Return the decision by the estimate alone, as practice makes it.

    When the true rate equals the threshold this says *met* about half the time.
    """
    if isinstance(estimate, NoFigure):
        return Decision.UNDECIDED
    return Decision.MET if threshold.admits(estimate) else Decision.UNMET


def bonferroni_level(level: float, tests: int) -> float:
    """Return the level of each of several intervals that hold together at `level`.

    >>> round(bonferroni_level(0.95, 8), 5)
    0.99375
    """
    return 1 - (1 - level) / tests
