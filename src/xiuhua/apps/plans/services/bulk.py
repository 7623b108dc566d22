"""Acts on many plans at once: all of them in one transaction, or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

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
from xiuhua.apps.plans.rules import TO_DELIVER, MeasureState
from xiuhua.apps.plans.selectors.families import families_of
from xiuhua.apps.plans.selectors.plans import PlanMissing
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household


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
        PlanUnfit: when one is delivered or dropped, or no reason is given.
    """
    if not reason.strip():
        raise PlanUnfit("give the reason why the plan changes")
    found = list(
        Measure.objects.filter(
            within(by.region_id, "region_code"), pk__in=measures
        ).order_by("plan_id", "pk")
    )
    if len(found) != len(measures):
        raise PlanMissing("there is no such measure")
    keys = sorted({m.plan_id for m in found})
    plans = {
        p.pk: p
        for p in Plan.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    rows = Measure.objects.select_for_update().filter(pk__in=measures).order_by("pk")
    for measure in rows:
        _given(measure, plans[measure.plan_id], measures[measure.pk], owner, by)
        said = {"owner": owner.actor.post, "reason": reason.strip()}
        recorded(plans[measure.plan_id], measure, "owner", said, by=by, at=at)
    for plan in plans.values():
        _version_again(plan, reason.strip(), by, at)
    return len(found)


def _proposed(household: Household, family: Family, year: int, until: date) -> Taken:
    by = parameters()
    track = track_of(family, by)
    measures = [
        {"kind": p.kind, "answers": p.answers, "what": "", "deadline": until}
        for p in proposed(family, by)
    ]
    return Taken(household, year, measures, track=track.value if track else "")


def _given(measure: Measure, plan: Plan, seen: int, owner: Post, by: Post) -> None:
    check_permitted(by.state, Permission.PLAN_EDIT, region=plan.region_id)
    if measure.version != seen:
        raise StalePlan("somebody else changed the measure meanwhile")
    if measure.state not in TO_DELIVER | {MeasureState.PROPOSED}:
        raise PlanUnfit("what was delivered or dropped is not changed any more")
    measure.owner = owner
    saved(measure)


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
