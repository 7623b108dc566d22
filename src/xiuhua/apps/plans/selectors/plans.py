"""Read plans, their versions, and what a plan still lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.audit.chained import is_sound
from xiuhua.apps.plans.models import Measure, Plan, PlanVersion
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.proposals import Family
from xiuhua.apps.plans.rules import (
    COUNTED,
    Income,
    MeasureState,
    income_of,
)
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.truth import Verdict


class PlanMissing(XiuhuaError):
    """There is no such plan or measure, or not where the post may look."""

    code = "plans.plan_missing"


def plan_list(
    *, viewer: Post, region: str = "", year: int | None = None
) -> QuerySet[Plan]:
    """Return the plans a post may see, by village and household.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = Plan.objects.filter(within(region or viewer.region_id, "region_id"))
    if year is not None:
        found = found.filter(year=year)
    return found.order_by("region_id", "household_id", "year")


def plan_get(*, viewer: Post, key: int) -> Plan:
    """Return a plan.

    Raises:
        PlanMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    found = plan_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise PlanMissing("there is no such plan")
    return found


def version_list(*, plan: Plan) -> QuerySet[PlanVersion]:
    """Return the agreed versions of a plan, the newest first."""
    return plan.versions.order_by("-number")


def family_of(household: Household, plan: Plan | None) -> Family:
    """Return what is known of a household for proposing measures to it."""
    open_measures = (
        plan.measures.exclude(state=MeasureState.DROPPED)
        if plan
        else Measure.objects.none()
    )
    taken = [(m.kind, m.answers.removeprefix("indicator:")) for m in open_measures]
    causes = [household.main_cause, *(household.other_causes or "").split(",")]
    land = household.arable_land
    return Family(
        shortfalls=_remedies(household),
        causes=[c for c in causes if c],
        able=able_of(household),
        land=None if land is None else float(land),
        taken=taken,
        incomes=[(m.kind, m.is_dividend) for m in open_measures],
    )


def able_of(household: Household | None) -> int | None:
    """Return how many members can work; None when that is not known.

    Of nobody nothing is known.
    """
    if household is None:
        return None
    by = parameters()
    skills = household.persons.filter(ended_on=None)
    known = list(skills.values_list("labor_skill", flat=True))
    able = sum(skill in by.able for skill in known)
    return None if not able and (None in known or not known) else able


def income_state(*, plan: Plan) -> Income:
    """Return the income measures a household's plan holds, and how many lack."""
    counted = plan.measures.filter(state__in=sorted(COUNTED))
    able = able_of(plan.household)
    kinds = list(counted.values_list("kind", "is_dividend"))
    return income_of(kinds, able=able, by=parameters())


def broken_chain_list(plans: Iterable[Plan]) -> list[Plan]:
    """Return plans whose events were tampered with."""
    return [p for p in plans if not is_sound(p, p.events.select_related("plan"))]


def _remedies(household: Household) -> dict[str, tuple[str, ...]]:
    """Return the classes of measure that mend each unmet indicator, by the pack."""
    found: dict[str, tuple[str, ...]] = {}
    rows: Any = household.shortfalls.filter(verdict=str(Verdict.UNMET.value))
    for pack, indicator in rows.values_list("pack", "indicator").order_by("pk"):
        rules = {i.id: i for i in pack_read(pack).indicators}
        if indicator in rules:
            found[indicator] = tuple(rules[indicator].remedies)
    return found
