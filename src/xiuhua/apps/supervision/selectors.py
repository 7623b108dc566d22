"""Read drives: those of a region, what they count, the problems in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.assessments.models import TallyDay
from xiuhua.apps.audit.chained import is_sound
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.models import Problem, ProblemHousehold
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.supervision.models import (
    Drive,
    DriveEvent,
    DriveRegion,
    DriveTally,
)
from xiuhua.apps.supervision.rules import Spans, Standing
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors, contains
from xiuhua.core.truth import Verdict


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
Curve = list[tuple[date, Standing]]


class DriveMissing(XiuhuaError):
    """There is no such drive, or not where the post may look."""

    code = "supervision.drive_missing"


def drive_list(*, viewer: Post) -> QuerySet[Drive]:
    """Return the drives that touch the viewer's region, the latest first.

    A drive set from above for a region around the viewer's holds there too.

    Raises:
        NotPermitted: when the post sees no figures.
    """
    check_permitted(viewer.state, Permission.FIGURES_VIEW, region=viewer.region_id)
    touching = Q(regions__region_id__in=ancestors(viewer.region_id)) | within(
        viewer.region_id, "regions__region_id"
    )
    return (
        Drive.unscoped.filter(touching)
        .distinct()
        .order_by("-ends_on", "-starts_on", "pk")
    )


def drive_get(*, viewer: Post, drive_id: int) -> Drive:
    """Return a drive that touches the viewer's region.

    Raises:
        DriveMissing: when there is none.
        NotPermitted: when the post sees no figures.
    """
    found = drive_list(viewer=viewer).filter(pk=drive_id).first()
    if found is None:
        raise DriveMissing("there is no such drive")
    return found


def problem_filter(drive: Drive) -> Q:
    """Return the condition that a problem fits a drive's filter and regions."""
    somewhere = Q(pk__in=[])
    for code in drive.codes:
        somewhere |= within(code, "region_id")
    if drive.sources:
        somewhere &= Q(source__in=drive.sources)
    if drive.classes:
        somewhere &= Q(kind__in=drive.classes)
    return somewhere


def midnight_before(day: date) -> datetime:
    """Return the first instant of a day where the office is."""
    return timezone.make_aware(datetime.combine(day, time.min))


def roots_of(drive: Drive, viewer: Post) -> list[str]:
    """Return the widest regions of a drive the viewer may look at."""
    return _roots(drive.codes, viewer)


def _roots(codes: Sequence[str], viewer: Post) -> list[str]:
    if any(contains(code, viewer.region_id) for code in codes):
        return [viewer.region_id]
    return [code for code in codes if contains(viewer.region_id, code)]


def countdown_of(drive: Drive, *, as_of: date) -> Countdown:
    """Return how far a drive is on a day."""
    return drive.said.countdown(as_of)


def standings(
    *, drive: Drive, regions: Iterable[str], as_of: date
) -> dict[str, Standing]:
    """Return what a drive counted in regions at the end of a day, empty ones included.

    Raises:
        ScopeMissing: outside a region scope.
    """
    wanted = list(regions)
    rows = DriveTally.objects.filter(
        _kept_for(wanted), drive=drive, day__lte=as_of
    ).order_by()
    last = {
        (row["region_code"], row["last"])
        for row in rows.values("region_code").annotate(last=Max("day"))
    }
    found: dict[str, Standing] = {code: Standing() for code in wanted}
    days = {day for _, day in last}
    for row in rows.filter(day__in=days):
        if (row.region_code, row.day) in last:
            for code in _summed_in(wanted, row.region_code):
                found[code] += Standing(row.registered, row.struck_off, row.open)
    return found


def totals_of(
    *, viewer: Post, drives: Iterable[Drive], as_of: date
) -> dict[int, Standing]:
    """Return what drives counted where the viewer may look, on a day or at their end.

    By key of the drive, in two queries however many there are.

    Raises:
        ScopeMissing: outside a region scope.
    """
    keys = [drive.pk for drive in drives]
    codes: defaultdict[int, list[str]] = defaultdict(list)
    members = DriveRegion.unscoped.filter(drive__in=keys).order_by("region_id")
    for key, code in members.values_list("drive_id", "region_id"):
        codes[key].append(code)
    roots = {key: _roots(codes[key], viewer) for key in keys}
    later = DriveTally.unscoped.filter(
        drive=OuterRef("drive"),
        region_code=OuterRef("region_code"),
        day__gt=OuterRef("day"),
        day__lte=Least(OuterRef("drive__ends_on"), as_of),
    )
    rows = DriveTally.objects.filter(
        _kept_for({code for seen in roots.values() for code in seen}),
        ~Exists(later),
        drive__in=keys,
        day__lte=Least(F("drive__ends_on"), as_of),
    )
    found = {key: Standing() for key in keys}
    for row in rows:
        if _summed_in(roots[row.drive_id], row.region_code):
            found[row.drive_id] += Standing(row.registered, row.struck_off, row.open)
    return found


