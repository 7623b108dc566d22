"""Do the runs of periodic jobs.

Bookkeeping, no acts of anybody: what a job changes, the job's own service records.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from django.utils.module_loading import import_string

from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.rules import Job


_log: Final = logging.getLogger(__name__)
Clock = Callable[[], datetime]
OPEN: Final = (JobRun.State.WAITING, JobRun.State.RUNNING)


def run_perform(*, run_id: int, jobs: Iterable[Job], clock: Clock) -> str:
    """Do the work of a run and write down what came out; return it.

    A run that was finished already is left alone. One that was broken off, because
    its worker was killed, is done again: jobs must bear that.
    """
    job = next((j for j in jobs if _is_of(run_id, j)), None)
    begun = JobRun.objects.filter(pk=run_id, state__in=OPEN).update(
        state=JobRun.State.RUNNING, started_at=(at := clock())
    )
    if not begun:
        return "finished before"
    if job is None:
        return _finished(run_id, JobRun.State.FAILED, "there is no such job", clock)
    try:
        outcome, figures = import_string(job.path)(at=at)
    except Exception as error:
        _log.exception("the job %s failed", job.name)
        # The message may quote a record: the kind of the error is enough here.
        _finished(run_id, JobRun.State.FAILED, type(error).__name__, clock)
        raise
    return _finished(run_id, JobRun.State.DONE, outcome, clock, figures)


def _is_of(run_id: int, job: Job) -> bool:
    return JobRun.objects.filter(pk=run_id, job=job.name).exists()


def _finished(
    run_id: int,
    state: object,
    outcome: str,
    clock: Clock,
    figures: Mapping[str, object] | None = None,
) -> str:
    JobRun.objects.filter(pk=run_id).update(
        state=state, finished_at=clock(), outcome=outcome, figures=figures
    )
    return outcome
