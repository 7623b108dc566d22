"""Which registered households have the income measures wanted, with or without a plan.

Counted are households, not plans: one that exited and has no plan at all lacks every
measure. Figures and list are read from the same rows, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import COUNTED
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.statuses import Poverty, Registration


@dataclass(frozen=True)
class TiesFilter:
    """What the list of households and their income measures is narrowed to.

    `ties` is `enough`, `lacking` (fewer than wanted and not exempt), `dividend`
    (lacking, and dividends stand beside) or `exempt`; `poverty` an exit status; `plan`
    is `none` or `made`. Empty means all.
    """

    ties: str = ""
    poverty: str = ""
    plan: str = ""


# The figures above the list, and what each leads to.
FIGURES: Final[Mapping[str, TiesFilter]] = MappingProxyType(
    {
        "all": TiesFilter(),
        "enough": TiesFilter(ties="enough"),
        "exempt": TiesFilter(ties="exempt"),
        "lacking": TiesFilter(ties="lacking"),
        "dividend": TiesFilter(ties="dividend"),
        "lacking_exited": TiesFilter(ties="lacking", poverty=str(Poverty.EXITED)),
        "lacking_unplanned": TiesFilter(ties="lacking", plan="none"),
    }
)


def households_tied(
    *, viewer: Post, region: str, year: int, filters: TiesFilter = TiesFilter()
) -> QuerySet[Household]:
    """Return registered households with what their plan of a year does for income.

    Each has `income` and `dividends` (numbers of measures), `exempt`, `ties` in one
    word, and `plan_key` of the household's own plan, None without one. A sector
    bureau, which sees a part of every plan, is shown none.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = (
        Household.objects.filter(
            within(viewer.region_id, "village_id"),
            within(region, "village_id"),
            registration=Registration.REGISTERED,
            ended_on=None,
        )
        .annotate(
            income=_number_of(year, dividend=False),
            dividends=_number_of(year, dividend=True),
            plan_key=Subquery(_plans(year).values("pk")[:1]),
            exempt=_exempt(),
        )
        .annotate(
            ties=Case(
                When(exempt=True, then=Value("exempt")),
                When(income__gte=parameters().income_minimum, then=Value("enough")),
                default=Value("lacking"),
            )
        )
    )
    if viewer.sector:
        found = found.none()
    return found.filter(_narrowed(filters)).order_by("village_id", "id")


def figures_tied(*, viewer: Post, region: str, year: int) -> dict[str, int]:
    """Return how many households each of `FIGURES` leads to.

    All are those with enough, those exempt and those lacking.
    """
    rows = households_tied(viewer=viewer, region=region, year=year).order_by()
    groups = rows.values_list("ties", "dividends", "poverty").annotate(
        number=Count("pk"), planned=Count("plan_key")
    )
    found = dict.fromkeys(FIGURES, 0)
    for ties, dividends, poverty, number, planned in groups:
        for name, one in FIGURES.items():
            beside = one.ties == "dividend" and ties == "lacking" and dividends
            tied = one.ties in ("", ties) or beside
            if tied and one.poverty in ("", poverty):
                found[name] += number - planned if one.plan == "none" else number
    return found


def _narrowed(filters: TiesFilter) -> Q:
    found = Q(pk__isnull=False)
    if filters.ties == "dividend":
        found &= Q(ties="lacking", dividends__gt=0)
    elif filters.ties:
        found &= Q(ties=filters.ties)
    if filters.poverty:
        found &= Q(poverty=filters.poverty)
    if filters.plan:
        found &= Q(plan_key__isnull=filters.plan == "none")
    return found


def _plans(year: int) -> QuerySet[Plan]:
    return Plan.objects.filter(household=OuterRef("pk"), person=None, year=year)


def _number_of(year: int, *, dividend: bool) -> Coalesce:
    raising = Measure.objects.filter(
        plan__household=OuterRef("pk"),
        plan__person=None,
        plan__year=year,
        kind__in=sorted(parameters().income_classes),
        state__in=sorted(COUNTED),
        is_dividend=dividend,
    )
    number = raising.order_by().values("plan").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), Value(0))


def _exempt() -> ExpressionWrapper | Value:
    """Return whether nobody of the household is known to be able to work.

    As `able_of` has it: somebody able, or somebody not known, makes it untrue.
    """
    if not parameters().exempt_without_labor:
        return Value(value=False)
    members = Person.objects.filter(household=OuterRef("pk"), ended_on=None)
    able = sorted(parameters().able)
    other = members.filter(Q(labor_skill=None) | Q(labor_skill__in=able))
    return ExpressionWrapper(
        Q(Exists(members)) & ~Q(Exists(other)), output_field=BooleanField()
    )
