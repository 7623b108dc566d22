"""Everything the page of a plan shows: its measures, what they answer, what is open.

The number of questions to the database does not depend on how much there is of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.selectors.campaigns import campaign_get
from xiuhua.apps.assessments.selectors.sectors import indicators_in_use
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.plans.models import Measure, Plan, PlanEvent, PlanVersion, SignedPaper
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import (
    COUNTED,
    TO_DELIVER,
    Income,
    MeasureState,
    Offer,
    agreement_refusals,
    income_of,
    is_inside_reserve,
    is_late,
    offers,
    reopening_refusals,
)
from xiuhua.apps.plans.selectors.measures import as_view, visible_to
from xiuhua.apps.plans.selectors.plans import PlanMissing, able_of
from xiuhua.apps.regions.selectors import within
from xiuhua.core.dictionary.model import Label
from xiuhua.core.region_codes import contains
from xiuhua.core.steps import Refusal
from xiuhua.core.truth import Verdict


_EVENTS: Final = 30
# Without a campaign: so long is given, to the end of the year at the latest.
_USUAL_DAYS: Final = 90
_ORDER: Final = [s.value for s in MeasureState]
# What is part of the plan no more.
_GONE: Final = frozenset({MeasureState.DROPPED, MeasureState.CARRIED})


@dataclass(frozen=True)
class MeasureShown:
    """A measure as a page shows it on a day; `offers` are the acts that lead on."""

    measure: Measure
    late: bool
    in_reserve: bool
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class ShortfallShown:
    """An indicator the household falls short in, and the measures that answer it."""

    indicator: str
    label: Label
    known: bool
    since: date
    remedies: tuple[str, ...]
    answers: tuple[Measure, ...]


@dataclass(frozen=True)
class PlanPage:
    """A plan with all that stands around it; `refused` says why it cannot be agreed."""

    plan: Plan
    measures: Sequence[MeasureShown]
    dropped: Sequence[Measure]
    shortfalls: Sequence[ShortfallShown]
    income: Income | None
    refused: tuple[Refusal, ...]
    versions: Sequence[PlanVersion]
    events: Sequence[PlanEvent]
    plans_here: bool
    # None where it is not closed, or not this post's to open again.
    reopening: tuple[Refusal, ...] | None

    @property
    def late_count(self) -> int:
        """Return how many measures are late."""
        return sum(m.late for m in self.measures)


@dataclass(frozen=True)
class PlanCard:
    """A household's newest plan in short, for its page."""

    plan: Plan
    late: int
    waiting: int
    open: int
    done: int
    next_deadline: date | None


def plan_page(*, viewer: Post, key: int, on: date) -> PlanPage:
    """Return a plan with what its page shows.

    A sector bureau is shown the measures of its own indicators and its own, and neither
    versions nor events, which tell of the others.

    Raises:
        PlanMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    plan = _plan(viewer, key)
    rows = _measures(plan, viewer)
    counted = [m for m in rows if m.state in COUNTED]
    proposed = [m for m in rows if m.state == MeasureState.PROPOSED]
    whole = not viewer.sector
    kinds = [(m.kind, m.is_dividend) for m in counted]
    of_household = plan.household is not None and plan.person_id is None
    may_plan = viewer.state.allows(Permission.PLAN_EDIT) and contains(
        viewer.region_id, plan.region_id
    )
    return PlanPage(
        plan=plan,
        measures=_shown(plan, rows, viewer, on),
        dropped=[m for m in rows if m.state in _GONE],
        shortfalls=_shortfalls(plan, rows, viewer) if of_household else [],
        income=income_of(kinds, able=able_of(plan.household), by=parameters())
        if of_household and whole and plan.household is not None
        else None,
        refused=agreement_refusals((m.what, m.owner_id is not None) for m in proposed),
        versions=list(_versions(plan)) if whole else [],
        events=list(plan.events.order_by("-number")[:_EVENTS]) if whole else [],
        plans_here=may_plan and plan.closed_at is None,
        reopening=why_not_reopened(plan=plan) if may_plan and plan.closed_at else None,
    )


def why_not_reopened(*, plan: Plan) -> tuple[Refusal, ...]:
    """Return why a plan cannot be opened again, empty when it can."""
    later = Plan.objects.filter(
        region=plan.region_id,
        household=plan.household_id,
        person=plan.person_id,
        year__gt=plan.year,
    )
    in_force = Q(closed_at=None, agreed_count__gt=0)
    return reopening_refusals(
        is_closed=plan.closed_at is not None,
        later_in_force=later.filter(in_force).exists(),
        is_next_closed=later.filter(closed_at__isnull=False).exists(),
    )


def plan_card(*, viewer: Post, household_id: int, on: date) -> PlanCard | None:
    """Return a household's newest plan in short, None when it has none.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    own = Q(household=household_id, person=None)
    found = Plan.objects.filter(own, within(viewer.region_id, "region_id"))
    plan = found.order_by("-year").first()
    if plan is None:
        return None
    to_deliver = Q(state__in=sorted(TO_DELIVER))
    ended = Q(state__in=[MeasureState.CHECKED_OFF])
    seen = Measure.objects.filter(visible_to(viewer), plan=plan)
    counts = seen.aggregate(
        late=Count("pk", filter=to_deliver & Q(deadline__lt=on)),
        waiting=Count("pk", filter=Q(state=MeasureState.DONE)),
        open=Count("pk", filter=to_deliver),
        done=Count("pk", filter=ended),
        next_deadline=Min("deadline", filter=to_deliver & Q(deadline__gte=on)),
    )
    return PlanCard(plan, **counts)


