"""Suggest problems of several sources that are the same one; people merge them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, Min, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.ledger.models import Problem, ProblemHousehold
from xiuhua.apps.ledger.rules import OPEN
from xiuhua.apps.ledger.selectors import ProblemFilter, problem_list


_SHOWN: Final = 100


@dataclass(frozen=True)
class Double:
    """Open problems of one class and indicator about the same household."""

    household: int
    problems: list[Problem]


def merge_candidates(*, problem: Problem, viewer: Post) -> QuerySet[Problem]:
    """Return open problems that are likely the same as one, the oldest first.

    Alike in class and indicator, with a household in common; without any household,
    in the same region.
    """
    alike = problem_list(viewer=viewer, filters=ProblemFilter(state="open")).filter(
        kind=problem.kind, indicator=problem.indicator
    )
    households = list(problem.links.values_list("household_id", flat=True))
    if households:
        alike = alike.filter(links__household__in=households)
    else:
        alike = alike.filter(region_id=problem.region_id, links__isnull=True)
    return alike.exclude(pk=problem.pk).distinct().order_by("pk")[:20]


def double_list(*, viewer: Post, region: str = "") -> list[Double]:
    """Return groups of open problems that are likely the same, the oldest first."""
    seen = problem_list(
        viewer=viewer, filters=ProblemFilter(region=region, state="open")
    ).order_by()
    # Few households have two problems: those are found in an index alone.
    several = (
        ProblemHousehold.objects.values("household")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .order_by()
    )
    groups = (
        ProblemHousehold.objects.filter(
            household__in=several.values("household"), problem__in=seen.values("pk")
        )
        .values("household", kind=F("problem__kind"), about=F("problem__indicator"))
        .annotate(count=Count("problem"), first=Min("problem"))
        .filter(count__gt=1)
        .order_by("first")[:_SHOWN]
    )
    wanted = list(groups)
    rows = ProblemHousehold.objects.filter(
        household__in=[g["household"] for g in wanted],
        problem__state__in=sorted(OPEN),
        problem__in=seen.values("pk"),
    )
    found: dict[tuple[int, str, str], list[Problem]] = {}
    for link in rows.select_related("problem__owner__user").order_by("problem"):
        one = link.problem
        key = (link.household_id, one.kind, one.indicator)
        found.setdefault(key, []).append(one)
    keys = [(g["household"], g["kind"], g["about"]) for g in wanted]
    return [Double(key[0], found[key]) for key in keys if key in found]
