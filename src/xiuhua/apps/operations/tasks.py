"""What the workers do for this app."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from xiuhua.apps.operations.schedule import run_perform


@task()
def job_perform(run_id: int) -> str:
    """Do one run of a periodic job."""
    return run_perform(run_id=run_id, jobs=settings.JOBS, clock=timezone.now)
