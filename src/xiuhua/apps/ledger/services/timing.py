"""Ask for more time, decide about it, and explain why a problem is late."""

from __future__ import annotations

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
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit, check_open
from xiuhua.apps.ledger.models import (
    Extension,
    Problem,
)
from xiuhua.apps.ledger.rules import (
    DELAY,
    EXTENDED,
    EXTENSION,
)


@transaction.atomic
def extension_ask(
    *,
    problem: Problem,
    version: int,
    until: date,
    reason: str,
    by: Post,
    at: datetime,
) -> Extension:
    """Ask for more time.

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: when nobody has it in hand, another than the owner asks, or a
            request is open.
        ProblemUnfit: without reason, or for no later day.
    """
    locked = problem_locked(problem, version)
    check_beside(locked, EXTENSION, by, timezone.localtime(at).date())
    if locked.owner_id != by.pk:
        raise ProblemUnfit("only who has the problem in hand asks for more time")
    if not reason.strip() or locked.deadline is None or until <= locked.deadline:
        raise ProblemUnfit("more time needs a reason and a later day")
    asked = Extension.objects.create(
        problem=locked,
        until=until,
        reason=reason.strip(),
        asked_by=by.actor.name,
        asked_at=at,
    )
    said = {"until": until.isoformat(), "reason": asked.reason}
    event_appended(locked, Happening(EXTENSION, said, by, at), old_state=locked.state)
    return asked


@transaction.atomic
def extension_decide(
    *, extension: Extension, approved: bool, by: Post, at: datetime
) -> Extension:
    """Grant or refuse more time.

    Raises:
        NotPermitted: when the post assigns no problems there.
        ProblemUnfit: when it was decided before, is one's own request, the problem has
            ended, or was given as much time meanwhile.
    """
    problem = Problem.objects.select_for_update().get(pk=extension.problem_id)
    locked = Extension.objects.select_for_update().get(pk=extension.pk)
    check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=problem.region_id)
    check_open(problem)
    if locked.approved is not None or locked.asked_by == by.actor.name:
        raise ProblemUnfit("a request is decided once, and by somebody else")
    check_beside(problem, EXTENDED, by, timezone.localtime(at).date())
    if approved and (problem.deadline is None or locked.until <= problem.deadline):
        raise ProblemUnfit("there is as much time already: refuse the request")
    locked.approved, locked.decided_by, locked.decided_at = approved, by.actor.name, at
    locked.save()
    if approved:
        problem.deadline = locked.until
        # With the new day the clock starts again, from the owner's own level.
        problem.escalated_on, problem.escalated_to = None, ""
    said = {"until": locked.until.isoformat(), "approved": approved}
    event_appended(problem, Happening(EXTENDED, said, by, at), old_state=problem.state)
    return locked


@transaction.atomic
def delay_explain(
    *,
    problem: Problem,
    version: int,
    cause: str,
    accountability: str,
    by: Post,
    at: datetime,
) -> Problem:
    """Record why a problem is late and what follows for those responsible (问责).

    Raises:
        StaleProblem: when it was changed meanwhile.
        ProblemUnfit: when it is not overdue, has ended, or nothing is said.
    """
    locked = problem_locked(problem, version)
    check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=locked.region_id)
    check_open(locked)
    today = timezone.localtime(at).date()
    if locked.deadline is None or locked.deadline >= today or not cause.strip():
        raise ProblemUnfit("the cause is recorded for a problem that is overdue")
    check_beside(locked, DELAY, by, today)
    locked.cause, locked.accountability = cause.strip(), accountability.strip()
    said = {"cause": locked.cause, "accountability": locked.accountability}
    event_appended(locked, Happening(DELAY, said, by, at), old_state=locked.state)
    return locked
