"""Read runs: their list, their figures, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.models import Run, RunState
from xiuhua.apps.assessments.rules import ends_run
from xiuhua.apps.assessments.run_files import Change, changes_between, run_folder
from xiuhua.apps.assessments.standards import adoption_list_at
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.truth import Verdict


class RunNotFound(XiuhuaError):
    """No such run in the viewer's region; it may exist elsewhere."""

    code = "assessments.run_not_found"


class RunsUnlike(XiuhuaError):
    """Two runs cannot be compared."""

    code = "assessments.runs_unlike"


@dataclass(frozen=True)
class Compared:
    """What changed in a measure from an older run to a newer."""

    older: Run
    newer: Run
    measure: str
    changes: tuple[Change, ...]

    def newly(self, verdict: Verdict) -> list[Change]:
        """Return the households that came to a verdict they had not."""
        return [c for c in self.changes if c.after is verdict]


def run_list(*, viewer: Post) -> QuerySet[Run]:
    """Return the runs over the viewer's region and its parts, the latest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Run.objects.filter(within(viewer.region_id, "region_id"))
    return found.order_by("-asked_at", "-pk")


def run_get(*, viewer: Post, run_id: int) -> Run:
    """Return a run over the viewer's region or a part of it.

    Raises:
        RunNotFound: when there is none there; foreign ones answer alike.
        ScopeMissing: outside a region scope.
    """
    found = run_list(viewer=viewer).filter(pk=run_id).first()
    if found is None:
        raise RunNotFound("there is no such run")
    return found


def run_is_own(*, viewer: Post, run: Run) -> bool:
    """Return whether the viewer may stop a run and erase its names.

    Who asked for it may, and an office of its region or of one above it up to the one
    that adopted the standard.
    """
    day = timezone.localtime(run.asked_at).date()
    adopted = adoption_list_at(county=run.region_id, day=day, unit="household")
    where = next((a.region_id for a in adopted if a.pack == run.pack), "")
    return run.asked_post_id == viewer.pk or ends_run(
        viewer.region_id, run.region_id, adopted_in=where
    )


def comparable_list(*, viewer: Post, run: Run) -> QuerySet[Run]:
    """Return the runs a run can be compared with: done, of one pack and region.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = run_list(viewer=viewer).filter(
        state=RunState.DONE, pack=run.pack, region=run.region_id
    )
    return found.exclude(pk=run.pk)


def runs_compared(
    *, viewer: Post, older_id: int, newer_id: int, measure: str
) -> Compared:
    """Return the households whose verdict in a measure differs between two runs.

    Raises:
        RunNotFound: when one of them is not there for the viewer.
        RunsUnlike: when they judge other packs, regions or measures, or are not done.
        ScopeMissing: outside a region scope.
    """
    older, newer = (run_get(viewer=viewer, run_id=key) for key in (older_id, newer_id))
    alike = (older.pack, older.region_id) == (newer.pack, newer.region_id)
    judged = all(
        r.state == RunState.DONE and measure in r.counts["measures"]
        for r in (older, newer)
    )
    if not alike or not judged:
        raise RunsUnlike("these two runs cannot be compared")
    changes = changes_between(
        run_folder(older.folder),
        run_folder(newer.folder),
        measure=measure,
        region=newer.region_id,
    )
    return Compared(older, newer, measure, tuple(changes))


def households_of(changes: Sequence[Change]) -> dict[int, Household]:
    """Return the households of changes that still stand in the viewer's region.

    Raises:
        ScopeMissing: outside a region scope.
    """
    return Household.objects.in_bulk([c.household_id for c in changes])
