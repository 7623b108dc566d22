"""Set parts of a problem as tasks, and finish them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.ledger.acts.events import (
    Happening,
    check_beside,
    event_appended,
    problem_locked,
)
from xiuhua.apps.ledger.acts.fitness import (
    ProblemUnfit,
    check_open,
    check_reaches,
)
from xiuhua.apps.ledger.models import (
    Problem,
    Task,
)
from xiuhua.apps.ledger.rules import TASK, TASK_DONE


@transaction.atomic
def task_set(
    *,
    problem: Problem,
    version: int,
    what: str,
    owner: Post,
    deadline: date,
    region: str,
    once: str,
    by: Post,
    at: datetime,
    is_search: bool = False,
) -> Task:
    """Set a part of a problem as a task; `is_search`: look for the same elsewhere.

    Raises:
        StaleProblem: when it was changed meanwhile.
        NotPermitted: when the post assigns nothing there and is not the owner.
        StepRefused: when a part is set of what has ended or belongs to nobody yet.
        ProblemUnfit: when the text is empty, the deadline is past, or the owner's post
            does not reach the region.
    """
    made = Task.objects.filter(once=once, problem=problem).first()
    if made is not None:
        return made
    locked = problem_locked(problem, version)
    if locked.owner_id != by.pk or is_search:
        check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=region)
    check_reaches(owner, region)
    today = timezone.localtime(at).date()
    if is_search:
        check_open(locked)
    else:
        check_beside(locked, TASK, by, today)
    if not what.strip() or deadline < today:
        raise ProblemUnfit("a task says what is to be done until a day that lies ahead")
    task = Task.objects.create(
        problem=locked,
        region_id=region,
        once=once,
        what=what.strip(),
        is_search=is_search,
        owner=owner,
        deadline=deadline,
    )
    said = {"what": task.what, "region": region, "owner": owner.actor.name}
    said |= {"deadline": deadline.isoformat()}
    event_appended(locked, Happening(TASK, said, by, at), old_state=locked.state)
    return task


@transaction.atomic
def searches_set(
    *,
    problem: Problem,
    version: int,
    what: str,
    owners: Sequence[Post],
    deadline: date,
    once: str,
    by: Post,
    at: datetime,
) -> list[Task]:
    """Let several posts look for the same in their regions (举一反三).

    Raises:
        StaleProblem: when it was changed meanwhile.
        NotPermitted: when the post assigns nothing in one of the regions.
        ProblemUnfit: when nobody is named, or as `task_set`.
    """
    if not owners:
        raise ProblemUnfit("say who looks for the same")
    made = []
    for owner in owners:
        key = hashlib.sha256(f"{once}:{owner.pk}".encode()).hexdigest()
        task = task_set(
            problem=problem,
            version=version,
            what=what,
            owner=owner,
            deadline=deadline,
            region=owner.region_id,
            once=key,
            by=by,
            at=at,
            is_search=True,
        )
        version = task.problem.version
        made.append(task)
    return made


@transaction.atomic
def task_finish(
    *, task: Task, version: int, outcome: str, by: Post, at: datetime
) -> Task:
    """Say that a task is done and what came out.

    Raises:
        ProblemUnfit: when it is another's, done already, changed meanwhile, or nothing
            is said of the outcome.
    """
    locked = Task.objects.select_for_update().get(pk=task.pk)
    if locked.version != version or locked.done_at is not None:
        raise ProblemUnfit("somebody else changed the task meanwhile")
    if locked.owner_id != by.pk:
        raise ProblemUnfit("the task is somebody else's")
    if not outcome.strip():
        raise ProblemUnfit("say what came out")
    locked.done_at, locked.done_by = at, by.actor.name
    locked.outcome = outcome.strip()
    locked.version += 1
    locked.save()
    # The problem may lie around the scope: a county's search in one township.
    problem = Problem.unscoped.select_for_update().get(pk=locked.problem_id)
    said = {"task": locked.what, "outcome": locked.outcome}
    event_appended(problem, Happening(TASK_DONE, said, by, at), old_state=problem.state)
    return locked
