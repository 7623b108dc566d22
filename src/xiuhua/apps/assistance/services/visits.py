"""Plan visits, make them, drop them; begin drives in which every family is visited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import (
    Done,
    booked,
    day_of,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.choices import VisitKind
from xiuhua.apps.assistance.models import Visit, VisitDrive
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.rules import LIFE, Act, VisitState
from xiuhua.apps.assistance.selectors.visits import visit_step
from xiuhua.apps.audit import services as audit
from xiuhua.apps.registry.models import Household


@dataclass(frozen=True)
class VisitSaid:
    """A visit as a list names it."""

    household: Household
    helper: Helper
    kind: str
    made_on: date
    findings: str


@transaction.atomic
def visit_plan(
    *,
    household: Household,
    helper: Helper,
    kind: str,
    planned_on: date,
    once: str,
    by: Post,
    at: datetime,
) -> Visit:
    """Plan a visit; the same key again returns the first.

    Raises:
        NotPermitted: when the post visits nobody there.
        HelpUnfit: when the kind is none, or the helper or household is no more.
    """
    made = Visit.objects.filter(once=once).first()
    if made is not None:
        return made
    village = household.village_id
    check_permitted(by.state, Permission.VISIT_WRITE, region=village)
    gone = helper.left_on is not None and helper.left_on <= planned_on
    if kind not in VisitKind.values or household.ended_on is not None or gone:
        raise HelpUnfit("a visit has a kind, a family and a visitor who are there")
    visit = Visit.objects.create(
        household=household, helper=helper, kind=kind, planned_on=planned_on, once=once
    )
    said = {"household": household.pk, "helper": helper.pk, "for": planned_on}
    done = Done("plan", visit, said, "", visit.state)
    recorded("visit.planned", done, region=village, by=by, at=at)
    return visit


@transaction.atomic
def visits_plan(
    *,
    pairs: Sequence[tuple[Household, Helper]],
    kind: str,
    planned_on: date,
    key: str,
    by: Post,
    at: datetime,
) -> list[Visit]:
    """Plan a visit of each of many families at once; the same key again plans none.

    Raises:
        NotPermitted: when the post visits nobody in one of the villages.
        HelpUnfit: when the kind is none.
    """
    if kind not in VisitKind.values:
        raise HelpUnfit("a visit has a kind, a family and a visitor who are there")
    for village in {household.village_id for household, _ in pairs}:
        check_permitted(by.state, Permission.VISIT_WRITE, region=village)
    keys = {home.pk: f"{key}/{home.pk}"[:64] for home, _ in pairs}
    there = set(
        Visit.objects.filter(once__in=keys.values()).values_list("once", flat=True)
    )
    made = Visit.objects.bulk_create(
        [
            Visit(
                household=home,
                helper=helper,
                kind=kind,
                planned_on=planned_on,
                once=keys[home.pk],
            )
            for home, helper in pairs
            if keys[home.pk] not in there
        ],
        batch_size=500,
    )
    for village in sorted({visit.household.village_id for visit in made}):
        done = [
            Done("plan", v, {"for": planned_on}, "", v.state)
            for v in made
            if v.household.village_id == village
        ]
        booked(done, region=village, by=by, at=at)
    audit.entry_append(
        action="assistance.visits.planned",
        target="assistance.visit",
        target_id="",
        target_label=by.region_id,
        region_code=by.region_id,
        by=by.actor,
        at=at,
        new={"visits": len(made), "for": planned_on},
    )
    return made


@transaction.atomic
def visits_record(
    *, rows: Sequence[VisitSaid], key: str, by: Post, at: datetime
) -> list[Visit]:
    """Record visits that were made, from a list kept on paper; the same key once.

    Raises:
        NotPermitted: when the post keeps no helpers in one of the villages.
        HelpUnfit: when a kind is none, nothing was found, or a day is to come.
    """
    for village in {row.household.village_id for row in rows}:
        check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=village)
    for row in rows:
        unsaid = row.kind not in VisitKind.values or not row.findings.strip()
        if unsaid or row.made_on > day_of(at):
            raise HelpUnfit("a visit of a list has a kind, a day that came, findings")
    keys = [f"{key}/{number}" for number in range(len(rows))]
    if Visit.objects.filter(once__in=keys[:1]).exists():
        return []
    made = Visit.objects.bulk_create(
        [
            Visit(
                household=row.household,
                helper=row.helper,
                kind=row.kind,
                state=VisitState.MADE.value,
                planned_on=row.made_on,
                made_on=row.made_on,
                findings=row.findings.strip(),
                once=once,
            )
            for row, once in zip(rows, keys, strict=True)
        ],
        batch_size=500,
    )
    by_village: dict[str, list[Done]] = {}
    for visit in made:
        said = {"on": visit.made_on, "findings": visit.findings}
        done = Done("make", visit, said, "", visit.state)
        by_village.setdefault(visit.household.village_id, []).append(done)
    for village in sorted(by_village):
        booked(by_village[village], region=village, by=by, at=at)
    audit.entry_append(
        action="assistance.visits.recorded",
        target="assistance.visit",
        target_id="",
        target_label=by.region_id,
        region_code=by.region_id,
        by=by.actor,
        at=at,
        new={"visits": len(made)},
    )
    return made


@transaction.atomic
def visit_make(
    *,
    visit: Visit,
    version: int | None,
    made_on: date,
    findings: str,
    by: Post,
    at: datetime,
) -> Visit:
    """Say that a visit was made, on which day, and what was found.

    Raises:
        StaleHelp: when it was changed meanwhile.
        StepRefused: with every reason why it is not open.
    """
    row = locked(visit, version)
    step = visit_step(row, by=by, said=findings, day=made_on, today=day_of(at))
    old = row.state
    row.state = LIFE.target(Act.MAKE, step)
    row.made_on, row.findings = made_on, findings.strip()
    kept(row)
    done = Done("make", row, {"on": made_on, "findings": row.findings}, old, row.state)
    recorded("visit.made", done, region=step.region, by=by, at=at)
    return row


@transaction.atomic
def visit_drop(
    *, visit: Visit, version: int | None, reason: str, by: Post, at: datetime
) -> Visit:
    """Drop a visit that was planned, with the reason.

    Raises:
        StaleHelp: when it was changed meanwhile.
        StepRefused: with every reason why it is not open.
    """
    row = locked(visit, version)
    step = visit_step(row, by=by, said=reason)
    old = row.state
    row.state = LIFE.target(Act.DROP, step)
    row.reason = reason.strip()
    kept(row)
    done = Done("drop", row, {"reason": row.reason}, old, row.state)
    recorded("visit.dropped", done, region=step.region, by=by, at=at)
    return row


@transaction.atomic
def drive_begin(
    *,
    region: str,
    name: str,
    left_only: bool,
    starts_on: date,
    last_day: date,
    once: str,
    by: Post,
    at: datetime,
) -> VisitDrive:
    """Begin a drive in which every family of a region is visited between two days.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when the name is missing or taken, or it would end before it starts.
    """
    made = VisitDrive.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    name = name.strip()
    taken = VisitDrive.objects.filter(region_id=region, name=name).exists()
    if not name or taken or last_day < starts_on:
        raise HelpUnfit("a drive has a name of its own and ends after its start")
    drive = VisitDrive.objects.create(
        region_id=region,
        name=name,
        left_only=left_only,
        starts_on=starts_on,
        last_day=last_day,
        once=once,
    )
    done = Done("begin", drive, {"from": starts_on, "to": last_day})
    recorded("drive.begun", done, region=region, by=by, at=at)
    return drive
