"""The queue of tasks: how long it is, and what a dead worker left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Min
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult


# Once begun and twice again. A task that kills its worker must not do so for ever.
_MOST_STARTS: Final = 3


@dataclass(frozen=True)
class QueueState:
    """How many tasks wait, since when the oldest, how many run and failed of late."""

    waiting: int
    oldest_at: datetime | None
    running: int
    failed_lately: int


def queue_state(*, at: datetime) -> QueueState:
    """Return how the queue stands; tasks for later do not wait yet."""
    waiting = DBTaskResult.objects.ready().aggregate(
        n=Count("pk"), oldest=Min("enqueued_at")
    )
    failed = DBTaskResult.objects.failed().filter(
        finished_at__gt=at - timedelta(days=1)
    )
    return QueueState(
        waiting=waiting["n"],
        oldest_at=waiting["oldest"],
        running=DBTaskResult.objects.running().count(),
        failed_lately=failed.count(),
    )


def orphans_requeue(*, worker: str) -> tuple[int, int]:
    """Queue the tasks again that a worker of this name began and did not finish.

    Only for the one process that holds the name: nobody else runs under it, so what is
    still marked as running was broken off. A task begun three times is given up.

    Returns how many were queued again and how many given up.
    """
    again = given_up = 0
    with transaction.atomic():
        running = DBTaskResult.objects.running().select_for_update()
        for task in running:
            if not task.worker_ids or task.worker_ids[-1] != worker:
                continue
            if len(task.worker_ids) >= _MOST_STARTS:
                task.set_failed(RuntimeError("broken off three times"))
                given_up += 1
            else:
                task.status = TaskResultStatus.READY
                task.started_at = None
                task.save(update_fields=["status", "started_at"])
                again += 1
    return again, given_up
