"""Acts on many plans at once: all of them in one transaction, or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.plans.acts.taking import Taken, plans_write
from xiuhua.apps.plans.acts.writing import (
    PlanUnfit,
    StalePlan,
    counted_measures,
    day_of,
    recorded,
    saved,
    version_made,
)
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.proposals import Family, proposed, track_of
from xiuhua.apps.plans.rules import UNFINISHED
from xiuhua.apps.plans.selectors.families import families_of
from xiuhua.apps.plans.selectors.plans import PlanMissing
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.region_codes import contains
from xiuhua.messages import translator


_TAKEN_BACK: Final = "the change of owner was taken back"


@transaction.atomic
def village_propose(
    *, region: str, year: int, deadline: date, by: Post, at: datetime
) -> tuple[int, int]:
    """Propose measures for every household of a village that falls short.

    What a measure answers already is not proposed again. Return how many plans got
    proposals, and how many there are.

    Raises:
        NotPermitted: when the post does not plan there.
        PlanUnfit: when the deadline is past.
    """
    check_permitted(by.state, Permission.PLAN_EDIT, region=region)
    if deadline <= day_of(at):
        raise PlanUnfit("proposals are for a household, until a day that lies ahead")
    closed = Plan.objects.filter(year=year, person=None, closed_at__isnull=False)
    short = Household.objects.filter(
        within(region, "village_id"), shortfalls__verdict="0", ended_on=None
    ).exclude(pk__in=closed.filter(household__isnull=False).values("household"))
    taken = [
        _proposed(household, family, year, deadline)
        for household, family in families_of(
            list(short.distinct().order_by("pk")), year=year
        )
    ]
    wanted = [one for one in taken if one.measures]
    measures = len(
        plans_write(
            wanted,
            act="propose",
            once=f"village/{region}/{year}/{at:%Y%m%dT%H%M%S%f}",
            batch=None,
            by=by,
            at=at,
        )
    )
    plans = len(wanted)
    audit.entry_append(
        action="plans.village.proposed",
        target="regions.region",
        target_id=region,
        target_label="",
        region_code=region,
        by=by.actor,
        at=at,
        new={"plans": plans, "measures": measures},
    )
    return plans, measures


@transaction.atomic
def owner_change(
    *, measures: Mapping[int, int], owner: Post, reason: str, by: Post, at: datetime
) -> int:
    """Give measures to another owner; `measures` maps keys to the versions seen.

    Who is to do it is part of what was agreed: a plan in force gets another version
    with the signatures of the one before and the reason given.

    Raises:
        PlanMissing: when one is not there or lies elsewhere.
        StalePlan: when one was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when one is delivered or dropped, the new owner's post does not reach
            it, or no reason is given.
    """
    if not reason.strip():
        raise PlanUnfit("give the reason why the plan changes")
    for measure, plan in _locked(measures, by):
        if not contains(owner.region_id, plan.region_id):
            raise PlanUnfit("the owner's post does not reach there")
        said = {"owner": owner.actor.post, "reason": reason.strip()}
        _given(measure, plan, owner.pk, said, by, at)
    _versions_again(measures, reason.strip(), by, at)
    return len(measures)


@transaction.atomic
def owner_change_undo(*, measures: Mapping[int, int], by: Post, at: datetime) -> int:
    """Give measures back to whom they belonged before the last change of owner.

    `measures` maps keys to the versions that change left: nothing may have happened
    since. Return how many.

    Raises:
        PlanMissing: when one is not there or lies elsewhere.
        StalePlan: when one was changed since.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when the last that happened to one is no change of owner.
    """
    reason = translator("zh")(_TAKEN_BACK)
    for measure, plan in _locked(measures, by):
        last = measure.events.order_by("-number").first()
        if last is None or last.act != "owner" or "before" not in last.said:
            raise PlanUnfit("the owner of a measure was not changed last")
        before = Post.unscoped.filter(pk=last.said["before"]).first()
        said = {"owner": before.actor.post if before else "", "reason": reason}
        _given(measure, plan, before.pk if before else None, said, by, at)
    _versions_again(measures, reason, by, at)
    return len(measures)


def _locked(measures: Mapping[int, int], by: Post) -> list[tuple[Measure, Plan]]:
    """Return measures with their plans, locked; all are as they were shown."""
    rows = Measure.objects.filter(within(by.region_id, "region_code"), pk__in=measures)
    keys = set(rows.values_list("plan_id", flat=True))
    locked = Plan.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    plans = {plan.pk: plan for plan in locked}
    found = [(m, plans[m.plan_id]) for m in rows.select_for_update().order_by("pk")]
    if len(found) != len(measures):
        raise PlanMissing("there is no such measure")
    for measure, plan in found:
        check_permitted(by.state, Permission.PLAN_EDIT, region=plan.region_id)
        if measure.version != measures[measure.pk]:
            raise StalePlan("somebody else changed the measure meanwhile")
        if measure.state not in UNFINISHED:
            raise PlanUnfit("what was delivered or dropped is not changed any more")
    return found


def _given(
    measure: Measure,
    plan: Plan,
    owner: int | None,
    said: dict[str, Any],
    by: Post,
    at: datetime,
) -> None:
    said["before"] = measure.owner_id
    measure.owner_id = owner
    saved(measure)
    recorded(plan, measure, "owner", said, by=by, at=at)


def _versions_again(
    measures: Mapping[int, int], reason: str, by: Post, at: datetime
) -> None:
    for plan in Plan.objects.filter(measures__in=measures).distinct().order_by("pk"):
        _version_again(plan, reason, by, at)


def _proposed(household: Household, family: Family, year: int, until: date) -> Taken:
    by = parameters()
    track = track_of(family, by)
    measures = [
        {"kind": p.kind, "answers": p.answers, "what": "", "deadline": until}
        for p in proposed(family, by)
    ]
    return Taken(household, year, measures, track=track.value if track else "")


def _version_again(plan: Plan, reason: str, by: Post, at: datetime) -> None:
    """Write a version of a plan in force, with the signatures of the one before."""
    if not plan.agreed_count:
        return
    last = plan.versions.get(number=plan.agreed_count)
    version_made(
        plan,
        counted_measures(plan),
        reason=reason,
        signed=last.signed,
        signed_on=last.agreed_on,
        by=by,
        at=at,
    ).save()
    plan.save(update_fields=["agreed_count"])
