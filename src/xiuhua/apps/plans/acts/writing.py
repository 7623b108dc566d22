"""Lock a plan, check what a measure says, write versions, events and the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import EvidenceKind
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.chained import chained
from xiuhua.apps.audit.rules import recordable
from xiuhua.apps.plans.acts.tallies import CLOSED, DRAFT, IN_FORCE, Key, tallies_shift
from xiuhua.apps.plans.models import CLASSES, Measure, Plan, PlanEvent, PlanVersion
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import COUNTED, Act, signature_refusals
from xiuhua.core.errors import XiuhuaError


_PARTICIPLES: Final[Mapping[str, str]] = {
    "open": "opened",
    "close": "closed",
    "reopen_plan": "reopened",
    "carry": "carried_over",
    "carry_back": "carried_back",
    "paper": "paper_filed",
    "paper_gone": "paper_withdrawn",
    "move": "moved",
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
    "evidence_gone": "evidence_withdrawn",
    "delay": "delay_explained",
    "owner": "owner_changed",
    "give_up": "measure_given_up",
}
# What a measure says.
FACTS: Final = frozenset(
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


def plan_locked(plan: Plan, version: int, by: Post) -> Plan:
    """Return a plan locked for changing it.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        PlanUnfit: when the plan is closed.
        NotPermitted: when the post does not plan there.
    """
    locked = plan_as_seen(plan, version)
    _check_open(locked)
    check_permitted(by.state, Permission.PLAN_EDIT, region=locked.region_id)
    return locked


def plan_as_seen(plan: Plan, version: int) -> Plan:
    """Return a plan locked, closed or not.

    Raises:
        StalePlan: when the plan was changed meanwhile.
    """
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.version != version:
        raise StalePlan("somebody else changed the plan meanwhile")
    return locked


def measure_locked(measure: Measure, version: int) -> tuple[Plan, Measure]:
    """Return plan and measure locked, the plan first: all acts lock in this order.

    Raises:
        StalePlan: when the measure was changed meanwhile.
        PlanUnfit: when the plan is closed.
    """
    plan = Plan.objects.select_for_update().get(pk=measure.plan_id)
    locked = Measure.objects.select_for_update().get(pk=measure.pk)
    if locked.version != version:
        raise StalePlan("somebody else changed the measure meanwhile")
    _check_open(plan)
    locked.plan = plan
    return plan, locked


def _check_open(plan: Plan) -> None:
    if plan.closed_at is not None:
        raise PlanUnfit("the plan of that year is closed")


def saved(measure: Measure) -> None:
    """Save a measure as its next version."""
    measure.version += 1
    measure.save()


def check_facts(plan: Plan, facts: Mapping[str, Any]) -> None:
    """Refuse what no measure can say.

    Raises:
        PlanUnfit: saying what.
    """
    unknown = set(facts) - FACTS
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


def version_made(
    plan: Plan,
    measures: Iterable[Measure],
    *,
    reason: str,
    signed: Mapping[str, str] | None,
    by: Post,
    at: datetime,
    signed_on: date | None = None,
) -> PlanVersion:
    """Return the next version of a plan, not saved; the plan counts it.

    `signed` names who signed the paper on `signed_on`, the day of the act unless said.

    Raises:
        PlanUnfit: when a signature is missing or lies ahead, or a later version has no
            reason.
    """
    given, day = dict(signed or {}), signed_on or day_of(at)
    demanded = parameters().signers[plan.subject]
    unsigned = signature_refusals(given, demanded=demanded)
    if unsigned:
        raise PlanUnfit(unsigned[0].why)
    if day > day_of(at):
        raise PlanUnfit("nobody signs on a day that lies ahead")
    if plan.agreed_count and not reason.strip():
        raise PlanUnfit("give the reason why the plan changes")
    plan.agreed_count += 1
    return PlanVersion(
        plan=plan,
        number=plan.agreed_count,
        content=recordable(_content(measures)),
        reason=reason.strip(),
        agreed_on=day,
        signed=given,
        actor=by.actor.name,
        recorded_at=at,
    )


def counted_measures(plan: Plan) -> Iterable[Measure]:
    """Return the measures that are part of a plan as agreed."""
    found = plan.measures.filter(state__in=sorted(COUNTED))
    return found.select_related("owner__user").order_by("pk")


def _content(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    names = sorted(FACTS - {"owner", "person"})
    return [
        {name: getattr(m, name) for name in names}
        | {"measure": m.pk, "person": m.person_id, "state": m.state}
        | {"owner": m.owner.actor.post if m.owner else ""}
        for m in measures
    ]


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as an event says them: rows by their keys."""
    return {
        name: value.pk if hasattr(value, "pk") else value
        for name, value in facts.items()
    }


def recorded(
    plan: Plan,
    measure: Measure | None,
    act: str,
    said: Mapping[str, Any],
    *,
    by: Post,
    at: datetime,
    old_state: str = "",
) -> None:
    """Write the event of an act, its entry in the audit, and the tallies."""
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


def counted(plan: Plan, steps: Iterable[tuple[str, str]]) -> None:
    """Bring the tallies of a plan's regions along: (old, new) of each that moved.

    An empty `old` is something new; `plan_draft` and `plan_in_force` are of plans.
    """
    changes: Counter[Key] = Counter()
    for old, new in steps:
        if old == new:
            continue
        if old:
            changes[plan.region_id, plan.year, old] -= 1
        changes[plan.region_id, plan.year, new] += 1
    tallies_shift(changes)


def standing(plan: Plan) -> str:
    """Return what a plan counts as."""
    if plan.closed_at is not None:
        return CLOSED
    return IN_FORCE if plan.agreed_count else DRAFT


def day_of(at: datetime) -> date:
    """Return the day of an instant where the offices are."""
    return timezone.localtime(at).date()
