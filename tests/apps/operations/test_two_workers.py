"""Two processes look what is due and two workers do it: nothing is done twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from tests.factories.moments import NOON

from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.rules import Job
from xiuhua.apps.operations.tick import due_runs_make


NAMES = [f"job{n}" for n in range(12)]
JOBS = tuple(Job(n, f"{__name__}.{n}", "", every_minutes=5) for n in NAMES)
QUEUED = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
done: Counter[str] = Counter()


def __getattr__(name: str) -> Callable[..., tuple[str, dict[str, int]]]:
    """Give every job a function that counts its calls."""
    if name not in NAMES:
        raise AttributeError(name)

    def counted(**_said: object) -> tuple[str, dict[str, int]]:
        done[name] += 1
        return "counted", {}

    return counted


def _at_once(*acts: Callable[[], object]) -> None:
    gate = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def _worker(name: str) -> Worker:
    return Worker(
        queue_names=["default"],
        interval=0.01,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
        excluded_queue_names=[],
    )


@pytest.mark.usefixtures("committed")
@override_settings(TASKS=QUEUED, JOBS=JOBS)
def test_nothing_is_done_twice():
    done.clear()
    for minutes in (0, 5):
        at = NOON + timedelta(minutes=minutes)
        _at_once(*[lambda at=at: due_runs_make(jobs=JOBS, at=at)] * 2)
        _at_once(_worker("one").run, _worker("two").run)

    assert done == dict.fromkeys(NAMES, 2)
    assert JobRun.objects.filter(state="DONE").count() == 24
    tasks = DBTaskResult.objects.all()
    assert [len(task.worker_ids) for task in tasks] == [1] * 24
