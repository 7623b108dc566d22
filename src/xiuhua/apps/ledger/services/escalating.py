"""Let overdue problems be known one level up; done by the tick, never by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger.acts.events import Happening, Program, event_appended
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import ESCALATE, OPEN
from xiuhua.core.region_codes import ancestors


# At a time, so that no transaction holds many problems.
_PART: Final = 500


@transaction.atomic
def problems_escalate(*, by: Actor, at: datetime) -> int:
    """Escalate problems that are overdue too long; return how many.

    Each goes to the level above its owner, and one higher after each further period.
    The owner keeps it: escalated means that those above know since when and with whom.
    """
    today = timezone.localtime(at).date()
    first = today - timedelta(days=parameters().days_before_escalation)
    again = today - timedelta(days=parameters().days_between_escalations)
    late = Problem.unscoped.select_for_update(of=("self",)).filter(
        Q(escalated_on__isnull=True) | Q(escalated_on__lte=again),
        state__in=sorted(OPEN),
        deadline__lte=first,
        owner__isnull=False,
    )
    count = 0
    for problem in late.select_related("owner__user").order_by("pk")[:_PART]:
        to = _level_above(problem)
        if to is None:
            continue
        _escalated(problem, to, by, at)
        count += 1
    return count


def _level_above(problem: Problem) -> str | None:
    """Return the region that is told next, None when the highest one knows."""
    owner = problem.owner
    here = problem.escalated_to or (owner.region_id if owner else problem.region_id)
    around = ancestors(here)
    return around[-2] if len(around) > 1 else None


def _escalated(problem: Problem, to: str, by: Actor, at: datetime) -> None:
    happening_day = timezone.localtime(at).date()
    problem.escalated_on, problem.escalated_to = happening_day, to
    owner = problem.owner
    said = {
        "to": to,
        "owner": owner.actor.post if owner else "",
        "user": owner.actor.name if owner else "",
        "since": problem.deadline.isoformat() if problem.deadline else "",
    }
    event_appended(
        problem,
        Happening(ESCALATE, said, Program(by), at),
        old_state=problem.state,
    )
