"""Plan visits, make them, drop them; begin drives in which every family is visited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

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
from xiuhua.apps.assistance.choices import Mending, VisitKind
from xiuhua.apps.assistance.models import Visit, VisitDrive, VisitPaper
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.rules import LIFE, Act, VisitState
from xiuhua.apps.assistance.selectors.visits import visit_step
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.audit import services as audit
from xiuhua.apps.registry.models import Household


_PART: Final = 500


@dataclass(frozen=True)
class VisitSaid:
    """A visit as a list names it."""

    household: Household
    helper: Helper
    kind: str
    made_on: date
    findings: str
    mending: bool = False


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

    A visit of the family that the visitor had planned is the one that was made.

    Raises:
        NotPermitted: when the post neither visits nor keeps helpers in a village.
        HelpUnfit: when a kind is none, nothing was found, or a day is to come.
    """
    visits = by.state.allows(Permission.VISIT_WRITE)
    needed = Permission.VISIT_WRITE if visits else Permission.ASSISTANCE_EDIT
    for village in {row.household.village_id for row in rows}:
        check_permitted(by.state, needed, region=village)
    for row in rows:
        unsaid = row.kind not in VisitKind.values or not row.findings.strip()
        if unsaid or row.made_on > day_of(at):
            raise HelpUnfit("a visit of a list has a kind, a day that came, findings")
    if Visit.objects.filter(once__startswith=f"{key}/").exists():
        return []
    recorded_now = _recorded(rows, key)
    by_village: dict[str, list[Done]] = {}
    for visit, old in recorded_now:
        said = {"on": visit.made_on, "findings": visit.findings}
        done = Done("make", visit, said, old, visit.state)
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
        new={"visits": len(rows)},
    )
    return [visit for visit, _old in recorded_now]


def _recorded(rows: Sequence[VisitSaid], key: str) -> list[tuple[Visit, str]]:
    """Save the visits of rows; return each with the state it had, empty for new."""
    planned = _planned_of([row.household.pk for row in rows])
    found: list[tuple[Visit, str]] = []
    for number, row in enumerate(rows):
        visit = planned.pop((row.household.pk, row.helper.pk), None)
        old = visit.state if visit else ""
        if visit is None:
            visit = Visit(
                household=row.household,
                helper=row.helper,
                planned_on=row.made_on,
                once=f"{key}/{number}",
                version=0,
            )
        visit.kind, visit.state = row.kind, VisitState.MADE.value
        visit.made_on, visit.findings = row.made_on, row.findings.strip()
        visit.mending = str(Mending.ASKED) if row.mending else ""
        visit.version += 1
        found.append((visit, old))
    Visit.objects.bulk_create(
        [visit for visit, old in found if not old], batch_size=500
    )
    fields = ["kind", "state", "made_on", "findings", "mending", "version"]
    Visit.objects.bulk_update(
        [visit for visit, old in found if old], fields, batch_size=500
    )
    return found


def _planned_of(homes: Sequence[int]) -> dict[tuple[int, int], Visit]:
    """Return the visits planned of households by household and helper, the first."""
    planned: dict[tuple[int, int], Visit] = {}
    for start in range(0, len(homes), _PART):
        rows = Visit.objects.select_for_update(of=("self",)).filter(
            household__in=homes[start : start + _PART], state=VisitState.PLANNED
        )
        for visit in rows.select_related("household").order_by("-planned_on", "-pk"):
            planned[(visit.household_id, visit.helper_id)] = visit
    return planned


@transaction.atomic
def visit_make(
    *,
    visit: Visit,
    version: int | None,
    made_on: date,
    findings: str,
    by: Post,
    at: datetime,
    mending: bool = False,
) -> Visit:
    """Say that a visit was made, on which day, what was found, if it asks for mending.

    Raises:
        StaleHelp: when it was changed meanwhile.
        StepRefused: with every reason why it is not open.
    """
    row = locked(visit, version)
    step = visit_step(row, by=by, said=findings, day=made_on, today=day_of(at))
    old = row.state
    row.state = LIFE.target(Act.MAKE, step)
    row.made_on, row.findings = made_on, findings.strip()
    row.mending = str(Mending.ASKED) if mending else ""
    kept(row)
    said = {"on": made_on, "findings": row.findings, "mending": row.mending}
    done = Done("make", row, said, old, row.state)
    recorded("visit.made", done, region=step.region, by=by, at=at)
    return row


@transaction.atomic
def visit_record(
    *,
    household: Household,
    helper: Helper,
    kind: str,
    made_on: date,
    findings: str,
    once: str,
    by: Post,
    at: datetime,
    mending: bool = False,
) -> Visit:
    """Record a visit nobody had planned, as it was made; the same key returns it.

    Raises:
        NotPermitted: when the post visits nobody there.
        HelpUnfit: when the kind is none, or the helper or household is no more.
        StepRefused: when the day is to come, or nothing was found.
    """
    visit = visit_plan(
        household=household,
        helper=helper,
        kind=kind,
        planned_on=made_on,
        once=once,
        by=by,
        at=at,
    )
    if visit.state != VisitState.PLANNED:
        return visit
    return visit_make(
        visit=visit,
        version=visit.version,
        made_on=made_on,
        findings=findings,
        mending=mending,
        by=by,
        at=at,
    )


@transaction.atomic
def visit_take_up(*, visit: Visit, problem: str, by: Post, at: datetime) -> Visit:
    """Note that what a visit found is on the ledger, under a number.

    Raises:
        NotPermitted: when the post registers no problems there.
        HelpUnfit: when the visit was not made.
    """
    row = locked(visit, visit.version)
    village = row.household.village_id
    check_permitted(by.state, Permission.PROBLEM_REGISTER, region=village)
    if row.state != VisitState.MADE:
        raise HelpUnfit("only what a visit found goes onto the ledger")
    row.mending = str(Mending.TAKEN_UP)
    kept(row)
    done = Done("take_up", row, {"problem": problem}, row.state, row.state)
    recorded("visit.taken_up", done, region=village, by=by, at=at)
    return row


@transaction.atomic
def visit_paper_add(
    *, visit: Visit, attachment: Attachment, by: Post, at: datetime
) -> VisitPaper:
    """Let a file of the household hang on a visit as well; a second time changes none.

    Raises:
        NotPermitted: when the post may not add evidence there.
        HelpUnfit: when the file is another household's.
    """
    village = visit.household.village_id
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=village)
    about = (attachment.subject_kind, attachment.subject_id)
    if about != ("registry.household", str(visit.household_id)):
        raise HelpUnfit("the paper of a visit is a file of the household visited")
    paper, new = VisitPaper.objects.get_or_create(visit=visit, attachment=attachment)
    if new:
        said = {"file": attachment.digest}
        done = Done("paper", visit, said, visit.state, visit.state)
        recorded("visit.paper_added", done, region=village, by=by, at=at)
    return paper


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
