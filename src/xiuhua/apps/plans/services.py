"""Change plans: one act, one transaction, one event, one entry in the audit.

Every act takes the version of the row it was decided on; another one is refused. What
was agreed with the family is kept whole as a version; later changes make another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import Attachment, EvidenceKind
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.chained import chained
from xiuhua.apps.audit.rules import recordable
from xiuhua.apps.plans import proposals
from xiuhua.apps.plans.models import (
    CLASSES,
    Measure,
    MeasureEvidence,
    Plan,
    PlanEvent,
    PlanVersion,
)
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import (
    COUNTED,
    LIFE,
    TO_DELIVER,
    Act,
    MeasureState,
    Step,
    is_late,
)
from xiuhua.apps.plans.selectors.measures import as_view
from xiuhua.apps.plans.selectors.plans import family_of
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError


_PARTICIPLES: Final[Mapping[str, str]] = {
    "open": "opened",
    "propose": "proposed",
    "agree": "agreed",
    "add": "measure_added",
    "change": "measure_changed",
    Act.START: "measure_started",
    Act.FINISH: "measure_delivered",
    Act.CHECK_OFF: "measure_checked_off",
    Act.RETURN: "measure_returned",
    Act.REOPEN: "measure_reopened",
    Act.DROP: "measure_dropped",
    "evidence": "evidence_given",
    "delay": "delay_explained",
}
# What a measure says.
_FACTS: Final = frozenset(
    {
        *("kind", "what", "answers", "is_dividend", "income_yuan", "money_yuan"),
        *("money_source", "unit", "owner", "starts_on", "deadline", "demanded"),
        *("person",),
    }
)


class PlanUnfit(XiuhuaError):
    """A plan or measure cannot be entered like this; says why."""

    code = "plans.plan_unfit"


class StalePlan(XiuhuaError):
    """Somebody else changed the plan or measure since it was shown."""

    code = "plans.stale_plan"


@transaction.atomic
def plan_open(
    *, region: str, household: Household | None, year: int, by: Post, at: datetime
) -> Plan:
    """Open the plan of a household for a year, or of the village without household.

    The one that stands already is returned.

    Raises:
        NotPermitted: when the post does not plan there.
        NotInForce: when the village does not exist.
        PlanUnfit: when the household lives elsewhere.
    """
    check_permitted(by.state, Permission.PLAN_EDIT, region=region)
    regions.region_get(code=region, as_of=_day(at))
    if household is not None and household.village_id != region:
        raise PlanUnfit("the household lives in another village")
    plan, made = Plan.objects.get_or_create(
        region_id=region, household=household, year=year
    )
    if made:
        _recorded(plan, None, "open", {"year": year}, by=by, at=at)
    return plan


@transaction.atomic
def plan_propose(
    *, plan: Plan, version: int, deadline: date, by: Post, at: datetime
) -> list[Measure]:
    """Propose measures from the household's shortfalls, causes, labor and land.

    What a measure of the plan answers already is not proposed again.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when the plan is a village's, or the deadline is past.
    """
    locked = _plan_locked(plan, version, by)
    if locked.household is None or deadline <= _day(at):
        raise PlanUnfit("proposals are for a household, until a day that lies ahead")
    family = family_of(locked.household, locked)
    track = proposals.track_of(family, parameters())
    locked.track = track.value if track else ""
    made = [
        Measure.objects.create(
            plan=locked,
            region_code=locked.region_id,
            once=f"proposal/{locked.pk}/{locked.version}/{number}",
            kind=proposal.kind,
            what="",
            answers=proposal.answers,
            deadline=deadline,
            state=MeasureState.PROPOSED,
        )
        for number, proposal in enumerate(proposals.proposed(family, parameters()))
    ]
    said = {"measures": [[m.kind, m.answers] for m in made]}
    _recorded(locked, None, "propose", said, by=by, at=at)
    return made


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
    locked = _plan_locked(plan, version, by)
    _check_facts(locked, facts)
    measure = Measure.objects.create(
        plan=locked,
        region_code=locked.region_id,
        once=once,
        state=MeasureState.PROPOSED,
        **facts,
    )
    _recorded(locked, measure, "add", _told(facts), by=by, at=at)
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
) -> Measure:
    """Change what a measure says; one that was agreed needs a reason and signatures.

    Raises:
        StalePlan: when the measure was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when it was delivered or dropped, a fact cannot be, or an agreed
            measure is changed without reason or without the family.
    """
    plan, locked = _measure_locked(measure, version)
    check_permitted(by.state, Permission.PLAN_EDIT, region=plan.region_id)
    if locked.state not in TO_DELIVER | {MeasureState.PROPOSED}:
        raise PlanUnfit("what was delivered or dropped is not changed any more")
    _check_facts(plan, {"kind": locked.kind, "deadline": locked.deadline, **facts})
    for name, value in facts.items():
        setattr(locked, name, value)
    _saved(locked)
    if locked.state in TO_DELIVER:
        _version_written(plan, reason=reason, signed=signed, by=by, at=at)
    _recorded(plan, locked, "change", _told(facts) | {"reason": reason}, by=by, at=at)
    return locked


@transaction.atomic
def plan_agree(
    *,
    plan: Plan,
    version: int,
    signed: Mapping[str, str],
    by: Post,
    at: datetime,
    reason: str = "",
) -> Plan:
    """Put a plan in force as agreed with the family: all proposals become measures.

    `signed` names who signed: `family`, `helper`, `team`.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when nothing is proposed, a proposal says not what or by whom, the
            family has not signed, or a later version has no reason.
    """
    locked = _plan_locked(plan, version, by)
    proposed = list(locked.measures.filter(state=MeasureState.PROPOSED))
    if not proposed:
        raise PlanUnfit("there is no proposal to agree on")
    for measure in proposed:
        if not measure.what.strip() or measure.owner_id is None:
            raise PlanUnfit("say for every measure what will be done and by whom")
        measure.state = LIFE.target(Act.AGREE, Step(as_view(measure), by.state))
        _saved(measure)
    _version_written(locked, reason=reason, signed=signed, by=by, at=at)
    said = {"version": locked.agreed_count, "signed": dict(signed), "reason": reason}
    _recorded(locked, None, "agree", said, by=by, at=at)
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
        PlanUnfit: for agreeing, which is an act on the whole plan.
    """
    if act is Act.AGREE:
        raise PlanUnfit("agreeing is an act on the whole plan")
    plan, locked = _measure_locked(measure, version)
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
    _saved(locked)
    said = {"reason": reason} if reason else {}
    _recorded(plan, locked, act, said, by=by, at=at, old_state=old)
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
    plan, locked = _measure_locked(measure, version)
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
        _saved(locked)
        said = {"kind": kind, "sha256": attachment.digest}
        _recorded(plan, locked, "evidence", said, by=by, at=at)
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
    plan, locked = _measure_locked(measure, version)
    check_permitted(by.state, Permission.PLAN_CHECK, region=plan.region_id)
    late = is_late(locked.state, locked.deadline, on=_day(at))
    if not late or not cause.strip():
        raise PlanUnfit("the cause is recorded for a measure that is late")
    locked.cause, locked.accountability = cause.strip(), accountability.strip()
    _saved(locked)
    said = {"cause": locked.cause, "accountability": locked.accountability}
    _recorded(plan, locked, "delay", said, by=by, at=at)
    return locked


