"""Decide what a drive may be, what a step of a problem changes in its figures.

No database, no clock, no settings. A problem is in a drive when it fits its filter and
had not ended before the drive began: what was struck off earlier is no merit of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.ledger.rules import OPEN, State
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors, contains


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
REGIONS_MOST: Final = 500


class DriveUnfit(XiuhuaError):
    """A drive or a shock cannot be as asked; says why."""

    code = "supervision.drive_unfit"


@dataclass(frozen=True)
class Standing:
    """How many problems of a drive there are, how many are struck off or open.

    The rest was not substantiated, or stands for another problem now.
    """

    registered: int = 0
    struck_off: int = 0
    open: int = 0

    def __add__(self, other: Standing) -> Standing:
        return Standing(
            self.registered + other.registered,
            self.struck_off + other.struck_off,
            self.open + other.open,
        )

    @property
    def closed(self) -> int:
        """Return how many need no work any more."""
        return self.registered - self.open

    @property
    def counted(self) -> int:
        """Return how many are struck off or still to be."""
        return self.struck_off + self.open


@dataclass(frozen=True)
class Move:
    """A problem going from a state to another; `old` empty: it is new.

    `ended_on` is the day it had ended on, None when it had not.
    """

    old: str
    new: str
    day: date
    ended_on: date | None = None


@dataclass(frozen=True)
class Said:
    """A drive as somebody wants it; `sources` and `classes` empty: all of them."""

    name: str
    kind: str
    regions: tuple[str, ...]
    starts_on: date
    ends_on: date
    reserve_days: int
    document: str
    sources: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()

    def countdown(self, on: date) -> Countdown:
        """Return a day seen from the drive."""
        return Countdown(on, self.starts_on, self.ends_on, self.reserve_days)


def shift_of(move: Move, *, starts_on: date) -> Standing:
    """Return what a move changes in the figures of a drive.

    >>> shift_of(Move("registered", "struck_off", date(2020, 5, 2)),
    ...          starts_on=date(2020, 5, 1))
    Standing(registered=0, struck_off=1, open=-1)
    """
    was_open = move.old in OPEN
    is_open = move.new in OPEN
    if move.day < starts_on:
        change = int(is_open) - int(was_open)
        return Standing(change, 0, change)
    before = move.ended_on is not None and move.ended_on < starts_on
    joins = not move.old or before
    struck_before = 0 if joins else int(move.old == State.STRUCK_OFF)
    return Standing(
        int(joins),
        int(move.new == State.STRUCK_OFF) - struck_before,
        int(is_open) - int(was_open),
    )


def counted_in(region: str, scope: Iterable[str]) -> list[str]:
    """Return the regions whose figures of a drive a problem counts in.

    Kept from the county down, inside the drive's regions; wider ones add up counties. A
    problem above a county counts under its own region.

    >>> counted_in("239906100201", ["239906"])
    ['239906', '239906100', '239906100201']
    >>> counted_in("239906100201", ["239906100201"])
    ['239906100201']
    >>> counted_in("239906100201", ["239907"])
    []
    """
    around = [code for code in scope if contains(code, region)]
    if not around:
        return []
    if len(region) < _COUNTY:
        return [region]
    least = max(_COUNTY, min(len(code) for code in around))
    return [code for code in ancestors(region) if len(code) >= least]


def check_drive(said: Said) -> None:
    """Refuse a drive nobody could work towards.

    Raises:
        DriveUnfit: without a name, a document or a region; when it would end before it
            begins, the reserve is as long as the drive, or regions lie in each other.
    """
    if not said.name.strip() or not said.document.strip():
        raise DriveUnfit("a drive has a name and a document")
    if said.ends_on <= said.starts_on:
        raise DriveUnfit("the end of a drive lies after its start")
    if not 0 <= said.reserve_days < (said.ends_on - said.starts_on).days:
        raise DriveUnfit("the reserve is shorter than the drive")
    if not 0 < len(said.regions) <= REGIONS_MOST:
        raise DriveUnfit("a drive has 1 to {most} regions", most=REGIONS_MOST)
    for code in said.regions:
        inner = [c for c in said.regions if c != code and contains(code, c)]
        if inner or said.regions.count(code) > 1:
            raise DriveUnfit("{code} lies in another region of the drive", code=code)


def check_shock(name: str, starts_on: date, ends_on: date, drive: Said) -> None:
    """Refuse a shock without a name, without days, or outside the drive.

    Raises:
        DriveUnfit: when it is any of these.
    """
    if not name.strip():
        raise DriveUnfit("say what held the work up")
    if ends_on < starts_on:
        raise DriveUnfit("it cannot end before it begins")
    if ends_on < drive.starts_on or starts_on > drive.ends_on:
        raise DriveUnfit("it lies outside the drive")


Spans = Sequence[tuple[date, date]]


def days_lost(shocks: Spans, start: date, end: date) -> int:
    """Return how many days from `start` to `end`, both counted, shocks took.

    >>> day = date(2020, 2, 1)
    >>> days_lost([(day, date(2020, 2, 10)), (day, date(2020, 2, 5))], day, date.max)
    10
    """
    lost = set()
    for first, last in shocks:
        at, stop = max(first, start), min(last, end)
        while at <= stop:
            lost.add(at)
            at += timedelta(days=1)
    return len(lost)


class Course(StrEnum):
    """Whether a place gets there at the pace it has kept."""

    DONE = "done"
    ON_COURSE = "on_course"
    IN_RESERVE = "in_reserve"
    TOO_LATE = "too_late"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CatchUp:
    """What a place has to reach a day, what it has reached, and where that leads.

    `reached` is per day that no shock took, None before the first such day; `needed`
    is per day until the reserve, None when no day is left.
    """

    lost: int
    reached: float | None
    needed: float | None
    until: date | None
    course: Course


def catch_up(standing: Standing, countdown: Countdown, shocks: Spans) -> CatchUp:
    """Return whether a place gets done in time at its pace so far.

    The pace is what was closed per working day since the start; the days a shock took
    are no working days, neither behind nor ahead.
    """
    day, start = countdown.day, countdown.starts_on
    yesterday = min(day, countdown.deadline) - timedelta(days=1)
    lost = days_lost(shocks, start, countdown.deadline)
    gone = (yesterday - start).days + 1
    worked = gone - days_lost(shocks, start, yesterday) if gone > 0 else 0
    reached = standing.closed / worked if worked else None
    ahead = (countdown.planned_end - day).days + 1
    free = ahead - days_lost(shocks, day, countdown.planned_end) if ahead > 0 else 0
    needed = standing.open / free if free > 0 else None
    if not standing.open:
        return CatchUp(lost, reached, 0.0, None, Course.DONE)
    if reached is None:
        return CatchUp(lost, reached, needed, None, Course.UNKNOWN)
    if not reached:
        return CatchUp(lost, reached, needed, None, Course.TOO_LATE)
    until = _worked_off(day, ceil(standing.open / reached), shocks, countdown.deadline)
    return CatchUp(lost, reached, needed, until, _course(until, countdown))


def _worked_off(day: date, days: int, shocks: Spans, deadline: date) -> date | None:
    """Return the day so many working days end on, None when it is past the deadline."""
    if days > (deadline - day).days + 1:
        return None
    at = day
    while days > 0:
        days -= not any(first <= at <= last for first, last in shocks)
        at += timedelta(days=1)
    return at - timedelta(days=1)


def _course(until: date | None, countdown: Countdown) -> Course:
    if until is None or until > countdown.deadline:
        return Course.TOO_LATE
    return Course.IN_RESERVE if countdown.in_reserve(until) else Course.ON_COURSE
