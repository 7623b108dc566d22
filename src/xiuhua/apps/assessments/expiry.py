"""Count and erase the names behind snapshots that are over their time.

The snapshots stay: their rows stand under keys of the registry, and a result can be
recomputed from them without knowing whose it is.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from xiuhua.apps.assessments.models import Run, RunState
from xiuhua.apps.assessments.run_files import identities_removed, run_folder


def identity_count(*, before: datetime) -> int:
    """Return how many snapshots taken before still have their names."""
    return _named(before).count()


def identity_erase(*, before: datetime, at: datetime) -> int:
    """Erase the names behind snapshots taken before; return how many had any."""
    erased = 0
    for run in _named(before).select_for_update():
        identities_removed(run_folder(run.folder))
        run.identities_erased_at = at
        run.save(update_fields=["identities_erased_at"])
        erased += 1
    return erased


def _named(before: datetime) -> QuerySet[Run]:
    return Run.unscoped.filter(
        state=RunState.DONE, identities_erased_at__isnull=True, snapshot_at__lt=before
    )
