"""Read plans, their versions, and what a plan still lacks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit.chained import is_sound
from xiuhua.apps.plans.models import Plan, PlanVersion
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import (
    COUNTED,
    Income,
    income_of,
)
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError


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


def able_of(household: Household | None) -> int | None:
    """Return how many members can work; None when that is not known.

    Of nobody nothing is known.
    """
    if household is None:
        return None
    skills = household.persons.filter(ended_on=None)
    return able_among(skills.values_list("labor_skill", flat=True))


def able_among(skills: Iterable[str | None]) -> int | None:
    """Return how many of some people can work, None when that is not known."""
    known = list(skills)
    able = sum(skill in parameters().able for skill in known)
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
