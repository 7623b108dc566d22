"""Set and change drives: one act, one transaction, one event, one audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.chained import chained
from xiuhua.apps.ledger.codes import Kind, Source
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.supervision.acts.counting import drive_recount
from xiuhua.apps.supervision.models import (
    Drive,
    DriveEvent,
    DriveKind,
    DriveRegion,
    Shock,
)
from xiuhua.apps.supervision.rules import (
    DriveUnfit,
    Said,
    check_drive,
    check_shock,
)
from xiuhua.core.errors import XiuhuaError


_COPIED: Final = ("name", "kind", "starts_on", "ends_on", "reserve_days", "document")
_LISTS: Final = ("sources", "classes", "indicators")


class DriveChanged(XiuhuaError):
    """Somebody else changed the drive since it was shown."""

    code = "supervision.drive_changed"


@transaction.atomic
def drive_set(*, said: Said, once: str, by: Post, at: datetime) -> Drive:
    """Set a drive; the same key of a form again returns the first.

    Raises:
        NotPermitted: when the post sets no drives for one of the regions.
        NotInForce: when one of the regions does not exist.
        DriveUnfit: when it has no sense.
    """
    _check(said, by, at)
    drive, made = Drive.unscoped.get_or_create(
        once=once,
        defaults={
            "region_id": by.region_id,
            "set_at": at,
            **_columns(said),
        },
    )
    if made:
        _regions_put(drive, said)
        drive_recount(drive)
        _recorded(drive, "set", _told(said), by, at)
    return drive


@transaction.atomic
def drive_correct(
    *, drive_id: int, version: int | None, said: Said, by: Post, at: datetime
) -> Drive:
    """Change a drive as it was shown; what it counts is counted anew.

    Raises:
        DriveChanged: when somebody changed it meanwhile.
        NotPermitted: when the post sets no drives for a region of it, old or new.
        DriveUnfit: when it has no sense.
    """
    drive = _locked(drive_id, version, by)
    _check(said, by, at)
    for name, value in _columns(said).items():
        setattr(drive, name, value)
    DriveRegion.unscoped.filter(drive=drive).delete()
    _regions_put(drive, said)
    # Those read before are another drive's now.
    del drive.codes
    drive_recount(drive)
    _recorded(drive, "corrected", _told(said), by, at)
    return drive


@transaction.atomic
def shock_record(
    *,
    drive_id: int,
    version: int | None,
    name: str,
    starts_on: date,
    ends_on: date,
    once: str,
    by: Post,
    at: datetime,
) -> Shock:
    """Record what held a drive up, from a day to a day, both counted.

    Raises:
        DriveChanged: when somebody changed the drive meanwhile.
        NotPermitted: when the post sets no drives there.
        DriveUnfit: when it has no name, no end, or lies outside the drive.
    """
    made = Shock.objects.filter(once=once, drive_id=drive_id).first()
    if made is not None:
        return made
    drive = _locked(drive_id, version, by)
    check_shock(name, starts_on, ends_on, drive.said)
    shock = Shock.objects.create(
        drive=drive, once=once, name=name.strip(), starts_on=starts_on, ends_on=ends_on
    )
    told = {"name": shock.name, "from": starts_on, "to": ends_on}
    _recorded(drive, "shock_recorded", told, by, at)
    return shock


def _locked(drive_id: int, version: int | None, by: Post) -> Drive:
    drive = Drive.unscoped.select_for_update().filter(pk=drive_id).first()
    if drive is None:
        raise DriveUnfit("there is no such drive here")
    for code in (drive.region_id, *drive.codes):
        check_permitted(by.state, Permission.DRIVE_EDIT, region=code)
    if drive.version != version:
        raise DriveChanged("the drive was changed meanwhile: look at it again")
    return drive


def _check(said: Said, by: Post, at: datetime) -> None:
    check_drive(said)
    today = timezone.localtime(at).date()
    for code in said.regions:
        check_permitted(by.state, Permission.DRIVE_EDIT, region=code)
        regions.region_get(code=code, as_of=today)
    lists = {"sources": Source.values, "classes": Kind.values}
    for name, known in lists.items():
        if not set(getattr(said, name)) <= set(known):
            raise DriveUnfit("a source or class is none of theirs")
    if said.kind not in DriveKind.values:
        raise DriveUnfit("choose what kind of drive it is")


def _columns(said: Said) -> dict[str, Any]:
    return {name: getattr(said, name) for name in _COPIED} | {
        name: sorted(getattr(said, name)) for name in _LISTS
    }


def _regions_put(drive: Drive, said: Said) -> None:
    DriveRegion.unscoped.bulk_create(
        [DriveRegion(drive=drive, region_id=code) for code in sorted(said.regions)]
    )


def _told(said: Said) -> dict[str, Any]:
    """Return a drive as its event tells it."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(said).items()}


def _recorded(
    drive: Drive, done: str, told: Mapping[str, Any], by: Post, at: datetime
) -> None:
    event = DriveEvent(drive=drive, act=done, old_state="", new_state="")
    chained(event, said=told, by=by.actor, at=at)
    audit.entry_append(
        action=f"supervision.drive.{done}",
        target="supervision.drive",
        target_id=str(drive.pk),
        target_label=drive.name,
        region_code=drive.region_id,
        by=by.actor,
        at=at,
        new={"event": event.digest},
        order_number=drive.document,
    )
