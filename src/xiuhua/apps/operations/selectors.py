"""Read how the installation has been running."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.module_loading import import_string

from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.rules import Kept, expired_before


def last_run(*, job: str) -> JobRun | None:
    """Return the newest run of a job that is over, None without one."""
    over = [JobRun.State.DONE, JobRun.State.FAILED]
    return JobRun.objects.filter(job=job, state__in=over).order_by("-due_at").first()


def last_backup_at() -> datetime | None:
    """Return when the last backup was taken, None when there is none."""
    entry = audit.entry_list(target="operations.backup", target_id="taken").first()
    return entry.recorded_at if entry else None


def expired_counts(*, kinds: Iterable[Kept], at: datetime) -> dict[str, int]:
    """Return how many records of each kind have been kept long enough."""
    return {
        kept.kind: import_string(kept.counts)(before=expired_before(kept, at=at))
        for kept in kinds
    }