def curve(*, drive: Drive, regions: Sequence[str], until: date) -> Curve:
    """Return what a drive counted in regions together, on each day it changed.

    Raises:
        ScopeMissing: outside a region scope.
    """
    rows = DriveTally.objects.filter(
        _kept_for(regions), drive=drive, day__lte=until
    ).order_by("day", "region_code")
    latest: dict[str, Standing] = {}
    days: dict[date, Standing] = {}
    for row in rows:
        latest[row.region_code] = Standing(row.registered, row.struck_off, row.open)
        days[row.day] = sum(latest.values(), Standing())
    return list(days.items())


def shortfall_curve(
    *, viewer: Post, regions: Sequence[str], indicator: str, since: date, until: date
) -> list[tuple[date, int]]:
    """Return how many households fell short in `pack.indicator`, when it changed.

    The first entry is what stood at `since`.

    Raises:
        ScopeMissing: outside a region scope.
    """
    pack, _, measure = indicator.partition(".")
    rows = TallyDay.objects.filter(
        _kept_for(regions, "region_id"),
        within(viewer.region_id, "region_id"),
        pack=pack,
        measure=measure,
        verdict=str(Verdict.UNMET.value),
        day__lte=until,
    ).order_by("day", "pk")
    latest: dict[tuple[str, str], int] = {}
    days: dict[date, int] = {}
    for region, status, day, households in rows.values_list(
        "region_id", "status", "day", "households"
    ):
        latest[region, status] = households
        days[max(day, since)] = sum(latest.values())
    return list(days.items())


def problem_list(
    *, viewer: Post, drive: Drive, region: str = "", state: str = ""
) -> QuerySet[Problem]:
    """Return the problems a drive counts, where the post may look.

    `state` is a state, `open` or `ended`, empty for all.

    Raises:
        NotPermitted: when the post sees no problems.
    """
    filters = ledger.ProblemFilter(region=region, state=state)
    found = ledger.problem_list(viewer=viewer, filters=filters)
    in_drive = Q(ended_at=None) | Q(ended_at__gte=midnight_before(drive.starts_on))
    return found.filter(problem_filter(drive), in_drive)


@dataclass(frozen=True)
class HouseholdTask:
    """An open problem of a drive about a household."""

    household: int
    number: str
    village: str
    what: str
    deadline: date | None


def household_tasks(
    *, viewer: Post, drive: Drive, region: str, most: int = 5000
) -> list[HouseholdTask]:
    """Return the open problems of a drive, one entry a household, due first on top.

    Raises:
        NotPermitted: when the post sees no problems or no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = problem_list(viewer=viewer, drive=drive, region=region, state="open")
    links = (
        ProblemHousehold.objects.filter(problem__in=found.order_by())
        .order_by("problem__deadline", "pk")
        .values_list(
            "household_id",
            "household__number",
            "household__village_id",
            "problem__description",
            "problem__deadline",
        )
    )
    return [HouseholdTask(*row) for row in links[:most]]


def household_keys(problems: Sequence[int]) -> dict[int, list[str]]:
    """Return the numbers of the households of problems, by problem."""
    links = ProblemHousehold.objects.filter(problem_id__in=problems).order_by("pk")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for problem, number in links.values_list("problem_id", "household__number"):
        found[problem].append(number)
    return found


def shock_spans(drive: Drive) -> Spans:
    """Return from when to when the work of a drive was held up."""
    rows = drive.shocks.order_by("starts_on", "pk")
    return list(rows.values_list("starts_on", "ends_on"))


def event_list(*, drive: Drive) -> QuerySet[DriveEvent]:
    """Return what happened to a drive, the newest first."""
    return drive.events.order_by("-number")


def broken_chain_list(drives: Iterable[Drive]) -> Iterator[str]:
    """Yield the names of drives whose events were tampered with."""
    for drive in drives:
        if not is_sound(drive, drive.events.select_related("drive")):
            yield drive.name


def _kept_for(regions: Iterable[str], field: str = "region_code") -> Q:
    """Return the tallies that add up to regions, none twice."""
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for code in regions:
        by_length[len(code)].append(code)
    condition = Q(pk__in=[])
    for length, codes in by_length.items():
        if length >= _COUNTY:
            condition |= Q(**{f"{field}__in": codes})
            continue
        for code in codes:
            narrow = Q(**{f"{field}__regex": f"^.{{0,{_COUNTY}}}$"})
            condition |= within(code, field) & narrow
    return condition


def _summed_in(wanted: Iterable[str], code: str) -> list[str]:
    """Return which regions a kept row counts in: itself, or what adds up counties."""
    return [
        region
        for region in wanted
        if region == code
        or (len(region) < _COUNTY >= len(code) and contains(region, code))
    ]
