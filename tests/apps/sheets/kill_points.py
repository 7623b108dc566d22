"""What the children of `tests.killing` do with a sheet: work, count, die, look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from tests.factories.moments import NOON
from tests.factories.sheets import COUNTY, book_of
from tests.killing import watched

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.sheets import receiving, tasks, working
from xiuhua.apps.sheets.kinds import kind_get
from xiuhua.apps.sheets.models import Sheet, SheetRow
from xiuhua.apps.sheets.rules import Step


ROWS = 3
HEADS = ("户编号", "帮扶责任人", "帮扶单位", "结对开始时间")


def counted(job: dict[str, Any], number: int) -> dict[str, Any]:
    """Work to the end and say how many events there are."""
    events = watched(0)
    with region_scope([COUNTY]):
        _work(job, number)
    return {"events": events[0]}


def killed(job: dict[str, Any], number: int, at: int) -> str:
    """Work and die at an event."""
    watched(at)
    with region_scope([COUNTY]):
        _work(job, number)
    return "came through"


def seen(job: dict[str, Any], number: int) -> dict[str, Any]:
    """Say what is there, take the work up again, and say what is there then."""
    with region_scope([COUNTY]):
        before = _state(job, number)
        stalled = working.stalled_list(at=NOON + timedelta(minutes=11)).count()
        _work(job, number)
        sheet = Sheet.objects.get(once=f"sheet-{number}")
        done = Entry.objects.filter(
            action="sheets.sheet.applied", target_id=str(sheet.pk)
        )
        return {
            "before": before,
            "stalled": stalled,
            "after": _state(job, number),
            "state": sheet.state,
            "doing": sheet.doing,
            "again": working.sheet_work(sheet_id=sheet.pk, clock=lambda: NOON),
            "applied": done.count(),
        }


def _work(job: dict[str, Any], number: int) -> None:
    """Do what the page and the workers do until a sheet is taken over."""
    connection.close()
    # Every sheet is left to a worker, in this child alone.
    for module, name in (
        (receiving, "AT_ONCE_BYTES"),
        (tasks, "AT_ONCE_BYTES"),
        (tasks, "AT_ONCE_ROWS"),
    ):
        setattr(module, name, 0)
    by = Post.objects.select_related("user").get(pk=job["post"])
    rows = [
        (home, f"帮手{home}", "县水务局", "2019-06-01") for home in _homes(job, number)
    ]
    received = receiving.received(
        kind_get("pairings"),
        book_of([HEADS, *rows]),
        name="结对.xlsx",
        usual={},
        region=COUNTY,
    )
    sheet = tasks.sheet_send(
        kind="pairings", received=received, once=f"sheet-{number}", by=by, at=NOON
    )
    while sheet.state != "applied":
        if sheet.doing:
            assert working.sheet_work(sheet_id=sheet.pk, clock=lambda: NOON) == "done"
        else:
            tasks.step_take(
                sheet=sheet, step=Step.APPLY, version=sheet.version, by=by, at=NOON
            )
        sheet.refresh_from_db()


def _state(job: dict[str, Any], number: int) -> list[int]:
    """Pairings, and rows that name what they made, of this number's sheet."""
    mine = Pairing.objects.filter(household__number__in=_homes(job, number))
    made = SheetRow.objects.filter(sheet__once=f"sheet-{number}", made__isnull=False)
    return [mine.count(), made.count()]


def _homes(job: dict[str, Any], number: int) -> list[str]:
    homes: list[str] = job["homes"]
    return homes[number * ROWS : (number + 1) * ROWS]
