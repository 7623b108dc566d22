"""Keep what drives count: by every step of a problem, or anew from its events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from xiuhua.apps.ledger.models import Event, Problem
from xiuhua.apps.ledger.rules import ENDED, OPEN
from xiuhua.apps.supervision.models import Drive, DriveTally
from xiuhua.apps.supervision.rules import Move, Standing, counted_in, shift_of
from xiuhua.apps.supervision.selectors import midnight_before, problem_filter
from xiuhua.core.region_codes import ancestors


_CHUNK: Final = 1000
Days = dict[date, Standing]


def move_count(problem: Problem, move: Move, count: int = 1) -> None:
    """Count a step in every drive a problem belongs to that is not over.

    `count` problems took it at once, alike in region, source and class.
    """
    around = Drive.unscoped.filter(
        regions__region_id__in=ancestors(problem.region_id), ends_on__gte=move.day
    )
    for drive in around.distinct().order_by("pk"):
        fits = (not drive.sources or problem.source in drive.sources) and (
            not drive.classes or problem.kind in drive.classes
        )
        change = shift_of(move, starts_on=drive.starts_on) if fits else Standing()
        if change != Standing():
            day = max(move.day, _ground(drive))
            for code in counted_in(problem.region_id, drive.codes):
                _shift(drive, code, day, change, count)


def _ground(drive: Drive) -> date:
    return drive.starts_on - timedelta(days=1)


def _shift(drive: Drive, code: str, day: date, change: Standing, count: int) -> None:
    rows = DriveTally.unscoped.select_for_update().filter(drive=drive, region_code=code)
    last = rows.order_by("-day").first()
    if last is None:
        last = DriveTally(drive=drive, region_code=code, day=day)
        last.registered = last.struck_off = last.open = 0
    elif last.day < day:
        # Another row for another day.
        last.pk, last.day = None, day
    last.registered += change.registered * count
    last.struck_off += change.struck_off * count
    last.open += change.open * count
    last.save()


def drive_recount(drive: Drive) -> int:
    """Write a drive's figures anew from the events; return how many regions were wrong.

    Looks at every problem of the drive once: done when a drive is set or its filter is
    changed, and by a job of the night that finds what steps of that very moment missed.
    """
    wanted = _recounted(drive)
    kept: dict[str, Days] = defaultdict(dict)
    for tally in DriveTally.unscoped.filter(drive=drive).order_by("day"):
        kept[tally.region_code][tally.day] = Standing(
            tally.registered, tally.struck_off, tally.open
        )
    wrong = [
        code
        for code in wanted.keys() | kept.keys()
        if _steps(wanted.get(code, {})) != _steps(kept.get(code, {}))
    ]
    if wrong:
        DriveTally.unscoped.filter(drive=drive).delete()
        DriveTally.unscoped.bulk_create(
            [
                DriveTally(drive=drive, region_code=code, day=day, **asdict(standing))
                for code, days in sorted(wanted.items())
                for day, standing in days.items()
            ],
            batch_size=_CHUNK,
        )
    return len(wrong)


def _steps(days: Days) -> list[tuple[date, Standing]]:
    """Return the days on which figures changed: a day that changed nothing is none."""
    found: list[tuple[date, Standing]] = []
    last = Standing()
    for day, standing in days.items():
        if standing != last:
            found.append((day, standing))
            last = standing
    return found


def _recounted(drive: Drive) -> dict[str, Days]:
    """Return what the drive counts by region and day, from the problems themselves."""
    changes: dict[str, dict[date, Standing]] = defaultdict(dict)
    for region, day, change in _changes(drive):
        for code in counted_in(region, drive.codes):
            days = changes[code]
            days[day] = days.get(day, Standing()) + change
    counted: dict[str, Days] = {}
    for code, by_day in changes.items():
        running = Standing()
        counted[code] = {}
        for day in sorted(by_day):
            running += by_day[day]
            counted[code][day] = running
    return counted


def _changes(drive: Drive) -> Iterator[tuple[str, date, Standing]]:
    """Yield the ground by region, then every change since with its day."""
    fitting = Problem.unscoped.filter(problem_filter(drive))
    start, ground = drive.starts_on, _ground(drive)
    moved = _moves(fitting, start)
    open_now = _open_by_region(fitting)
    for region, first, last, shifts in moved:
        # Roll the regions' present numbers back to what stood before the first move.
        open_now[region] += int(first in OPEN) - int(last in OPEN)
        for day, change in shifts:
            if day <= drive.ends_on:
                yield region, day, change
    for region, count in open_now.items():
        if count:
            yield region, ground, Standing(count, 0, count)


def _open_by_region(fitting: QuerySet[Problem]) -> defaultdict[str, int]:
    rows = fitting.filter(state__in=sorted(OPEN)).values("region_id")
    found = rows.annotate(count=Count("pk")).order_by()
    return defaultdict(int, found.values_list("region_id", "count"))


_Moved = tuple[str, str, str, list[tuple[date, Standing]]]


def _moves(fitting: QuerySet[Problem], start: date) -> Iterator[_Moved]:
    """Yield of each problem that moved since: region, first state, last, shifts."""
    since = Event.objects.filter(
        problem__in=fitting, recorded_at__gte=midnight_before(start)
    ).exclude(old_state=F("new_state"))
    rows = since.order_by("problem_id", "number").values_list(
        "problem_id", "problem__region_id", "old_state", "new_state", "recorded_at"
    )
    current: Any = None
    region = first = last = ""
    shifts: list[tuple[date, Standing]] = []
    ended_on: date | None = None
    for key, place, old, new, at in rows.iterator(_CHUNK):
        if key != current:
            if current is not None:
                yield region, first, last, shifts
            current, region, first, shifts = key, place, old, []
            # What it was when the drive began, it had become before.
            ended_on = start - timedelta(days=1) if old in ENDED else None
        day = timezone.localtime(at).date()
        shifts.append((day, shift_of(Move(old, new, day, ended_on), starts_on=start)))
        last, ended_on = new, day if new in ENDED else None
    if current is not None:
        yield region, first, last, shifts
