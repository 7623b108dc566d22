"""Lists of plans, of households without one, and of measures, narrowed and counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Length

from xiuhua.apps.accounts.models import Post, held_on
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.plans.models import Measure, Plan, PlanTally
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import COUNTED, TO_DELIVER, MeasureState, Subject
from xiuhua.apps.plans.selectors.measures import measures_to_check, visible_to
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_OPEN: Final = sorted(TO_DELIVER)
_COUNTED: Final = sorted(COUNTED)


@dataclass(frozen=True)
class PlanFilter:
    """What a list of plans is narrowed to; empty means all.

    `state` is `draft`, `in_force`, `closed`, `late` (has a late measure) or `waiting`
    (has one to be checked off).
    """

    region: str = ""
    year: int | None = None
    subject: str = ""
    state: str = ""
    track: str = ""
    words: str = ""


@dataclass(frozen=True)
class MeasureFilter:
    """What a list of measures is narrowed to; empty means all.

    `state` is a state, `late`, `ahead` or `left` (the owner's post has ended or lies
    elsewhere); `whose` is `mine` or `check` (waits for this post to check off).
    """

    region: str = ""
    year: int | None = None
    state: str = ""
    whose: str = ""
    kind: str = ""
    unit: str = ""
    words: str = ""


def plans_found(
    *, viewer: Post, filters: PlanFilter = PlanFilter(), on: date
) -> QuerySet[Plan]:
    """Return plans the post may see, by village.

    A sector bureau sees those with a measure of its own indicators.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = Plan.objects.filter(
        within(viewer.region_id, "region_id"),
        within(filters.region or viewer.region_id, "region_id"),
    )
    if viewer.sector:
        own = Measure.objects.filter(visible_to(viewer), plan=OuterRef("pk"))
        found = found.filter(Exists(own))
    if filters.year is not None:
        found = found.filter(year=filters.year)
    if filters.track:
        found = found.filter(track=filters.track)
    for condition in (_of_subject(filters.subject), _of_state(filters.state, on)):
        found = found.filter(condition)
    if filters.words:
        found = found.filter(
            Q(household__number__startswith=filters.words)
            | Q(household__name_initials__startswith=filters.words.lower())
        )
    return found.select_related("household", "person").order_by("region_id", "pk")


def with_figures(
    *, keys: list[int], viewer: Post, on: date
) -> dict[int, dict[str, int]]:
    """Return how many measures of each plan stand where, by the key of the plan."""
    to_deliver = Q(state__in=_OPEN)
    by = parameters()
    income = Q(kind__in=sorted(by.income_classes), state__in=_COUNTED)
    rows = (
        Measure.objects.filter(visible_to(viewer), plan__in=keys)
        .order_by()
        .values("plan")
        .annotate(
            proposed=Count("pk", filter=Q(state=MeasureState.PROPOSED)),
            open=Count("pk", filter=to_deliver),
            late=Count("pk", filter=to_deliver & Q(deadline__lt=on)),
            waiting=Count("pk", filter=Q(state=MeasureState.DONE)),
            done=Count("pk", filter=Q(state=MeasureState.CHECKED_OFF)),
            income=Count("pk", filter=income & Q(is_dividend=False)),
            dividend=Count("pk", filter=income & Q(is_dividend=True)),
        )
    )
    return {row.pop("plan"): row for row in rows}


def households_unplanned(
    *, viewer: Post, region: str = "", year: int, short_alone: bool = True
) -> QuerySet[Household]:
    """Return households without a plan for a year, by village.

    With `short_alone` those that fall short in something alone: they need one.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    own = Plan.objects.filter(household=OuterRef("pk"), person=None, year=year)
    found = Household.objects.filter(
        ~Exists(own),
        within(viewer.region_id, "village_id"),
        within(region or viewer.region_id, "village_id"),
        ended_on=None,
    )
    if short_alone:
        found = found.filter(shortfalls__verdict="0").distinct()
    return found.order_by("village_id", "id")


def measures_found(
    *, viewer: Post, filters: MeasureFilter = MeasureFilter(), on: date
) -> QuerySet[Measure]:
    """Return measures the post may see, those due first on top.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = Measure.objects.all()
    if filters.whose == "check":
        found = measures_to_check(checker=viewer)
    elif filters.whose == "mine":
        found = found.filter(owner=viewer)
    found = found.filter(
        visible_to(viewer),
        within(viewer.region_id, "region_code"),
        within(filters.region or viewer.region_id, "region_code"),
    )
    found = found.filter(_at_state(filters.state, on))
    if filters.year is not None:
        found = found.filter(plan__year=filters.year)
    for name in ("kind", "unit"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    if filters.words:
        found = found.filter(
            Q(plan__household__number__startswith=filters.words)
            | Q(what__icontains=filters.words)
        )
    return found.select_related("plan__household", "person", "owner__user").order_by(
        "deadline", "pk"
    )


def _at_state(state: str, on: date) -> Q:
    changeable = [MeasureState.PROPOSED.value, *_OPEN]
    gone = Q(owner__valid_to__lte=on)
    # A plan that moved with its household leaves its owner behind.
    elsewhere = ~Q(region_code__startswith=F("owner__region_id"))
    elsewhere &= Q(owner__isnull=False)
    return {
        "": Q(),
        "late": Q(state__in=_OPEN, deadline__lt=on),
        "ahead": Q(state__in=_OPEN, deadline__gte=on),
        "left": Q(state__in=changeable) & (gone | elsewhere),
    }.get(state, Q(state=state))


def figures_of(*, region: str, year: int) -> dict[str, int]:
    """Return how many plans and measures of a year stand where in a region.

    Read from tallies: what it costs does not depend on how many there are.
    """
    rows = PlanTally.objects.filter(year=year)
    if len(region) >= _COUNTY:
        rows = rows.filter(region_code=region)
    else:
        rows = rows.annotate(length=Length("region_code"))
        rows = rows.filter(within(region, "region_code"), length=_COUNTY)
    return dict(rows.values_list("state").annotate(total=Sum("number")).order_by())


def owner_list(*, region: str, on: date, below: bool = False) -> QuerySet[Post]:
    """Return the posts a measure in a village can be given to, the nearest first.

    Those held in the village, its township and its county by whoever may see
    households; read outside the scope, for a village gives work to its county too.
    With `below` those held inside the region as well, to choose from for several.
    """
    may = [r.code for r in ROLES.values() if Permission.HOUSEHOLD_VIEW in r.permissions]
    near = Q(region_id__in=[c for c in ancestors(region) if len(c) >= _COUNTY])
    if below:
        near |= within(region, "region_id")
    found = Post.unscoped.filter(held_on(on), near, role__in=may)
    return found.select_related("user").order_by("-region_id", "role", "pk")


def _of_subject(subject: str) -> Q:
    return {
        "": Q(),
        Subject.VILLAGE.value: Q(household=None),
        Subject.PERSON.value: Q(person__isnull=False),
        Subject.HOUSEHOLD.value: Q(household__isnull=False, person=None),
    }[subject]


def _of_state(state: str, on: date) -> Q:
    if state in ("late", "waiting"):
        own = Measure.objects.filter(plan=OuterRef("pk"))
        wanted = (
            own.filter(state__in=_OPEN, deadline__lt=on)
            if state == "late"
            else own.filter(state=MeasureState.DONE)
        )
        return Q(Exists(wanted))
    alive = Q(closed_at=None)
    return {
        "": Q(),
        "draft": alive & Q(agreed_count=0),
        "in_force": alive & Q(agreed_count__gt=0),
        "closed": ~alive,
    }[state]
