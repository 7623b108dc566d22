"""Count the days to a campaign's deadline, and to the day work should be done by.

The reserve lies before the deadline and is for closing gaps (查漏补缺): what is planned
ends before it begins. Pure: no database, no clock.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xiuhua.core.errors import XiuhuaError


class CampaignRefused(XiuhuaError):
    """A campaign cannot be as asked."""

    code = "assessments.campaign_refused"


class Phase(StrEnum):
    """Where a day lies in a campaign."""

    BEFORE = "before"
    RUNNING = "running"
    RESERVE = "reserve"
    OVER = "over"


@dataclass(frozen=True)
class Countdown:
    """A day seen from a campaign; `reserve_days` is the reserve at its end."""

    day: date
    starts_on: date
    deadline: date
    reserve_days: int

    @property
    def days_left(self) -> int:
        """Return the days until the deadline, below zero when it is past.

        >>> Countdown(date(2026, 11, 22), date(2026, 1, 1), date(2026, 12, 31), 30
        ... ).days_left
        39
        """
        return (self.deadline - self.day).days

    @property
    def days_over(self) -> int:
        """Return the days since the deadline, none before it."""
        return max(0, -self.days_left)

    @property
    def months_left(self) -> int:
        """Return the full months until the deadline, at least none.

        >>> Countdown(date(2019, 6, 30), date(2018, 6, 15), date(2020, 12, 31), 0
        ... ).months_left
        18
        """
        return max(0, full_months(self.day, self.deadline))

    @property
    def planned_end(self) -> date:
        """Return the day before the reserve begins: plans end here at the latest."""
        return self.deadline - timedelta(days=self.reserve_days)

    @property
    def days_to_plan(self) -> int:
        """Return the days until the planned end, below zero inside the reserve."""
        return (self.planned_end - self.day).days

    @property
    def phase(self) -> Phase:
        """Return where the day lies."""
        if self.day < self.starts_on:
            return Phase.BEFORE
        if self.day > self.deadline:
            return Phase.OVER
        return Phase.RESERVE if self.in_reserve(self.day) else Phase.RUNNING

    def in_reserve(self, day: date) -> bool:
        """Test whether work due on a day would eat into the reserve, or come too late.

        >>> Countdown(date(2020, 1, 1), date(2018, 6, 15), date(2020, 12, 31), 90
        ... ).in_reserve(date(2020, 11, 1))
        True
        """
        return day > self.planned_end

    @property
    def share_gone(self) -> float:
        """Return how much of the campaign is behind the day, from 0 to 1."""
        whole = (self.deadline - self.starts_on).days
        gone = (self.day - self.starts_on).days
        return min(1.0, max(0.0, gone / whole))


def full_months(start: date, end: date) -> int:
    """Return the full months from a day to another; a month's end completes a month.

    >>> full_months(date(2019, 1, 31), date(2019, 2, 28))
    1
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    last_of_month = end.day == calendar.monthrange(end.year, end.month)[1]
    return months - (end.day < start.day and not last_of_month)


def check_campaign(
    *, name: str, document: str, starts_on: date, deadline: date, reserve_days: int
) -> None:
    """Refuse a campaign nobody could count towards.

    Raises:
        CampaignRefused: without a name or document, when it would end before it
            starts, or when the reserve is longer than the campaign.
    """
    if not name.strip() or not document.strip():
        raise CampaignRefused("a campaign has a name and a document")
    if deadline <= starts_on:
        raise CampaignRefused(
            "the deadline {deadline} must lie after the start {start}",
            deadline=str(deadline),
            start=str(starts_on),
        )
    longest = (deadline - starts_on).days
    if not 0 <= reserve_days < longest:
        raise CampaignRefused(
            "the reserve must be shorter than the campaign ({days} days)",
            days=str(longest),
        )
