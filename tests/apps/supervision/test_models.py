"""Every constraint, broken once; events that cannot be changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.factories.supervision import (
    make_drive,
    make_drive_event,
    make_drive_region,
    make_drive_tally,
    make_shock,
)

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.supervision.models import Drive, DriveEvent, DriveTally
from xiuhua.apps.supervision.selectors import broken_chain_list


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def _changed(row, **changed):
    refused(lambda: type(row).objects.filter(pk=row.pk).update(**changed))


def _again(row):
    row.pk = None
    refused(row.save)


def test_constraint_supervision_drive_ends_after_start():
    drive = make_drive()

    _changed(drive, ends_on=drive.starts_on)


def test_constraint_supervision_drive_on_a_document():
    _changed(make_drive(), document="")


def test_constraint_supervision_drive_kind_listed():
    _changed(make_drive(), kind="parade")


def test_constraint_supervision_region_once():
    _again(make_drive_region())


def test_constraint_supervision_shock_has_an_end():
    shock = make_shock()

    _changed(shock, ends_on=shock.starts_on - timedelta(days=1))


def test_constraint_supervision_tally_once():
    _again(make_drive_tally())


def test_constraint_supervision_tally_adds_up():
    _changed(make_drive_tally(), struck_off=2)


def test_constraint_supervision_event_number_once():
    _again(make_drive_event())


def test_an_event_of_a_drive_is_never_changed():
    event = make_drive_event()

    with pytest.raises(DatabaseError), transaction.atomic():
        DriveEvent.objects.filter(pk=event.pk).update(said={})
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()


def test_a_chain_that_was_tampered_with_is_named():
    drive = make_drive()
    assert list(broken_chain_list([drive])) == []

    Drive.objects.filter(pk=drive.pk).update(events_digest="0" * 64)

    drive.refresh_from_db()
    assert list(broken_chain_list([drive])) == [drive.name]


def test_a_tally_lies_in_the_scope_of_its_region():
    tally = make_drive_tally()

    with region_scope(["990101101"]):
        assert not DriveTally.objects.filter(pk=tally.pk).exists()
