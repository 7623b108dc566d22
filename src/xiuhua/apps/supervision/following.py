"""Count every step of a problem in the drives it belongs to.

Named in `settings.PROBLEM_FOLLOWERS`; runs in the transaction of the step.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.supervision.acts.counting import move_count
from xiuhua.apps.supervision.rules import Move


def problem_moved(
    *,
    problem: Problem,
    old: str,
    ended_at: datetime | None,
    day: date,
    count: int = 1,
) -> None:
    """Count a step that as many problems took; `old` empty: they are new."""
    ended_on = timezone.localtime(ended_at).date() if ended_at else None
    move_count(problem, Move(old, problem.state, day, ended_on), count)
