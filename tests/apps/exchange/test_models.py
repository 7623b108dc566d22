"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction
from tests.factories.exchange import (
    make_conflict_choice,
    make_download,
    make_keying,
    make_mapping,
    make_upload,
)
from tests.factories.moments import NOON
from tests.factories.registry import make_household, make_person

from xiuhua.apps.exchange.models import Keying, Upload


pytestmark = pytest.mark.usefixtures("each_database")


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def updated(row, **said) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**said)


def test_constraint_exchange_upload_promoted_by_somebody():
    assert refused(lambda: updated(make_upload(), promoted_at=NOON))


def test_constraint_exchange_upload_undone_after_promoted():
    upload = make_upload()

    assert refused(lambda: updated(upload, undone_at=NOON, undone_by=upload.post))
    assert refused(lambda: updated(upload, undone_at=NOON))


def test_constraint_exchange_upload_state_listed():
    assert refused(lambda: updated(make_upload(), state="lost"))


def test_constraint_exchange_upload_origin_listed():
    assert refused(lambda: updated(make_upload(), origin="moon"))


def test_constraint_exchange_choice_once():
    upload = make_upload()
    make_conflict_choice(upload=upload)

    assert refused(lambda: make_conflict_choice(upload=upload))


def test_constraint_exchange_choice_listed():
    assert refused(lambda: make_conflict_choice(choice="both"))


def test_constraint_exchange_mapping_once():
    mapping = make_mapping()

    assert refused(lambda: make_mapping(post=mapping.post))


def test_constraint_exchange_keying_household_once():
    keying = make_keying()
    twin = {"household": keying.household, "level": "household", "field": "phone"}
    twin |= {"position": 8, "changed_at": NOON, "changed_by": "li"}

    assert refused(lambda: Keying.unscoped.create(**twin))
    Keying.unscoped.create(**twin, done_at=NOON, done_by="li")


def test_constraint_exchange_keying_person_once():
    person = make_person()
    twin = {"household": person.household, "person": person, "level": "person"}
    twin |= {"field": "name", "position": 90, "changed_at": NOON, "changed_by": "li"}
    Keying.unscoped.filter(household=person.household).delete()
    Keying.unscoped.create(**twin)

    assert refused(lambda: Keying.unscoped.create(**twin))


def test_constraint_exchange_keying_done_by_somebody():
    assert refused(lambda: updated(make_keying(), done_at=NOON))
    assert refused(
        lambda: updated(make_keying(household=make_household()), done_by="li")
    )


def test_constraint_exchange_download_ready_expires():
    assert refused(lambda: updated(make_download(), ready_at=NOON))


def test_an_upload_says_its_file():
    assert str(Upload(pk=3, file_name="户.xlsx")) == "3: 户.xlsx"
