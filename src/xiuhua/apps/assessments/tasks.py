"""What the workers do for this app."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from xiuhua.apps.assessments.health import households_checked, region_checked
from xiuhua.apps.assessments.refreshing import region_follow
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
def region_judge(region: str) -> int:
    """Judge every household of a region by what is in force now."""
    return region_follow(region, at=timezone.now())


@task()
def health_check(region: str) -> int:
    """Look at the data of all households of a region anew."""
    at = timezone.now()
    return region_checked(region, as_of=timezone.localdate(at), at=at)


@task()
def health_follow(household_ids: list[int]) -> int:
    """Look at the data of changed households anew."""
    at = timezone.now()
    day = timezone.localdate(at)
    return households_checked(household_ids, as_of=day, at=at)
