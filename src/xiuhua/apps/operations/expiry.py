"""Count and erase what this app and the libraries below it keep for a short time."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.schedule import OPEN


def session_count(*, before: datetime) -> int:
    """Return how many sessions ended before."""
    return _sessions(before).count()


def session_erase(*, before: datetime, at: datetime) -> int:
    """Erase sessions that ended before."""
    return _erased(_sessions(before))


def attempt_count(*, before: datetime) -> int:
    """Return how many failed sign-ins lie before."""
    return _attempts(before).count()


def attempt_erase(*, before: datetime, at: datetime) -> int:
    """Erase failed sign-ins that lie before: they hold network addresses."""
    return _erased(_attempts(before))


def task_count(*, before: datetime) -> int:
    """Return how many tasks were finished before."""
    return _tasks(before).count()


def task_erase(*, before: datetime, at: datetime) -> int:
    """Erase tasks that were finished before, with their tracebacks."""
    return _erased(_tasks(before))


def run_count(*, before: datetime) -> int:
    """Return how many runs of jobs were due before and are over."""
    return _runs(before).count()


def run_erase(*, before: datetime, at: datetime) -> int:
    """Erase runs of jobs that were due before and are over."""
    return _erased(_runs(before))


def _sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before)


def _attempts(before: datetime) -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(attempt_time__lt=before)


def _tasks(before: datetime) -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.finished().filter(finished_at__lt=before)


def _runs(before: datetime) -> QuerySet[JobRun]:
    return JobRun.objects.filter(due_at__lt=before).exclude(state__in=OPEN)


def _erased(rows: QuerySet) -> int:
    return rows.delete()[0]
