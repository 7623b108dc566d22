"""Change one measure: what it says, where it stands, its proof, its delay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import Attachment, EvidenceKind
from xiuhua.apps.plans.acts.writing import (
    PlanUnfit,
    check_facts,
    counted,
    counted_measures,
    day_of,
    measure_locked,
    plan_locked,
    recorded,
    saved,
    told,
    version_made,
)
from xiuhua.apps.plans.models import Measure, MeasureEvidence, Plan
from xiuhua.apps.plans.rules import (
    LIFE,
    OF_PLANS,
    TO_DELIVER,
    Act,
    MeasureState,
    Step,
    is_late,
)
from xiuhua.apps.plans.selectors.measures import as_view


@transaction.atomic
def measure_add(
    *,
    plan: Plan,
    version: int,
    facts: Mapping[str, Any],
    once: str,
    by: Post,
    at: datetime,
) -> Measure:
    """Enter a measure as a proposal; the same key of a form again returns the first.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when a fact is none of a measure's or cannot be.
    """
    made = Measure.objects.filter(once=once, plan=plan).first()
    if made is not None:
        return made
    locked = plan_locked(plan, version, by)
    check_facts(locked, facts)
    measure = Measure.objects.create(
        plan=locked,
        region_code=locked.region_id,
        once=once,
        state=MeasureState.PROPOSED,
        **facts,
    )
    counted(locked, [("", measure.state)])
    recorded(locked, measure, "add", told(facts), by=by, at=at)
    return measure


@transaction.atomic
def measure_change(
    *,
    measure: Measure,
    version: int,
    facts: Mapping[str, Any],
    by: Post,
    at: datetime,
    reason: str = "",
    signed: Mapping[str, str] | None = None,
    signed_on: date | None = None,
) -> Measure:
    """Change what a measure says; one that was agreed needs a reason and signatures.

    Raises:
        StalePlan: when the measure was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when it was delivered or dropped, a fact cannot be, or an agreed
            measure is changed without reason or without the signatures.
    """
    plan, locked = measure_locked(measure, version)
    check_permitted(by.state, Permission.PLAN_EDIT, region=plan.region_id)
    if locked.state not in TO_DELIVER | {MeasureState.PROPOSED}:
        raise PlanUnfit("what was delivered or dropped is not changed any more")
    check_facts(plan, {"kind": locked.kind, "deadline": locked.deadline, **facts})
    for name, value in facts.items():
        setattr(locked, name, value)
    saved(locked)
    if locked.state in TO_DELIVER:
        measures = counted_measures(plan)
        version_made(
            plan,
            measures,
            reason=reason,
            signed=signed,
            signed_on=signed_on,
            by=by,
            at=at,
        ).save()
    recorded(plan, locked, "change", told(facts) | {"reason": reason}, by=by, at=at)
    return locked


@transaction.atomic
def measure_step(
    *,
    measure: Measure,
    version: int,
    act: Act,
    by: Post,
    at: datetime,
    reason: str = "",
) -> Measure:
    """Let a measure take a step: start, finish, check off, return, reopen, drop.

    Raises:
        StalePlan: when the measure was changed meanwhile.
        StepRefused: with every reason why the step is not open.
        PlanUnfit: for an act on the whole plan, or when that is closed.
    """
    if act in OF_PLANS:
        raise PlanUnfit("this is an act on the whole plan")
    plan, locked = measure_locked(measure, version)
    old = locked.state
    locked.state = LIFE.target(act, Step(as_view(locked), by.state, reason))
    if act is Act.FINISH:
        locked.finished_at, locked.finished_by = at, by.actor.name
        locked.returned_at = None
    if act in (Act.RETURN, Act.REOPEN):
        locked.finished_at, locked.finished_by = None, ""
        locked.returned_at = at
    checked = act is Act.CHECK_OFF
    locked.checked_at = at if checked else None
    locked.checked_by = by.actor.name if checked else ""
    saved(locked)
    counted(plan, [(old, locked.state)])
    said = {"reason": reason} if reason else {}
    recorded(plan, locked, act, said, by=by, at=at, old_state=old)
    return locked


@transaction.atomic
def evidence_give(
    *,
    measure: Measure,
    version: int,
    kind: str,
    attachment: Attachment,
    by: Post,
    at: datetime,
) -> MeasureEvidence:
    """Put a file forward as proof of delivery.

    Raises:
        StalePlan: when the measure was changed meanwhile.
        NotPermitted: when the post adds no evidence there.
        PlanUnfit: when the file is about something else, or nothing is to deliver.
    """
    plan, locked = measure_locked(measure, version)
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=plan.region_id)
    about = (attachment.subject_kind, attachment.subject_id)
    if kind not in EvidenceKind.values or about != ("plans.measure", str(locked.pk)):
        raise PlanUnfit("this is no evidence of the measure")
    if locked.state not in TO_DELIVER:
        raise PlanUnfit("evidence is given while the measure is to be delivered")
    evidence, made = MeasureEvidence.objects.get_or_create(
        measure=locked, attachment=attachment, defaults={"kind": kind}
    )
    if made:
        saved(locked)
        said = {"kind": kind, "sha256": attachment.digest}
        recorded(plan, locked, "evidence", said, by=by, at=at)
    return evidence


@transaction.atomic
def delay_explain(
    *,
    measure: Measure,
    version: int,
    cause: str,
    accountability: str,
    by: Post,
    at: datetime,
) -> Measure:
    """Record why a measure is late and who answers for it (查明原因、问责).

    Raises:
        StalePlan: when the measure was changed meanwhile.
        NotPermitted: when the post does not check delivery there.
        PlanUnfit: when it is not late, or nothing is said.
    """
    plan, locked = measure_locked(measure, version)
    check_permitted(by.state, Permission.PLAN_CHECK, region=plan.region_id)
    late = is_late(locked.state, locked.deadline, on=day_of(at))
    if not late or not cause.strip():
        raise PlanUnfit("the cause is recorded for a measure that is late")
    locked.cause, locked.accountability = cause.strip(), accountability.strip()
    saved(locked)
    said = {"cause": locked.cause, "accountability": locked.accountability}
    recorded(plan, locked, "delay", said, by=by, at=at)
    return locked
