"""Strong Kleene logic: true, false and unknown.

The one definition of and, or and not. `UNKNOWN` is also the value of a number,
text or date nobody knows: missing is never "no" and never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, Literal


class Unknown(Enum):
    """The type of the single value `UNKNOWN`."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("unknown is neither true nor false; ask `is UNKNOWN` first")


UNKNOWN: Final = Unknown.UNKNOWN
Truth = bool | Literal[Unknown.UNKNOWN]


def not_(a: Truth) -> Truth:
    """Return the negation; unknown stays unknown.

    >>> not_(True), not_(UNKNOWN)
    (False, UNKNOWN)
    """
    return UNKNOWN if a is UNKNOWN else not a


def all_(values: Iterable[Truth]) -> Truth:
    """Return whether all hold: one false decides, else one unknown, else true.

    >>> all_([]), all_([True, UNKNOWN]), all_([UNKNOWN, False])
    (True, UNKNOWN, False)
    """
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is UNKNOWN:
            result = UNKNOWN
    return result


def any_(values: Iterable[Truth]) -> Truth:
    """Return whether any holds: one true decides, else one unknown, else false.

    >>> any_([]), any_([False, UNKNOWN]), any_([UNKNOWN, True])
    (False, UNKNOWN, True)
    """
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is UNKNOWN:
            result = UNKNOWN
    return result


class Verdict(Enum):
    """What a rule says of one person, household, village or county.

    The order unmet < unknown < met < not applicable makes the minimum over a group
    the verdict of the group (strong Kleene *all* over those to whom a rule applies).
    """

    UNMET = 0
    UNKNOWN = 1
    MET = 2
    NOT_APPLICABLE = 3

    @property
    def word(self) -> str:
        """The word written to files: met, unmet, unknown, not_applicable."""
        return self.name.lower()


def verdict(applies: Truth, met: Truth) -> Verdict:
    """Return the verdict of a requirement that holds for those to whom it applies.

    A condition that is unknown with a requirement that is met is met; a condition
    that is unknown otherwise is unknown.

    >>> verdict(UNKNOWN, True).word, verdict(UNKNOWN, False).word
    ('met', 'unknown')
    """
    if applies is False:
        return Verdict.NOT_APPLICABLE
    if met is True:
        return Verdict.MET
    if applies is True and met is False:
        return Verdict.UNMET
    return Verdict.UNKNOWN
