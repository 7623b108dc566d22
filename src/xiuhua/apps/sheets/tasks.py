"""What is done with a sheet at once, and what the workers do; what queues it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.sheets import store, working
from xiuhua.apps.sheets.acts.judging import judged
from xiuhua.apps.sheets.models import Sheet
from xiuhua.apps.sheets.receiving import Received, read_again
from xiuhua.apps.sheets.rules import AT_ONCE_BYTES, AT_ONCE_ROWS, Step
from xiuhua.apps.sheets.services import sending, settling


_SETTLES: Final[Mapping[Step, Callable[..., Sheet]]] = MappingProxyType(
    {Step.APPLY: settling.sheet_apply, Step.UNDO: settling.sheet_undo}
)


@task()
def sheet_work(sheet_id: int) -> str:
    """Do what was ordered of a sheet."""
    return working.sheet_work(sheet_id=sheet_id, clock=timezone.now)


def sheet_send(
    *, kind: str, received: Received, once: str, by: Post, at: datetime
) -> Sheet:
    """Take a sheet in; a large one is read and compared by a worker.

    Raises:
        NotPermitted: when the post does not keep such lists.
    """
    with transaction.atomic():
        sheet = sending.sheet_send(
            kind=kind, received=received, once=once, by=by, at=at
        )
        _queued(sheet)
    return sheet


def heads_map(
    *,
    sheet: Sheet,
    version: int | None,
    columns: Mapping[str, str],
    fingerprint: str,
    mapped: Mapping[str, str],
    by: Post,
    at: datetime,
) -> Sheet:
    """Remember the heads of a list; a large one is compared by them by a worker.

    `mapped` are the columns by their heads as heads are compared.

    Raises:
        StaleSheet, NotPermitted, StepClosed, HeadsUnfit: as `sending.heads_map`.
    """
    small = len(store.content(sheet.key)) <= AT_ONCE_BYTES
    with transaction.atomic():
        sheet = sending.heads_map(
            sheet=sheet,
            version=version,
            columns=columns,
            fingerprint=fingerprint,
            reading=read_again(sheet, mapped={fingerprint: mapped}) if small else None,
            by=by,
            at=at,
        )
        _queued(sheet)
    return sheet


def step_take(
    *, sheet: Sheet, step: Step, version: int | None, by: Post, at: datetime
) -> Sheet:
    """Take a step with a sheet at once, or leave it to a worker when it is large.

    Raises:
        StaleSheet, NotPermitted, StepClosed: as the services of the steps.
        XiuhuaError: what keeps a small sheet from the step.
    """
    if sum(sheet.counts.values()) <= AT_ONCE_ROWS and step in _SETTLES:
        return _SETTLES[step](sheet=sheet, version=version, by=by, at=at)
    if step is Step.COMPARE and len(store.content(sheet.key)) <= AT_ONCE_BYTES:
        reading = read_again(sheet)
        judged(reading.rows, sheet, by=by, at=at)
        return sending.sheet_compare(
            sheet=sheet, version=version, reading=reading, by=by, at=at
        )
    with transaction.atomic():
        sheet = settling.step_order(
            sheet=sheet, step=step, version=version, by=by, at=at
        )
        _queued(sheet)
    return sheet


def sheets_taken_up(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Queue again what no worker does any more."""
    stalled = list(working.stalled_list(at=at))
    for sheet in stalled:
        sheet_work.enqueue(sheet.pk)
    return "{sheets} sheets queued again", {"sheets": len(stalled)}


def _queued(sheet: Sheet) -> None:
    if sheet.doing:
        sheet_work.enqueue(sheet.pk)
