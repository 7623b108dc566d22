"""Close plans at the end of their year: nothing unfinished is lost without a word.

What was not finished is carried over to the plan of the next year, there to be agreed
on with the family again, or dropped with the reason. What was delivered is checked off
or given back first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.plans.acts.tallies import DRAFT
from xiuhua.apps.plans.acts.writing import (
    PlanUnfit,
    counted,
    day_of,
    plan_locked,
    recorded,
    saved,
    standing,
)
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.rules import (
    LIFE,
    UNFINISHED,
    Act,
    MeasureState,
    Step,
    closing_refusals,
)
from xiuhua.apps.plans.selectors.measures import as_view
from xiuhua.apps.regions.selectors import within


_LAST_MONTH: Final = 12
# What the plan of the next year takes over from a measure.
_CARRIED: Final = (
    *("kind", "what", "answers", "is_dividend", "income_yuan", "money_yuan"),
    *("money_source", "unit", "owner_id", "person_id", "demanded", "region_code"),
)


@dataclass(frozen=True)
class Closed:
    """What came of closing the plans of a village.

    `waiting` are plans left open: something delivered in them waits for a check.
    """

    plans: int
    carried: int
    dropped: int
    waiting: int


@transaction.atomic
def plan_close(
    *,
    plan: Plan,
    version: int,
    carried: Collection[int],
    reason: str,
    deadline: date | None,
    by: Post,
    at: datetime,
) -> Plan:
    """Close a plan; `carried` are keys of measures that go on in the next year's.

    The others that were not finished are dropped with the reason. `deadline` is the day
    those carried over are to be done by.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post does not plan there.
        PlanUnfit: when it is closed, no reason is given, something delivered waits for
            its check, a measure carried over is none of the unfinished, its day lies
            not in the next year, or the household has ended.
    """
    locked = plan_locked(plan, version, by)
    rows = list(locked.measures.select_for_update().order_by("pk"))
    refused = closing_refusals(m.state for m in rows)
    if refused:
        raise PlanUnfit(refused[0].why)
    if not reason.strip():
        raise PlanUnfit("give the reason why the plan is closed")
    unfinished = [m for m in rows if m.state in UNFINISHED]
    if not set(carried) <= {m.pk for m in unfinished}:
        raise PlanUnfit("only what is not finished is carried over")
    _closed(locked, unfinished, set(carried), reason.strip(), deadline, by, at)
    return locked


@transaction.atomic
def village_close(
    *,
    region: str,
    year: int,
    carry: bool,
    reason: str,
    deadline: date | None,
    by: Post,
    at: datetime,
) -> Closed:
    """Close the plans of a village, its households and their members for a year.

    With `carry` all that is not finished goes on in the next year's plans, else it is
    dropped with the reason. Plans in which something waits for its check stay open.

    Raises:
        NotPermitted: when the post does not plan there.
        PlanUnfit: when the year is not at its end, or as `plan_close`.
    """
    check_permitted(by.state, Permission.PLAN_EDIT, region=region)
    if day_of(at) < date(year, _LAST_MONTH, 1):
        raise PlanUnfit("the plans of a year are closed from its last month on")
    found = Plan.objects.filter(
        within(region, "region_id"), year=year, closed_at=None
    ).select_related("household")
    plans = carried = dropped = waiting = 0
    for plan in found.order_by("pk"):
        rows = list(plan.measures.order_by("pk"))
        if any(m.state == MeasureState.DONE for m in rows):
            waiting += 1
            continue
        goes_on = carry and (plan.household is None or plan.household.ended_on is None)
        open_ = [m.pk for m in rows if m.state in UNFINISHED]
        plan_close(
            plan=plan,
            version=plan.version,
            carried=open_ if goes_on else (),
            reason=reason,
            deadline=deadline,
            by=by,
            at=at,
        )
        plans += 1
        carried += len(open_) if goes_on else 0
        dropped += 0 if goes_on else len(open_)
    closed = Closed(plans, carried, dropped, waiting)
    audit.entry_append(
        action="plans.village.closed",
        target="regions.region",
        target_id=region,
        target_label="",
        region_code=region,
        by=by.actor,
        at=at,
        new={"year": year, "plans": plans, "carried": carried, "dropped": dropped},
    )
    return closed


def _closed(
    plan: Plan,
    unfinished: list[Measure],
    carried: set[int],
    reason: str,
    deadline: date | None,
    by: Post,
    at: datetime,
) -> None:
    follows = _next(plan, deadline, by, at) if carried else None
    before, moved, made = standing(plan), [], []
    states = {str(m.pk): str(m.state) for m in unfinished}
    for measure in unfinished:
        old, goes_on = measure.state, measure.pk in carried
        act = Act.CARRY if goes_on else Act.DROP
        measure.state = LIFE.target(act, Step(as_view(measure), by.state, reason))
        saved(measure)
        moved.append((old, measure.state))
        if follows is not None and goes_on and deadline is not None:
            made.append(_proposed_again(measure, plan, follows, deadline).pk)
    plan.closed_at, plan.closed_by = at, by.actor.name
    counted(plan, [(before, standing(plan)), *moved])
    said: dict[str, Any] = {"reason": reason, "carried": sorted(carried)}
    said |= {"dropped": [m.pk for m in unfinished if m.pk not in carried]}
    # How things stood, for whoever finds that it was closed by mistake.
    said |= {"states": states, "made": made}
    recorded(plan, None, "close", said, by=by, at=at)
    if follows is not None:
        counted(follows, [("", MeasureState.PROPOSED)] * len(carried))
        said = {"from": plan.pk, "measures": sorted(carried)}
        recorded(follows, None, "carry", said, by=by, at=at)


def _next(plan: Plan, deadline: date | None, by: Post, at: datetime) -> Plan:
    """Return the plan of the next year, opened where there is none.

    Raises:
        PlanUnfit: when nothing can go on there.
    """
    if plan.household is not None and plan.household.ended_on is not None:
        raise PlanUnfit("the household has ended: nothing is carried over")
    if deadline is None or deadline.year != plan.year + 1:
        raise PlanUnfit("say by which day of the next year it is to be done")
    follows, made = Plan.objects.get_or_create(
        region_id=plan.region_id,
        household_id=plan.household_id,
        person_id=plan.person_id,
        year=plan.year + 1,
        defaults={"track": plan.track, "exit_planned": plan.exit_planned},
    )
    if follows.closed_at is not None:
        raise PlanUnfit("the plan of the next year is closed already")
    if made:
        counted(follows, [("", DRAFT)])
        recorded(follows, None, "open", {"year": follows.year}, by=by, at=at)
    return follows


def _proposed_again(
    measure: Measure, plan: Plan, follows: Plan, deadline: date
) -> Measure:
    return Measure.objects.create(
        plan=follows,
        once=f"carried/{measure.pk}/{plan.version}",
        deadline=deadline,
        state=MeasureState.PROPOSED,
        **{name: getattr(measure, name) for name in _CARRIED},
    )
