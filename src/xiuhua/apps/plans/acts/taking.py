"""Write plans and measures of many households in a few statements.

What `services` do for one plan is done here for all of them: plans are opened where
there is none, measures and versions written, one event hung on each chain, the tallies
shifted once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit.chained import linked
from xiuhua.apps.plans.acts.tallies import Key, tallies_shift
from xiuhua.apps.plans.acts.writing import (
    PlanUnfit,
    check_facts,
    standing,
    version_made,
)
from xiuhua.apps.plans.models import (
    Measure,
    MeasureBatch,
    Plan,
    PlanEvent,
    PlanVersion,
)
from xiuhua.apps.plans.rules import COUNTED, MeasureState
from xiuhua.apps.registry.models import Household


_PART: Final = 500


@dataclass(frozen=True)
class Taken:
    """Measures to write to a household's plan of a year.

    `signed` puts them in force as agreed with the family; without it they are
    proposals. `reason` is asked for where a version stands already.
    """

    household: Household
    year: int
    measures: Sequence[Mapping[str, Any]]
    track: str = ""
    signed: Mapping[str, str] | None = None
    reason: str = ""


@dataclass
class _Written:
    plans: dict[tuple[int, int], Plan] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    versions: list[PlanVersion] = field(default_factory=list)
    events: list[PlanEvent] = field(default_factory=list)
    moved: Counter[Key] = field(default_factory=Counter)


def plans_write(
    taken: Sequence[Taken],
    *,
    act: str,
    once: str,
    batch: MeasureBatch | None,
    by: Post,
    at: datetime,
) -> list[Measure]:
    """Write measures to the plans of households; return them.

    Raises:
        PlanUnfit: when a fact cannot be, or signatures or a reason are missing.
    """
    written = _Written(plans=_plans(taken))
    before = {key: standing(p) if p.pk else "" for key, p in written.plans.items()}
    Plan.objects.bulk_create(
        [p for p in written.plans.values() if p.pk is None], batch_size=_PART
    )
    _measures(taken, written, once=once, batch=batch)
    Measure.objects.bulk_create(written.measures, batch_size=_PART)
    _versions(taken, written, act, by, at)
    PlanVersion.objects.bulk_create(written.versions, batch_size=_PART)
    PlanEvent.objects.bulk_create(written.events, batch_size=_PART)
    Plan.objects.bulk_update(
        written.plans.values(),
        ["agreed_count", "track", "version", "events_count", "events_digest"],
        batch_size=_PART,
    )
    for key, plan in written.plans.items():
        if before[key] != standing(plan):
            written.moved[plan.region_id, plan.year, standing(plan)] += 1
            if before[key]:
                written.moved[plan.region_id, plan.year, before[key]] -= 1
    tallies_shift(written.moved)
    return written.measures


def _plans(taken: Sequence[Taken]) -> dict[tuple[int, int], Plan]:
    """Return the plan of each household and year, locked; new ones not saved yet."""
    by_year: defaultdict[int, list[int]] = defaultdict(list)
    for one in taken:
        by_year[one.year].append(one.household.pk)
    found: dict[tuple[int, int], Plan] = {}
    for year, keys in sorted(by_year.items()):
        for start in range(0, len(keys), _PART):
            rows = Plan.objects.select_for_update().filter(
                household__in=keys[start : start + _PART], person=None, year=year
            )
            if rows.filter(closed_at__isnull=False).exists():
                raise PlanUnfit("the plan of that year is closed")
            found |= {(p.household_id or 0, year): p for p in rows.order_by("pk")}
    for one in taken:
        found.setdefault(
            (one.household.pk, one.year),
            Plan(
                region_id=one.household.village_id,
                household=one.household,
                year=one.year,
            ),
        )
    return found


def _measures(
    taken: Sequence[Taken], written: _Written, *, once: str, batch: MeasureBatch | None
) -> None:
    number = 0
    for one in taken:
        plan = written.plans[one.household.pk, one.year]
        plan.track = one.track or plan.track
        state = MeasureState.PLANNED if one.signed else MeasureState.PROPOSED
        for facts in one.measures:
            check_facts(plan, facts)
            number += 1
            written.moved[plan.region_id, plan.year, state] += 1
            written.measures.append(
                Measure(
                    plan=plan,
                    region_code=plan.region_id,
                    once=f"{once}/{number}",
                    batch=batch,
                    state=state,
                    **facts,
                )
            )


def _versions(
    taken: Sequence[Taken], written: _Written, act: str, by: Post, at: datetime
) -> None:
    """Make a version of each plan that was agreed on, and an event of each plan."""
    counted = _counted(written)
    for one in taken:
        plan = written.plans[one.household.pk, one.year]
        said: dict[str, Any] = {"measures": len(one.measures), "reason": one.reason}
        if one.signed:
            made = version_made(
                plan,
                counted[plan.pk],
                reason=one.reason,
                signed=one.signed,
                by=by,
                at=at,
            )
            written.versions.append(made)
            said |= {"version": made.number, "signed": dict(one.signed)}
        event = PlanEvent(plan=plan, act=act)
        linked(event, said=said, by=by.actor, at=at)
        written.events.append(event)


def _counted(written: _Written) -> Mapping[int, list[Measure]]:
    """Return all measures that are part of each plan, the new ones last."""
    found: defaultdict[int, list[Measure]] = defaultdict(list)
    keys = [plan.pk for plan in written.plans.values()]
    new = {m.pk for m in written.measures}
    for start in range(0, len(keys), _PART):
        rows = Measure.objects.filter(
            plan__in=keys[start : start + _PART], state__in=sorted(COUNTED)
        ).select_related("owner__user")
        for measure in rows.order_by("pk"):
            if measure.pk not in new:
                found[measure.plan_id].append(measure)
    for measure in written.measures:
        if measure.state in COUNTED:
            found[measure.plan_id].append(measure)
    return found
