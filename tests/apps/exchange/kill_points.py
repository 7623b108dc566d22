"""What the children of `tests.killing` do with an upload: work, count, die, look."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from tests.factories.exchange import (
    HOUSEHOLD_HEAD,
    PERSON_HEAD,
    home,
    member,
    workbook_bytes,
)
from tests.factories.moments import NOON
from tests.killing import watched

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.exchange import tasks, working
from xiuhua.apps.exchange.models import Upload
from xiuhua.apps.exchange.rules import Origin
from xiuhua.apps.exchange.services import uploads
from xiuhua.apps.registry.models import Change, Household, Person


ROWS = 6


def counted(job: dict[str, Any], number: int) -> dict[str, Any]:
    """Work to the end and say how many events there are."""
    events = watched(0)
    _work(job["post"], number)
    return {"events": events[0]}


def killed(job: dict[str, Any], number: int, at: int) -> str:
    """Work and die at an event."""
    watched(at)
    _work(job["post"], number)
    return "came through"


def seen(job: dict[str, Any], number: int) -> dict[str, Any]:
    """Say what is there, take the work up again, and say what is there then."""
    before = _state(number)
    upload = Upload.unscoped.filter(file_name=_name(number)).first()
    if upload is None:
        _work(job["post"], number)
    else:
        _finish(upload)
    upload = Upload.unscoped.get(file_name=_name(number))
    again = working.upload_lay(upload_id=upload.pk, clock=lambda: NOON)
    folder = Path(settings.DATA_DIR, "exchange")
    kept = sorted(p.name for p in (folder / "uploads" / upload.key).iterdir())
    return {
        "before": before,
        "after": _state(number),
        "state": upload.state,
        "again": again,
        "kept": ["source", upload.staged] == kept,
        "scratch": len(list((folder / "scratch").iterdir())),
    }


def _work(post: int, number: int) -> None:
    connection.close()
    clerk = Post.unscoped.select_related("user").get(pk=post)
    data = workbook_bytes(
        {
            "户": [HOUSEHOLD_HEAD, *(home(n) for n in _numbers(number))],
            "人": [PERSON_HEAD, *(member(n) for n in _numbers(number))],
        }
    )
    upload = tasks.upload_send(
        source=io.BytesIO(data),
        name=_name(number),
        size=len(data),
        origin=Origin.NATIONAL,
        made_at=NOON,
        clears=False,
        by=clerk,
        at=NOON,
    )
    _finish(upload)


def _finish(upload: Upload) -> None:
    """Do what workers do until the upload is promoted, from wherever it is."""
    if upload.state in ("received", "reading"):
        working.upload_read(upload_id=upload.pk, clock=lambda: NOON)
    upload.refresh_from_db()
    if upload.state == "compared":
        uploads.upload_order(
            upload_id=upload.pk, version=upload.version, by=upload.post, at=NOON
        )
    working.upload_lay(upload_id=upload.pk, clock=lambda: NOON)


def _state(number: int) -> list[int]:
    """Households, persons and changes of this number's file."""
    homes = [home(n)[0] for n in _numbers(number)]
    return [
        Household.unscoped.filter(number__in=homes).count(),
        Person.unscoped.filter(household__number__in=homes).count(),
        Change.unscoped.filter(household__number__in=homes).count(),
    ]


def _numbers(number: int) -> range:
    return range(number * ROWS, (number + 1) * ROWS)


def _name(number: int) -> str:
    return f"{number}.xlsx"
