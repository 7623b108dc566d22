"""What the workers do for this app."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from xiuhua.apps.assessments.refreshing import judgements_end
from xiuhua.apps.assessments.running import recompute, run_perform


@task()
def run_do(run_id: int) -> str:
    """Do a run that waits."""
    return run_perform(run_id=run_id, clock=timezone.now)


@task()
def run_again(run_id: int) -> str:
    """Judge the snapshot of a run again and note the hash."""
    return recompute(run_id=run_id, clock=timezone.now)


@task()
def judgements_finish(pack: str, region: str) -> int:
    """Drop the judgements of a pack that is no longer in force in a region."""
    return judgements_end(pack, region, at=timezone.now())
