"""Runs of periodic jobs."""

from __future__ import annotations

from typing import Any

from tests.factories.moments import NOON

from xiuhua.apps.operations.models import JobRun


def make_job_run(**said: Any) -> JobRun:
    """Make a run that waits."""
    usual = {"job": "pulse", "due_at": NOON}
    return JobRun.objects.create(**usual | said)
