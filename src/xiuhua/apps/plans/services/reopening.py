"""Open a plan again that was closed by mistake: everything back to what it was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.plans.acts.writing import (
    PlanUnfit,
    counted,
    plan_as_seen,
    recorded,
    saved,
    standing,
)
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.rules import MeasureState
from xiuhua.apps.plans.selectors.page import why_not_reopened
from xiuhua.core.steps import StepRefused


@transaction.atomic
def plan_reopen(
    *, plan: Plan, version: int, reason: str, by: Post, at: datetime
) -> Plan:
    """Open a closed plan again: its measures stand where they stood before.

    What had gone on into the next year's plan, still a proposal there, is dropped.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post does not plan there.
        StepRefused: when it is not closed, a later plan is in force, or the next one
            is closed too.
        PlanUnfit: when no reason is given.
    """
    locked = plan_as_seen(plan, version)
    check_permitted(by.state, Permission.PLAN_EDIT, region=locked.region_id)
    refused = why_not_reopened(plan=locked)
    if refused:
        raise StepRefused(refused)
    if not reason.strip():
        raise PlanUnfit("give the reason why the plan is opened again")
    closing = locked.events.filter(act="close").latest("number").said
    moved = []
    before = standing(locked)
    rows = locked.measures.select_for_update().filter(pk__in=closing["states"])
    for measure in rows.order_by("pk"):
        old, measure.state = measure.state, closing["states"][str(measure.pk)]
        saved(measure)
        moved.append((old, measure.state))
    locked.closed_at, locked.closed_by = None, ""
    counted(locked, [(before, standing(locked)), *moved])
    said = {"reason": reason.strip(), "states": closing["states"]}
    recorded(locked, None, "reopen_plan", said, by=by, at=at)
    _taken_back(locked, closing["made"], by, at)
    return locked


def _taken_back(plan: Plan, made: list[int], by: Post, at: datetime) -> None:
    """Drop what had gone on into the plan of the next year."""
    if not made:
        return
    follows = Plan.objects.select_for_update().get(measures=made[0])
    rows = follows.measures.select_for_update().filter(
        pk__in=made, state=MeasureState.PROPOSED
    )
    dropped: list[Measure] = list(rows.order_by("pk"))
    for measure in dropped:
        measure.state = MeasureState.DROPPED
        saved(measure)
    counted(follows, [(MeasureState.PROPOSED, MeasureState.DROPPED)] * len(dropped))
    said = {"to": plan.pk, "measures": [m.pk for m in dropped]}
    recorded(follows, None, "carry_back", said, by=by, at=at)
