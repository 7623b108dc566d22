"""Drives, made through the services."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.ledger import COUNTY, make_problem
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.supervision import services as supervision
from xiuhua.apps.supervision.models import (
    Drive,
    DriveEvent,
    DriveRegion,
    DriveTally,
    Shock,
)
from xiuhua.apps.supervision.rules import Said


_keys = count(1)


def once() -> str:
    """Return the key of another form."""
    return f"drive-{next(_keys)}"


def said(**changed: Any) -> Said:
    """Return a drive of a hundred days in the county."""
    usual: dict[str, Any] = {
        "name": "百日冲刺",
        "kind": "sprint",
        "regions": (COUNTY,),
        "starts_on": TODAY,
        "ends_on": date(2019, 10, 1),
        "reserve_days": 10,
        "document": "县扶组 2019 年 8 号",
    }
    return Said(**usual | changed)


def make_drive(by: Post | None = None, **changed: Any) -> Drive:
    """Set a drive."""
    wanted = said(**changed)
    for code in wanted.regions:
        make_region(code)
    return supervision.drive_set(
        said=wanted, once=once(), by=by or make_post("county_office", COUNTY), at=NOON
    )


def make_drive_region() -> DriveRegion:
    """Return the region of a drive."""
    return make_drive().regions.get()


def make_drive_event() -> DriveEvent:
    """Return the first event of a drive."""
    return make_drive().events.get()


def make_shock(drive: Drive | None = None, **changed: Any) -> Shock:
    """Record an epidemic of ten days."""
    drive = drive or make_drive()
    usual: dict[str, Any] = {
        "name": "疫情",
        "starts_on": date(2019, 7, 1),
        "ends_on": date(2019, 7, 10),
    }
    return supervision.shock_record(
        drive_id=drive.pk,
        version=drive.version,
        once=once(),
        by=make_post("county_office", COUNTY),
        at=NOON,
        **usual | changed,
    )


def make_drive_tally() -> DriveTally:
    """Return the tally of a county after one problem was registered in a drive."""
    drive = make_drive()
    make_problem()
    return DriveTally.objects.get(drive=drive, region_code=COUNTY)
