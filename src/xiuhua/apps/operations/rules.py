"""When a job is due, and what makes the state of the installation doubtful.

No database, no clock, no settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


# Everybody who works with the system lives by this time.
LOCAL_ZONE: Final = ZoneInfo("Asia/Shanghai")
# From here intervals are counted, so that every process finds the same instants.
_START: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Job:
    """Something done again and again: at a time of day, or every so many minutes.

    `path` names a function that takes `at` and returns what came out: the template of
    one sentence and its figures, without personal data.
    """

    name: str
    path: str
    does: str
    daily_at: time | None = None
    every_minutes: int | None = None

    def __post_init__(self) -> None:
        if (self.daily_at is None) == (self.every_minutes is None):
            raise ValueError(f"{self.name}: a time of day or a number of minutes")


def last_due(job: Job, *, at: datetime) -> datetime:
    """Return the last instant, not after `at`, at which a job was due.

    >>> job = Job("a", "a.b", "", daily_at=time(0, 5))
    >>> last_due(job, at=datetime(2019, 6, 23, 15, 0, tzinfo=UTC)).isoformat()
    '2019-06-22T16:05:00+00:00'
    >>> job = Job("a", "a.b", "", every_minutes=60)
    >>> last_due(job, at=datetime(2019, 6, 23, 15, 59, tzinfo=UTC)).isoformat()
    '2019-06-23T15:00:00+00:00'
    """
    if job.every_minutes is not None:
        step = timedelta(minutes=job.every_minutes)
        return at - (at - _START) % step
    assert job.daily_at is not None  # noqa: S101  one of the two is set, see above
    local = at.astimezone(LOCAL_ZONE)
    due = datetime.combine(local.date(), job.daily_at, tzinfo=LOCAL_ZONE)
    if due > local:
        due -= timedelta(days=1)
    return due.astimezone(UTC)


@dataclass(frozen=True)
class Kept:
    """A kind of record that is kept for some days: why so long, who counts, who erases.

    `counts` names a function `(before) -> int`, `erases` one `(before, at) -> int`.
    What may be erased `on_order` only needs somebody who says so.
    """

    kind: str
    days: int
    what: str
    source: str
    counts: str
    erases: str
    on_order: bool = False


def expired_before(kept: Kept, *, at: datetime) -> datetime:
    """Return the instant before which records of a kind have been kept long enough."""
    return at - timedelta(days=kept.days)


class Level(StrEnum):
    """How well a part of the installation is."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its level, what was found, and what to do about it.

    `said` and `hint` are templates filled with `values`; `when` it was found, where
    that is not now.
    """

    name: str
    level: Level
    said: str
    values: Mapping[str, object]
    hint: str = ""
    when: datetime | None = None


def worst(levels: list[Level]) -> Level:
    """Return the worst of several levels; nothing looked at is bad.

    >>> worst([Level.OK, Level.WARNING]).value, worst([]).value
    ('warning', 'bad')
    """
    order = [Level.OK, Level.WARNING, Level.BAD]
    return max(levels, key=order.index) if levels else Level.BAD


def age_level(
    since: datetime | None, *, at: datetime, warn: timedelta, bad: timedelta
) -> Level:
    """Return the level of something that should have happened lately."""
    if since is None or at - since > bad:
        return Level.BAD
    return Level.WARNING if at - since > warn else Level.OK


def keep_list(
    taken: list[datetime], *, at: datetime, hours: int, days: int, months: int
) -> set[datetime]:
    """Return which backups stay: all of late, then one a day, then one a month.

    The newest always stays. Of a day or month the last one is kept.
    """
    kept: set[datetime] = set()
    by_day: dict[object, datetime] = {}
    by_month: dict[object, datetime] = {}
    for instant in sorted(taken):
        local = instant.astimezone(LOCAL_ZONE)
        if at - instant <= timedelta(hours=hours):
            kept.add(instant)
        if at - instant <= timedelta(days=days):
            by_day[local.date()] = instant
        if at - instant <= timedelta(days=31 * months):
            by_month[(local.year, local.month)] = instant
    return (
        kept | set(by_day.values()) | set(by_month.values()) | set(sorted(taken)[-1:])
    )
