"""Do a run: snapshot, judge, hash, keep; then bring the current judgements up to date.

Done by a worker, one run at a time. A run that is cancelled or fails leaves nothing but
its row. Progress is written as it goes, so pages can show it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from xiuhua.apps.assessments.extract import extract
from xiuhua.apps.assessments.models import Adoption, Run, RunState
from xiuhua.apps.assessments.refreshing import refresh, standings_complete
from xiuhua.apps.assessments.rules import StandardChanged
from xiuhua.apps.assessments.run_files import (
    Part,
    counties_of,
    counts_of,
    folder_removed,
    judged_files,
    result_files,
    result_hash,
    run_folder,
    snapshot_hash,
    snapshot_tables,
)
from xiuhua.apps.assessments.standards import (
    adoption_list_at,
    measures_of,
    pack_read,
    standard_of,
)
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.standards.resolver import Standard, join


Clock = Callable[[], datetime]
_COUNTY: Final = LENGTH_BY_LEVEL["county"]


class RunCancelled(XiuhuaError):
    """Somebody asked the run to stop."""

    code = "assessments.run_cancelled"


class NothingAdopted(XiuhuaError):
    """No standard is in force where the run is to judge."""

    code = "assessments.nothing_adopted"


class SnapshotChanged(XiuhuaError):
    """The kept snapshot is not what was judged."""

    code = "assessments.snapshot_changed"


def run_perform(*, run_id: int, clock: Clock) -> str:
    """Do a run that waits; return its state. One that does not wait is left alone."""
    waiting = Run.unscoped.filter(pk=run_id, state=RunState.WAITING)
    folder = uuid.uuid4().hex
    if not waiting.update(state=RunState.RUNNING, folder=folder):
        return "left alone"
    run = Run.unscoped.get(pk=run_id)
    try:
        _perform(run, clock)
    except RunCancelled:
        _end(run, str(RunState.CANCELLED), clock)
    except XiuhuaError as error:
        _end(run, str(RunState.FAILED), clock, problem=str(error))
    except BaseException:
        # What went wrong is in the server's log; the page says that something did.
        _end(run, str(RunState.FAILED), clock, problem="unexpected")
        raise
    return str(run.state)


def _end(run: Run, state: str, clock: Clock, *, problem: str = "") -> None:
    folder_removed(run_folder(run.folder))
    run.state, run.problem, run.ended_at = state, problem[:500], clock()
    run.folder = run.snapshot_hash = run.result_hash = ""
    run.save()


def _perform(run: Run, clock: Clock) -> None:
    folder = run_folder(run.folder)
    say = _Progress(run)
    at = clock()
    if run.adopted:
        say.step("standings")
        standings_complete(run.region_id, at=at)
    say.step("snapshot")
    run.snapshot_at = clock()
    taken = extract(folder / "snapshot", region=run.region_id, as_of=run.as_of)
    run.snapshot_hash = snapshot_hash(taken.tables)
    say.step("judge", total=taken.rows["household"])
    run.parts = _said_parts(run, counties_of(taken.tables))
    parts = parts_of(run)
    files = judged_files(taken.tables, parts, folder / "results", say.step)
    say.step("hash")
    run.fingerprint = parts[0].standard.fingerprint
    run.result_hash = result_hash(files)
    run.counts = counts_of(files, measures_of(parts[0].standard))
    run.counts["rows"] = dict(taken.rows)
    _refresh(run, folder, say, at)
    run.state, run.step, run.ended_at = RunState.DONE, "", clock()
    run.save()


def _refresh(run: Run, folder: Path, say: _Progress, at: datetime) -> None:
    """Bring current judgements up to date when the run judged as they are judged."""
    written = left = 0
    tables, files = snapshot_tables(folder), result_files(folder)
    adoptions = adoptions_of(run, counties_of(tables))
    current = {k: a for k, a in adoptions.items() if a.as_of == run.as_of}
    if not (run.adopted and current):
        return
    say.step("refresh", total=run.counts["households"])
    for county, adoption in current.items():
        more, kept = refresh(
            adoption,
            [county],
            region=run.region_id,
            files=files,
            tables=tables,
            at=at,
            progress=say.done,
        )
        written, left = written + more, left + kept
    run.counts["refreshed"], run.counts["changed_since"] = written, left


def adoptions_of(run: Run, counties: Sequence[str]) -> dict[str, Adoption]:
    """Return the adoption of the run's pack in force in each county that has one."""
    day = timezone.localtime(run.asked_at).date()
    found = {}
    for county in counties:
        for adoption in adoption_list_at(county=county, day=day, unit="household"):
            if adoption.pack == run.pack:
                found[county] = adoption
    return found


