"""What workers do with sheets: compare, take over, take back what is large.

Bookkeeping of a worker, no acts of anybody; what a step changes, its service records,
in one transaction that also ends the order. A worker can be killed anywhere: nothing
or all of the step has happened, and the order stands until it was done or given up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError
from django.db.models import F, QuerySet
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.rules import check_in_office
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.sheets.acts.judging import judged
from xiuhua.apps.sheets.models import Sheet
from xiuhua.apps.sheets.receiving import read_again
from xiuhua.apps.sheets.rules import TRIES, Step
from xiuhua.apps.sheets.services import sending, settling
from xiuhua.core.errors import XiuhuaError


_log: Final = logging.getLogger(__name__)
# A worker that gave no sign of life for so long has been killed, or there was none.
_WAITS: Final = timedelta(minutes=10)
Clock = Callable[[], datetime]


class WorkBroken(XiuhuaError):
    """A step with a sheet ended in a way nobody foresaw, or was killed too often."""

    code = "sheets.work_broken"


def sheet_work(*, sheet_id: int, clock: Clock) -> str:
    """Do what was ordered of a sheet; return what came of it."""
    wanted = Sheet.unscoped.filter(pk=sheet_id).exclude(doing="")
    begun = wanted.update(
        tries=F("tries") + 1, progress=0, stirred_at=clock(), error=None
    )
    if not begun:
        return "nothing ordered"
    sheet = Sheet.unscoped.select_related("ordered_by__user").get(pk=sheet_id)
    with region_scope([sheet.region_id]):
        try:
            _step(sheet, clock)
        except XiuhuaError as error:
            return _failed(sheet, error, clock)
        except (DatabaseError, MemoryError):
            # Not the sheet's fault: the order stands and is begun again.
            raise
        except Exception as error:
            # A sheet must not be tried for ever. What was raised may quote a person.
            _log.error("sheet %s: %s", sheet.pk, type(error).__name__)
            return _failed(sheet, WorkBroken("the step broke off on our side"), clock)
    return "done"


def stalled_list(*, at: datetime) -> QuerySet[Sheet]:
    """Return the sheets whose order no worker does any more."""
    return Sheet.unscoped.filter(stirred_at__lt=at - _WAITS).exclude(doing="")


def _step(sheet: Sheet, clock: Clock) -> None:
    if sheet.tries > TRIES:
        raise WorkBroken(
            "the step was broken off {times} times",
            times=TRIES,
            hint="send fewer rows at a time",
        )
    at, by = clock(), sheet.ordered_by
    assert by is not None  # noqa: S101  as the constraint of the table says
    check_in_office(by.state, on=timezone.localtime(at).date())
    if sheet.doing == Step.COMPARE:
        _compared(sheet, by, clock)
        return
    act = settling.sheet_apply if sheet.doing == Step.APPLY else settling.sheet_undo
    act(sheet=sheet, version=sheet.version, by=by, at=at)


def _compared(sheet: Sheet, by: Post, clock: Clock) -> None:
    _noted(sheet, clock, progress=10)
    reading = read_again(sheet)
    _noted(sheet, clock, progress=40)
    judged(reading.rows, sheet, by=by, at=clock())
    _noted(sheet, clock, progress=80)
    sending.sheet_compare(
        sheet=sheet, version=sheet.version, reading=reading, by=by, at=clock()
    )


def _failed(sheet: Sheet, error: XiuhuaError, clock: Clock) -> str:
    _log.warning("sheet %s: %s", sheet.pk, error.code)
    _noted(sheet, clock, doing="", error=error.kept(), version=F("version") + 1)
    return "failed"


def _noted(sheet: Sheet, clock: Clock, **said: Any) -> None:
    # Unless another worker has done it meanwhile.
    same = Sheet.unscoped.filter(pk=sheet.pk, version=sheet.version)
    same.exclude(doing="").update(stirred_at=clock(), **said)
