"""Look which periodic jobs are due and hand them to the workers, each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.rules import Job, last_due
from xiuhua.apps.operations.schedule import OPEN
from xiuhua.apps.operations.tasks import job_perform


def due_runs_make(*, jobs: Iterable[Job], at: datetime) -> list[JobRun]:
    """Make the run of every job that is due and not yet made, and hand it over.

    A job whose last run is not finished is not started again: its work is late, more
    of it would not help. After a standstill only the newest instant is made up for.
    """
    made = []
    for job in jobs:
        if JobRun.objects.filter(job=job.name, state__in=OPEN).exists():
            continue
        due_at = last_due(job, at=at)
        if JobRun.objects.filter(job=job.name, due_at=due_at).exists():
            continue
        with transaction.atomic():
            run, is_new = JobRun.objects.get_or_create(job=job.name, due_at=due_at)
            if is_new:
                # In the same transaction as the run: one is not without the other.
                job_perform.enqueue(run.pk)
                made.append(run)
    return made
