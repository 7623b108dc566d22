"""Ask for a run, stop it, check it against its snapshot, erase its names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.models import Run, RunState
from xiuhua.apps.assessments.run_files import identities_removed, run_folder
from xiuhua.apps.assessments.selectors.runs import run_is_own
from xiuhua.apps.assessments.standards import (
    household_pack_of,
    pack_read,
    standard_of,
    village_pack_of,
)
from xiuhua.apps.assessments.tasks import run_again, run_do
from xiuhua.apps.audit import services as audit
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.standards.resolver import check_given, join


class RunRefused(XiuhuaError):
    """A run cannot be asked for, or no longer be changed."""

    code = "assessments.run_refused"


@transaction.atomic
def run_ask(
    *,
    region: str,
    as_of: date,
    by: Post,
    at: datetime,
    pack: str | None = None,
    village_pack: str | None = None,
    adopted: bool = True,
    parameters: Mapping[str, Any] | None = None,
) -> Run:
    """Ask for a run over a region; a worker does it.

    `pack` judges the households, `village_pack` the villages: those adopted unless they
    are named. An adopted run judges by
    the standards in force, with the values adopted in each county, and brings current
    judgements up to date when it is as of their day. Any other run is a trial: the
    record says by which values, and nothing else changes.

    Raises:
        NotPermitted: when the post may not, or not there.
        RunRefused: when the pack judges no households, values are given to an adopted
            run, or a run over the region has not ended.
        XiuhuaError: when there is no such pack, or a value or the day does not fit.
    """
    check_permitted(by.state, Permission.SCREENING_RUN, region=region)
    given, today = dict(parameters or {}), timezone.localtime(at).date()
    if pack is None:
        pack = household_pack_of(region, today)
    if village_pack is None:
        village_pack = village_pack_of(region, today)
    _check_packs(pack, village_pack, region, as_of, given)
    if adopted and given:
        raise RunRefused("a run by the standard in force takes no values of its own")
    open_runs = Run.objects.filter(
        region_id=region, state__in=(RunState.WAITING, RunState.RUNNING)
    )
    if open_runs.exists():
        raise RunRefused("a run over {region} has not ended yet", region=region)
    run = Run.objects.create(
        region_id=region,
        pack=pack,
        village_pack=village_pack,
        adopted=adopted,
        parameters=given,
        as_of=as_of,
        state=RunState.WAITING,
        asked_at=at,
        asked_by=str(by.actor.name),
        asked_post=by,
    )
    _record("asked", run, by, at)
    transaction.on_commit(lambda: run_do.enqueue(run.pk))
    return run


@transaction.atomic
def run_cancel(*, run: int, by: Post, at: datetime) -> Run:
    """Stop a run that has not ended; it leaves nothing but its row.

    Raises:
        NotPermitted: when the post may not, or not there.
        RunRefused: when there is none, it is another office's, or it has ended.
    """
    found = _locked(run, by)
    _check_own(found, by)
    if found.state == RunState.WAITING:
        found.state, found.ended_at = RunState.CANCELLED, at
    elif found.state != RunState.RUNNING:
        raise RunRefused("the run has ended")
    found.cancel_asked = True
    found.save(update_fields=["state", "ended_at", "cancel_asked"])
    _record("cancelled", found, by, at)
    return found


@transaction.atomic
def run_check(*, run: int, by: Post, at: datetime) -> Run:
    """Ask that the snapshot of a run is judged again and the hashes compared.

    Raises:
        NotPermitted: when the post may not, or not there.
        RunRefused: when the run is not done.
    """
    found = _locked(run, by)
    if found.state != RunState.DONE:
        raise RunRefused("the run is not done")
    _record("checked", found, by, at)
    transaction.on_commit(lambda: run_again.enqueue(found.pk))
    return found


@transaction.atomic
def run_workbook_take(*, run: int, by: Post, at: datetime) -> Run:
    """Record that somebody takes the workbook of a run, which is written after that.

    Raises:
        NotPermitted: when the post may take no rows away, or not there.
        RunRefused: when the run is not done.
    """
    found = Run.objects.filter(pk=run, state=RunState.DONE).first()
    if found is None:
        raise RunRefused("the run is not done")
    check_permitted(by.state, Permission.ROWS_EXPORT, region=found.region_id)
    _record("taken", found, by, at)
    return found


@transaction.atomic
def run_identities_erase(*, run: int, by: Post, at: datetime) -> Run:
    """Erase the names behind the keys of a run's snapshot; the figures stay.

    Raises:
        NotPermitted: when the post may not, or not there.
        RunRefused: when the run is not done, is another office's, or they were erased
            before.
    """
    found = _locked(run, by)
    _check_own(found, by)
    if found.state != RunState.DONE or found.identities_erased_at:
        raise RunRefused("there are no names to erase")
    identities_removed(run_folder(found.folder))
    found.identities_erased_at = at
    found.save(update_fields=["identities_erased_at"])
    _record("identities_erased", found, by, at)
    return found


def _check_packs(
    pack: str, village_pack: str, region: str, as_of: date, given: Mapping[str, Any]
) -> None:
    packs = [pack_read(name) for name in (pack, village_pack)]
    for wanted, found in zip(("household", "village"), packs, strict=True):
        if found.unit != wanted:
            raise RunRefused(
                "the pack {pack} judges {unit}, not {wanted}",
                pack=found.id,
                unit=found.unit,
                wanted=wanted,
            )
    check_given(packs, given)
    standards = [
        standard_of(
            found.id,
            as_of,
            region,
            {k: v for k, v in given.items() if k in found.params},
        )
        for found in packs
    ]
    join(*standards)


def _locked(run: int, by: Post) -> Run:
    found = Run.objects.select_for_update().filter(pk=run).first()
    if found is None:
        raise RunRefused("there is no such run")
    check_permitted(by.state, Permission.SCREENING_RUN, region=found.region_id)
    return found


def _check_own(run: Run, by: Post) -> None:
    if not run_is_own(viewer=by, run=run):
        raise RunRefused(
            "only who asked for the run, or an office that decides on its standard,"
            " stops it or erases its names"
        )


def _record(what: str, run: Run, by: Post, at: datetime) -> None:
    audit.entry_append(
        action=f"assessments.run.{what}",
        target="assessments.run",
        target_id=str(run.pk),
        target_label=run.pack,
        region_code=run.region_id,
        by=by.actor,
        at=at,
        new={
            "as_of": run.as_of,
            "adopted": run.adopted,
            "parameters": {k: str(v) for k, v in sorted(run.parameters.items())},
            "village_pack": run.village_pack,
            "state": str(run.state),
        },
    )