def _said_parts(run: Run, counties: Sequence[str]) -> list[dict[str, Any]]:
    """Return which counties are judged by which values.

    Raises:
        NothingAdopted: when a run by the standard in force finds none.
    """
    adopted = adoptions_of(run, counties) if run.adopted else {}
    found: list[dict[str, Any]] = []
    for county in counties:
        if run.adopted and county not in adopted:
            continue
        given = run.parameters
        if run.adopted:
            given = _village_values(run, county) | adopted[county].parameters
        found.append({"county": county, "parameters": given})
    if not found:
        raise NothingAdopted(
            "no standard is in force in {region}", region=run.region_id
        )
    return found


def _village_values(run: Run, county: str) -> dict[str, Any]:
    """Return the values given with the village standard in force in a county."""
    day = timezone.localtime(run.asked_at).date()
    found = adoption_list_at(county=county, day=day, unit="village")
    return next((dict(a.parameters) for a in found if a.pack == run.village_pack), {})


def parts_of(run: Run) -> list[Part]:
    """Return the standards of a run, each with the counties it judges.

    Raises:
        StandardChanged: when a pack is no longer what the run judged by.
    """
    by_values: defaultdict[Any, list[str]] = defaultdict(list)
    standards: dict[Any, Standard] = {}
    for part in run.parts:
        standard = _standard(run, part["county"], part["parameters"])
        key = tuple((p.param.name, p.value) for p in standard.params)
        standards.setdefault(key, standard)
        by_values[key].append(part["county"])
        if run.fingerprint and standard.fingerprint != run.fingerprint:
            raise StandardChanged(
                "the pack {pack} is not what was adopted ({adopted}, now {found})",
                pack=run.pack,
                adopted=run.fingerprint,
                found=standard.fingerprint,
            )
    return [Part(standards[k], tuple(by_values[k])) for k in standards]


def _standard(run: Run, county: str, given: dict[str, Any]) -> Standard:
    def resolved(pack_id: str) -> Standard:
        known = pack_read(pack_id).params
        own = {k: v for k, v in given.items() if k in known}
        return standard_of(pack_id, run.as_of, county, own)

    return join(resolved(run.pack), resolved(run.village_pack))


def recompute(*, run_id: int, clock: Clock) -> str:
    """Judge the kept snapshot of a run again; return the hash of the results.

    Raises:
        SnapshotChanged: when the snapshot's hash is not the one noted.
    """
    run = Run.unscoped.get(pk=run_id, state=RunState.DONE)
    folder = run_folder(run.folder)
    tables = snapshot_tables(folder)
    if snapshot_hash(tables) != run.snapshot_hash:
        raise SnapshotChanged("the snapshot of run {run} was changed", run=run.pk)
    parts = parts_of(run)
    again = folder / "again"
    try:
        files = judged_files(tables, parts, again, lambda step: None)
        run.recomputed_hash = result_hash(files)
    finally:
        folder_removed(again)
    run.recomputed_at = clock()
    run.save(update_fields=["recomputed_hash", "recomputed_at"])
    return str(run.recomputed_hash)


class _Progress:
    """Writes how far a run is, and stops it when somebody asked for that."""

    def __init__(self, run: Run):
        self._run = run

    def step(self, name: str, *, total: int | None = None) -> None:
        """Note that a step begins."""
        self._run.step = name[:60]
        if total is not None:
            self._run.total, self._run.done = total, 0
        self._note()

    def done(self, count: int) -> None:
        """Note how many households of the step are done."""
        self._run.done = min(count, self._run.total)
        self._note()

    def _note(self) -> None:
        run = self._run
        Run.unscoped.filter(pk=run.pk).update(
            step=run.step, done=run.done, total=run.total
        )
        if Run.unscoped.filter(pk=run.pk, cancel_asked=True).exists():
            raise RunCancelled("the run was cancelled")
