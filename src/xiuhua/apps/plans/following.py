"""Let plans follow their households to another village.

Named in `settings.HOUSEHOLD_FOLLOWERS`; called in the transaction of the move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import F

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.attachments.services import subject_follow
from xiuhua.apps.plans.acts.tallies import Key, tallies_shift
from xiuhua.apps.plans.acts.writing import recorded, standing
from xiuhua.apps.plans.models import Measure, Plan


# One statement takes so many ids on every database.
_PART: Final = 5000


def households_changed(*, household_ids: Sequence[int], by: Post, at: datetime) -> None:
    """Bring the plans of households that moved to where they live now."""
    for start in range(0, len(household_ids), _PART):
        moved = Plan.unscoped.filter(
            household__in=household_ids[start : start + _PART]
        ).exclude(region=F("household__village"))
        for plan in moved.select_for_update(of=("self",)).select_related("household"):
            _move(plan, by=by, at=at)


def _move(plan: Plan, *, by: Post, at: datetime) -> None:
    assert plan.household is not None  # noqa: S101  asked for by household
    old, new = plan.region_id, plan.household.village_id
    measures = list(Measure.unscoped.filter(plan=plan))
    changes: Counter[Key] = Counter()
    for state in (standing(plan), *(m.state for m in measures)):
        changes[old, plan.year, state] -= 1
        changes[new, plan.year, state] += 1
    tallies_shift(changes)
    plan.region_id = new
    Measure.unscoped.filter(plan=plan).update(region_code=new)
    for measure in measures:
        about = str(measure.pk)
        subject_follow(
            old=Subject("plans.measure", about, old),
            new=Subject("plans.measure", about, new),
            by=by,
            at=at,
        )
    recorded(plan, None, "move", {"from": old, "to": new}, by=by, at=at)
