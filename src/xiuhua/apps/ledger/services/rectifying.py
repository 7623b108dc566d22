"""Take a problem through its steps: assigned, rectified, verified, merged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.ledger.acts.events import (
    Happening,
    StaleProblem,
    problem_locked,
    step_taken,
)
from xiuhua.apps.ledger.acts.fitness import (
    ProblemUnfit,
    check_reaches,
    households_linked,
)
from xiuhua.apps.ledger.models import (
    Problem,
)
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import (
    OPEN,
    Act,
    Said,
)
from xiuhua.core.steps import Refusal, StepRefused


@transaction.atomic
def problem_assign(
    *,
    problem: Problem,
    version: int,
    owner: Post,
    deadline: date,
    by: Post,
    at: datetime,
    leader: str = "",
    unit: str = "",
) -> Problem:
    """Give a problem to a post to rectify until a day (交办).

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: with every reason why it cannot be assigned now.
        ProblemUnfit: when the owner's post does not reach the problem's region.
    """
    locked = problem_locked(problem, version)
    check_reaches(owner, locked.region_id)
    said = {"owner": owner.actor.post, "user": owner.actor.name}
    said |= {"deadline": deadline.isoformat(), "leader": leader, "unit": unit}
    happening = Happening(Act.ASSIGN, said, by, at)
    step_taken(
        locked,
        Act.ASSIGN,
        Said(happening.day, owner=owner.actor.name, deadline=deadline),
        happening,
        owner=owner,
        deadline=deadline,
        leader=leader,
        unit=unit,
        # The new owner has a clock of their own.
        escalated_on=None,
        escalated_to="",
    )
    return locked


@transaction.atomic
def problems_assign(
    *,
    seen: Mapping[int, int],
    owner: Post,
    by: Post,
    at: datetime,
    deadline: date | None = None,
) -> int:
    """Give many problems (key: version seen) to one post, all of them or none.

    Without a day each gets the days its class allows. Returns how many.

    Raises:
        StaleProblem: when one was changed or left the scope meanwhile.
        StepRefused: with every reason why one cannot be assigned now.
        ProblemUnfit: when the owner's post does not reach one of them.
    """
    found = Problem.objects.filter(pk__in=seen).order_by("pk")
    problems = list(found.select_related("owner__user"))
    if len(problems) != len(seen):
        raise StaleProblem("the list has changed meanwhile")
    today = timezone.localtime(at).date()
    for problem in problems:
        days = parameters().demands[problem.kind].days
        problem_assign(
            problem=problem,
            version=seen[problem.pk],
            owner=owner,
            deadline=deadline or today + timedelta(days=days),
            by=by,
            at=at,
        )
    return len(problems)


@transaction.atomic
def problem_step(
    *,
    problem: Problem,
    version: int,
    act: Act,
    by: Post,
    at: datetime,
    reason: str = "",
    measures: str = "",
    review_date: date | None = None,
    done_on: date | None = None,
) -> Problem:
    """Let a problem take a step that needs no more than words and a day.

    Assigning, merging have services of their own. `done_on` says when it was mended.

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: with every reason why the step is not open.
    """
    if act in (Act.ASSIGN, Act.MERGE):
        raise StepRefused((Refusal("ledger.own_service", "this act is not a step"),))
    locked = problem_locked(problem, version)
    given = {"reason": reason, "measures": measures, "review_date": review_date}
    given |= {"done_on": done_on}
    happening = Happening(act, {k: v for k, v in given.items() if v}, by, at)
    changes: dict[str, Any] = {"measures": measures} if act is Act.START else {}
    if act is Act.SEND_BACK:
        changes = {"owner": None, "deadline": None}
    said = Said(
        happening.day, reason=reason, measures=measures, review_date=review_date
    )
    step_taken(locked, act, said, happening, **changes)
    return locked


@transaction.atomic
def problem_merge(
    *, problem: Problem, version: int, into: Problem, by: Post, at: datetime
) -> Problem:
    """Let a problem stand for another one found by another source; both are kept.

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: when it has ended, or the post may not.
        ProblemUnfit: when the other is itself, has ended, or lies outside the post.
    """
    locked = problem_locked(problem, version)
    other = Problem.objects.select_for_update().filter(pk=into.pk).first()
    if other is None or other.pk == locked.pk or other.state not in OPEN:
        raise ProblemUnfit("choose another problem that is still open")
    check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=other.region_id)
    happening = Happening(Act.MERGE, {"into": other.number}, by, at)
    said = Said(happening.day, into=other.number)
    step_taken(locked, Act.MERGE, said, happening, merged_into=other)
    households_linked(other, locked.links.values_list("household_id", flat=True))
    return locked