def usual_deadline(*, region: str, on: date) -> date:
    """Return by when measures are to be done unless said otherwise.

    The last day before the reserve of the campaign the region is in; without one that
    lies ahead, three months, to the end of the year at the latest where that is ahead.
    """
    campaign = campaign_get(region=region, as_of=on)
    if campaign is not None:
        last = campaign.deadline - timedelta(days=campaign.reserve_days)
        if last > on:
            return last
    later, year_end = on + timedelta(days=_USUAL_DAYS), date(on.year, 12, 31)
    return min(later, year_end) if year_end > on else later


def _plan(viewer: Post, key: int) -> Plan:
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)
    found = Plan.objects.filter(within(viewer.region_id, "region_id"), pk=key)
    plan = found.select_related("household", "person").first()
    if plan is None:
        raise PlanMissing("there is no such plan")
    return plan


def _versions(plan: Plan) -> QuerySet[PlanVersion]:
    papers = SignedPaper.objects.select_related("attachment").order_by("pk")
    found = plan.versions.order_by("-number")
    return found.prefetch_related(Prefetch("papers", papers))


def _measures(plan: Plan, viewer: Post) -> list[Measure]:
    found = plan.measures.filter(visible_to(viewer))
    rows = found.select_related("owner__user", "person").prefetch_related("evidence")
    return sorted(rows, key=lambda m: (_ORDER.index(m.state), m.deadline, m.pk))


def _shown(
    plan: Plan, rows: Sequence[Measure], viewer: Post, on: date
) -> list[MeasureShown]:
    campaign = campaign_get(region=plan.region_id, as_of=on)

    def in_reserve(deadline: date) -> bool:
        return campaign is not None and is_inside_reserve(
            deadline,
            campaign_end=campaign.deadline,
            reserve=campaign.reserve_days,
        )

    by = viewer.state
    return [
        MeasureShown(
            measure,
            is_late(measure.state, measure.deadline, on=on),
            measure.state != MeasureState.CHECKED_OFF and in_reserve(measure.deadline),
            offers(as_view(measure), by),
        )
        for measure in rows
        if measure.state not in _GONE
    ]


def _shortfalls(
    plan: Plan, rows: Sequence[Measure], viewer: Post
) -> list[ShortfallShown]:
    answers: dict[str, list[Measure]] = {}
    for measure in rows:
        if measure.state not in _GONE:
            answers.setdefault(measure.answers, []).append(measure)
    own = indicators_in_use(sector=viewer.sector) if viewer.sector else None
    found: Any = plan.household.shortfalls if plan.household else None
    packs: dict[str, Mapping[str, Any]] = {}
    shown = []
    for row in found.order_by("verdict", "pack", "pk"):
        if own is not None and f"{row.pack}.{row.indicator}" not in own:
            continue
        if row.pack not in packs:
            packs[row.pack] = {i.id: i for i in pack_read(row.pack).indicators}
        rule = packs[row.pack].get(row.indicator)
        shown.append(
            ShortfallShown(
                row.indicator,
                rule.label if rule else Label(row.indicator, row.indicator),
                row.verdict == str(Verdict.UNMET.value),
                row.since,
                tuple(rule.remedies) if rule else (),
                tuple(answers.get(f"indicator:{row.indicator}", ())),
            )
        )
    return shown
