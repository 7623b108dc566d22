"""Sort regions into steps of need, by limits that the installation sets.

A step has a colour, a sign and a name: colour alone never says anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Step(StrEnum):
    """How much is left in a region; the value is the class of its colour."""

    CLEAR = "clear"
    FEW = "few"
    MORE = "more"
    MANY = "many"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Limits:
    """The two shares at which a region counts as `more` and as `many`."""

    more: Fraction
    many: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.more < self.many:
            raise ValueError("limits grow: 0 < more < many")

    def step(self, value: Fraction | None) -> Step:
        """Return the step of a share; an unknown share is unknown, never clear.

        >>> limits = Limits(Fraction(2, 100), Fraction(10, 100))
        >>> limits.step(Fraction(2, 100)).value, limits.step(None).value
        ('more', 'unknown')
        """
        if value is None:
            return Step.UNKNOWN
        if value == 0:
            return Step.CLEAR
        if value < self.more:
            return Step.FEW
        return Step.MORE if value < self.many else Step.MANY

    @property
    def as_shares(self) -> tuple[Fraction, Fraction]:
        """Return both limits, for a figure that must not be rounded onto one."""
        return self.more, self.many


def limits_of(given: Sequence[str]) -> Limits:
    """Return the limits written as decimals in the settings.

    >>> limits_of(["0.02", "0.1"]).many
    Fraction(1, 10)
    """
    more, many = (Fraction(text) for text in given)
    return Limits(more, many)
