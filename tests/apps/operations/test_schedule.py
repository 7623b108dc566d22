"""Due jobs are handed over once and done; what a dead worker left is done again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from django_tasks_db.models import DBTaskResult
from tests.factories.moments import NOON
from tests.factories.operations import make_job_run

from xiuhua.apps.operations import selectors
from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.queue import orphans_requeue, queue_state
from xiuhua.apps.operations.rules import Job
from xiuhua.apps.operations.schedule import run_perform
from xiuhua.apps.operations.tasks import job_perform
from xiuhua.apps.operations.tick import due_runs_make


pytestmark = pytest.mark.usefixtures("each_database")
PULSE = Job("pulse", "xiuhua.apps.operations.jobs.pulse", "", every_minutes=5)
LOST = Job("lost", "tests.apps.operations.test_schedule.lost", "", every_minutes=5)
QUEUED = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def clock() -> datetime:
    return NOON


def lost(*, at: datetime) -> str:
    raise LookupError("of 440106198202020555")


@override_settings(JOBS=(PULSE,))
def test_a_due_job_is_done_once_per_instant():
    first = due_runs_make(jobs=[PULSE], at=NOON)
    second = due_runs_make(jobs=[PULSE], at=NOON + timedelta(minutes=4))
    third = due_runs_make(jobs=[PULSE], at=NOON + timedelta(minutes=5))

    assert (len(first), len(second), len(third)) == (1, 0, 1)
    assert (
        list(JobRun.objects.values_list("state", "outcome")) == [("DONE", "alive")] * 2
    )
    assert selectors.last_run(job="pulse").due_at == NOON + timedelta(minutes=5)


@override_settings(TASKS=QUEUED)
def test_a_late_job_is_not_piled_up():
    due_runs_make(jobs=[PULSE], at=NOON)

    assert due_runs_make(jobs=[PULSE], at=NOON + timedelta(hours=3)) == []
    assert DBTaskResult.objects.count() == 1


@override_settings(TASKS=QUEUED)
def test_after_a_standstill_the_newest_instant_is_made_up_for():
    make_job_run(state="DONE", finished_at=NOON, due_at=NOON - timedelta(days=9))

    [run] = due_runs_make(jobs=[PULSE], at=NOON)

    assert run.due_at == NOON


def test_a_failed_job_says_its_kind_and_no_message():
    run = make_job_run(job="lost")

    with pytest.raises(LookupError):
        run_perform(run_id=run.pk, jobs=[LOST], clock=clock)

    run.refresh_from_db()
    assert (run.state, run.outcome) == ("FAILED", "LookupError")


def test_a_run_that_is_over_or_unknown_is_left_alone():
    run = make_job_run(state="DONE", finished_at=NOON, outcome="as it was")
    unknown = make_job_run(job="gone")

    assert run_perform(run_id=run.pk, jobs=[PULSE], clock=clock) == "finished before"
    run_perform(run_id=unknown.pk, jobs=[PULSE], clock=clock)

    run.refresh_from_db()
    unknown.refresh_from_db()
    assert run.outcome == "as it was"
    assert (unknown.state, unknown.outcome) == ("FAILED", "there is no such job")


@override_settings(TASKS=QUEUED)
def test_what_a_dead_worker_left_is_queued_again_three_times_at_most():
    run = make_job_run()
    job_perform.enqueue(run.pk)
    seen = []
    for _ in range(3):
        task = DBTaskResult.objects.get()
        task.claim("host-1")
        assert orphans_requeue(worker="host-2") == (0, 0)
        seen.append(orphans_requeue(worker="host-1"))

    assert seen == [(1, 0), (1, 0), (0, 1)]
    assert DBTaskResult.objects.get().status == "FAILED"


@override_settings(TASKS=QUEUED)
def test_the_queue_says_how_it_stands():
    job_perform.enqueue(make_job_run().pk)
    job_perform.using(run_after=datetime(2300, 1, 1, tzinfo=UTC)).enqueue(0)
    [later, task] = DBTaskResult.objects.order_by("run_after")

    state = queue_state(at=task.enqueued_at)

    assert (state.waiting, state.running, state.failed_lately) == (1, 0, 0)
    assert state.oldest_at == task.enqueued_at
    assert later.run_after.year == 2300
