"""Open a plan, propose measures for it, agree on it with the family."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.plans import proposals
from xiuhua.apps.plans.acts.tallies import DRAFT
from xiuhua.apps.plans.acts.writing import (
    PlanUnfit,
    counted,
    counted_measures,
    day_of,
    plan_locked,
    recorded,
    saved,
    standing,
    version_made,
)
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import LIFE, Act, MeasureState, Step, agreement_refusals
from xiuhua.apps.plans.selectors.families import family_of
from xiuhua.apps.plans.selectors.measures import as_view
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.models import Household, Person


@transaction.atomic
def plan_open(
    *,
    region: str,
    household: Household | None,
    year: int,
    by: Post,
    at: datetime,
    person: Person | None = None,
) -> Plan:
    """Open a plan for a year: of a household, of one of its members, of the village.

    The village's own is meant without household.

    The one that stands already is returned.

    Raises:
        NotPermitted: when the post does not plan there.
        NotInForce: when the village does not exist.
        PlanUnfit: when the household lives elsewhere or the person in another one.
    """
    check_permitted(by.state, Permission.PLAN_EDIT, region=region)
    regions.region_get(code=region, as_of=day_of(at))
    if household is not None and household.village_id != region:
        raise PlanUnfit("the household lives in another village")
    if person is not None and (
        household is None or person.household_id != household.pk
    ):
        raise PlanUnfit("the person is no member of the household")
    plan, made = Plan.objects.get_or_create(
        region_id=region, household=household, person=person, year=year
    )
    if made:
        counted(plan, [("", DRAFT)])
        recorded(plan, None, "open", {"year": year}, by=by, at=at)
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
    locked = plan_locked(plan, version, by)
    if locked.household is None or deadline <= day_of(at):
        raise PlanUnfit("proposals are for a household, until a day that lies ahead")
    family = family_of(locked.household, year=locked.year)
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
    counted(locked, [("", m.state) for m in made])
    recorded(locked, None, "propose", said, by=by, at=at)
    return made


@transaction.atomic
def plan_agree(
    *,
    plan: Plan,
    version: int,
    signed: Mapping[str, str],
    by: Post,
    at: datetime,
    reason: str = "",
    signed_on: date | None = None,
) -> Plan:
    """Put a plan in force as agreed with the family: all proposals become measures.

    `signed` names who signed the paper on `signed_on`: `family`, `helper`, `team`.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when nothing is proposed, a proposal says not what or by whom, a
            signature is missing or lies ahead, or a later version has no reason.
    """
    locked = plan_locked(plan, version, by)
    proposed = list(
        locked.measures.filter(state=MeasureState.PROPOSED).select_related(
            "owner__user"
        )
    )
    refused = agreement_refusals((m.what, m.owner_id is not None) for m in proposed)
    if refused:
        raise PlanUnfit(refused[0].why)
    before = standing(locked)
    for measure in proposed:
        measure.plan = locked
        measure.state = LIFE.target(Act.AGREE, Step(as_view(measure), by.state))
        saved(measure)
    version_made(
        locked,
        counted_measures(locked),
        reason=reason,
        signed=signed,
        signed_on=signed_on,
        by=by,
        at=at,
    ).save()
    moved = [(MeasureState.PROPOSED, m.state) for m in proposed]
    counted(locked, [(before, standing(locked)), *moved])
    said = {"version": locked.agreed_count, "signed": dict(signed), "reason": reason}
    recorded(locked, None, "agree", said, by=by, at=at)
    return locked
