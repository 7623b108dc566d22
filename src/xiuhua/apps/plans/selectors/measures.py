"""Read measures: one, a list, and what is due from whom.

What is due is asked every day of every region, so each of these stands on an index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.accounts.sectors import indicators_of
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.attachments.models import EvidenceKind
from xiuhua.apps.plans.models import Measure
from xiuhua.apps.plans.rules import COUNTED, TO_DELIVER, MeasureState, MeasureView
from xiuhua.apps.plans.selectors.plans import PlanMissing
from xiuhua.apps.regions.selectors import within
from xiuhua.core.truth import Verdict


_OPEN: Final = sorted(TO_DELIVER)
_CARRIED: Final = MeasureState.CARRIED


@dataclass(frozen=True)
class Work:
    """What waits for a post: its own measures, and those it is to check.

    The first three are parts of one another by what is pressing: every measure to be
    delivered stands in exactly one of them.
    """

    returned: QuerySet[Measure]
    late: QuerySet[Measure]
    ahead: QuerySet[Measure]
    to_check: QuerySet[Measure]


def evidence_kinds() -> list[tuple[str, Any]]:
    """Return the kinds of evidence a measure can demand, with their words."""
    return list(EvidenceKind.choices)


def visible_to(viewer: Post) -> Q:
    """Return the condition that a post may see a measure, its region aside.

    A sector bureau sees what answers the indicators of its sector and what it owns.
    """
    if not viewer.sector:
        return Q()
    names = {name.partition(".")[2] for name in indicators_of(viewer.sector)}
    return Q(answers__in=sorted(f"indicator:{n}" for n in names)) | Q(owner=viewer)


def measure_get(*, viewer: Post, key: int) -> Measure:
    """Return a measure with its plan.

    Raises:
        PlanMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = (
        Measure.objects.filter(
            visible_to(viewer), within(viewer.region_id, "region_code"), pk=key
        )
        .select_related("plan__household", "plan__person", "person", "owner__user")
        .first()
    )
    if found is None:
        raise PlanMissing("there is no such measure")
    return found


def measure_list(
    *,
    viewer: Post,
    region: str = "",
    states: Iterable[str] = (),
    late_on: date | None = None,
    owner: Post | None = None,
) -> QuerySet[Measure]:
    """Return measures the post may see, those due first at the top.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = Measure.objects.filter(
        visible_to(viewer), within(region or viewer.region_id, "region_code")
    )
    wanted = list(states)
    if wanted:
        found = found.filter(state__in=wanted)
    if late_on is not None:
        found = found.filter(state__in=sorted(TO_DELIVER), deadline__lt=late_on)
    if owner is not None:
        found = found.filter(owner=owner)
    return _with_all(found)


def as_view(measure: Measure) -> MeasureView:
    """Return a measure as the rules see it."""
    owner = measure.owner
    return MeasureView(
        state=MeasureState(measure.state),
        region=measure.region_code,
        owner=owner.user.get_username() if owner else "",
        finished_by=measure.finished_by,
        demanded=frozenset(filter(None, measure.demanded.split(","))),
        given=frozenset(e.kind for e in measure.evidence.all()),
        plan_closed=measure.plan.closed_at is not None,
    )


def unanswered_list(*, region: str) -> QuerySet[Shortfall]:
    """Return unmet indicators of households that no measure of a plan answers."""
    return Shortfall.objects.filter(
        within(region, "village_id"),
        ~Exists(_answering().exclude(state__in=[MeasureState.DROPPED, _CARRIED])),
        verdict=str(Verdict.UNMET.value),
    ).order_by("since", "pk")


def measures_of(*, owner: Post, on: date) -> Work:
    """Return what waits for a post on a day, each list with what is due first on top.

    To deliver is what the post owns; to check is what others delivered where it checks
    off, never what this person delivered or owns, in whatever post.
    """
    mine = _with_all(Measure.objects.filter(owner=owner, state__in=_OPEN))
    back = Q(returned_at__isnull=False)
    return Work(
        returned=mine.filter(back),
        late=mine.filter(~back, deadline__lt=on),
        ahead=mine.filter(~back, deadline__gte=on),
        to_check=_with_all(measures_to_check(checker=owner)),
    )


def measures_to_check(*, checker: Post) -> QuerySet[Measure]:
    """Return measures said to be delivered that a post may check off."""
    if not checker.state.allows(Permission.PLAN_CHECK):
        return Measure.objects.none()
    delivered = Measure.objects.filter(
        visible_to(checker),
        within(checker.region_id, "region_code"),
        state=MeasureState.DONE,
    )
    return delivered.exclude(finished_by=checker.user.get_username()).exclude(
        owner__user=checker.user
    )


def measures_overdue(
    *, on: date, region: str = "", late_days: int = 0
) -> QuerySet[Measure]:
    """Return measures that are late by more than so many days, the longest first.

    Read them by `iterator()`: there can be many.
    """
    due = on - timedelta(days=late_days)
    found = Measure.objects.filter(state__in=_OPEN, deadline__lt=due)
    return _with_all(found.filter(within(region, "region_code")) if region else found)


def households_without_measure(
    *, on: date, allowed_days: int, region: str = ""
) -> QuerySet[Shortfall]:
    """Return shortfalls no agreed measure answers after the days allowed for it.

    One row per household and unmet indicator, the rows of a household together; a mere
    proposal answers nothing, but what was carried over answers for as many days into
    the next year. Read them by `iterator()`: there can be many.
    """
    before = on - timedelta(days=allowed_days)
    counts = Q(state__in=sorted(COUNTED))
    lately = Q(state=MeasureState.CARRIED, plan__year__gte=before.year)
    found = Shortfall.objects.filter(
        ~Exists(_answering().filter(counts | lately)),
        verdict=str(Verdict.UNMET.value),
        since__lt=before,
    )
    if region:
        found = found.filter(within(region, "village_id"))
    return found.select_related("household").order_by("household_id", "pk")


def _answering() -> QuerySet[Measure]:
    """Return the measures that answer the shortfall of the query around."""
    return Measure.objects.filter(
        plan__household=OuterRef("household"),
        answers=Concat(Value("indicator:"), OuterRef("indicator")),
    )


def _with_all(found: QuerySet[Measure]) -> QuerySet[Measure]:
    """Return measures with plan, household and owner, those due first on top."""
    return found.select_related("plan__household", "owner__user").order_by(
        "deadline", "pk"
    )