def _plan_locked(plan: Plan, version: int, by: Post) -> Plan:
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.version != version:
        raise StalePlan("somebody else changed the plan meanwhile")
    check_permitted(by.state, Permission.PLAN_EDIT, region=locked.region_id)
    return locked


def _measure_locked(measure: Measure, version: int) -> tuple[Plan, Measure]:
    """Return plan and measure locked, the plan first: all acts lock in this order."""
    plan = Plan.objects.select_for_update().get(pk=measure.plan_id)
    locked = Measure.objects.select_for_update().get(pk=measure.pk)
    if locked.version != version:
        raise StalePlan("somebody else changed the measure meanwhile")
    locked.plan = plan
    return plan, locked


def _saved(measure: Measure) -> None:
    measure.version += 1
    measure.save()


def _check_facts(plan: Plan, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - _FACTS
    if unknown:
        raise PlanUnfit("{name} is no part of a measure", name=min(unknown))
    if facts.get("kind") not in CLASSES:
        raise PlanUnfit("choose the class of the measure")
    starts, deadline = facts.get("starts_on"), facts.get("deadline")
    if deadline is None or (starts is not None and starts > deadline):
        raise PlanUnfit("a measure has a day it is done by, not before it starts")
    kinds = set(filter(None, (facts.get("demanded") or "").split(",")))
    if not kinds <= set(EvidenceKind.values):
        raise PlanUnfit("choose the kinds of evidence from the list")
    person = facts.get("person")
    if person is not None and person.household_id != plan.household_id:
        raise PlanUnfit("the person is no member of the household")
    amounts = [facts.get("income_yuan"), facts.get("money_yuan")]
    if any(a is not None and a < 0 for a in amounts):
        raise PlanUnfit("an amount is not below zero")


def _version_written(
    plan: Plan,
    *,
    reason: str,
    signed: Mapping[str, str] | None,
    by: Post,
    at: datetime,
) -> None:
    if not (signed or {}).get("family", "").strip():
        raise PlanUnfit("the family signs what was agreed with it")
    if plan.agreed_count and not reason.strip():
        raise PlanUnfit("give the reason why the plan changes")
    plan.agreed_count += 1
    PlanVersion.objects.create(
        plan=plan,
        number=plan.agreed_count,
        content=recordable(_content(plan.measures.filter(state__in=sorted(COUNTED)))),
        reason=reason.strip(),
        agreed_on=_day(at),
        signed=dict(signed or {}),
        actor=by.actor.name,
        recorded_at=at,
    )


def _content(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    names = sorted(_FACTS - {"owner", "person"})
    return [
        {name: getattr(m, name) for name in names}
        | {"measure": m.pk, "person": m.person_id, "state": m.state}
        | {"owner": m.owner.actor.post if m.owner else ""}
        for m in measures
    ]


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.pk if hasattr(value, "pk") else value
        for name, value in facts.items()
    }


def _recorded(
    plan: Plan,
    measure: Measure | None,
    act: str,
    said: Mapping[str, Any],
    *,
    by: Post,
    at: datetime,
    old_state: str = "",
) -> None:
    new_state = measure.state if measure else ""
    event = PlanEvent(
        plan=plan, measure=measure, act=act, old_state=old_state, new_state=new_state
    )
    chained(event, said=said, by=by.actor, at=at)
    audit.entry_append(
        action=f"plans.plan.{_PARTICIPLES[act]}",
        target="plans.measure" if measure else "plans.plan",
        target_id=str(measure.pk if measure else plan.pk),
        target_label=plan.chain_label,
        region_code=plan.region_id,
        by=by.actor,
        at=at,
        new={"state": new_state, "event": event.digest},
    )


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
