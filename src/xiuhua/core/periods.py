"""Periods of validity and full years between dates.

A period includes its first day and excludes its last; None is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """A half-open period of days: `start` is inside, `end` is not."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        after_start = self.start is None or self.start <= day
        return after_start and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Test whether two periods share a day."""
        starts_before = (
            self.start is None or other.end is None or self.start < other.end
        )
        ends_after = self.end is None or other.start is None or other.start < self.end
        return starts_before and ends_after


def full_years(start: date, end: date) -> int:
    """Return the full years from one date to another, as ages are counted.

    Someone born on 29 February completes a year on 1 March of a common year.

    >>> full_years(date(2004, 2, 29), date(2019, 2, 28))
    14
    >>> full_years(date(2004, 2, 29), date(2019, 3, 1))
    15
    """
    before_birthday = (end.month, end.day) < (start.month, start.day)
    return end.year - start.year - before_birthday
