"""Every constraint, broken once; versions and events that cannot be changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.factories.moments import NOON
from tests.factories.plans import (
    make_agreed,
    make_measure,
    make_measure_evidence,
    make_plan,
    make_plan_event,
    make_plan_tally,
    make_plan_version,
    make_signed_paper,
)
from tests.factories.registry import make_person

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.plans.models import Plan


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def _again(row, **changed):
    row.pk = None
    for name, value in changed.items():
        setattr(row, name, value)
    refused(row.save)


def _changed(row, **changed):
    refused(lambda: type(row).objects.filter(pk=row.pk).update(**changed))


def test_constraint_plans_plan_one_a_household_and_year():
    _again(make_plan())


def test_constraint_plans_plan_one_a_person_and_year():
    person = make_person(id_number="990101193303199119")
    household = person.household
    of_person = {"region_id": household.village_id, "household": household}
    Plan.objects.create(**of_person, person=person, year=2019)
    Plan.objects.create(**of_person, year=2019)

    refused(lambda: Plan.objects.create(**of_person, person=person, year=2019))


def test_constraint_plans_plan_person_of_a_household():
    person = make_person()
    village = person.household.village_id

    refused(lambda: Plan.objects.create(region_id=village, person=person, year=2019))


def test_constraint_plans_plan_one_a_village_and_year():
    village = make_plan().region_id
    Plan.objects.create(region_id=village, year=2019)

    refused(lambda: Plan.objects.create(region_id=village, year=2019))


def test_constraint_plans_plan_track_listed():
    _changed(make_plan(), track="luck")


def test_constraint_plans_plan_closing_is_signed():
    _changed(make_plan(), closed_at=NOON)


def test_constraint_plans_measure_class_listed():
    _changed(make_measure(), kind="magic")


def test_constraint_plans_measure_state_listed():
    _changed(make_measure(), state="somewhere")


def test_constraint_plans_measure_starts_before_its_end():
    _changed(make_measure(), starts_on=date(2030, 1, 1))


def test_constraint_plans_measure_delivery_is_signed():
    _changed(make_agreed(), state="done")


def test_constraint_plans_measure_checked_off_by_another():
    _changed(
        make_agreed(),
        state="checked_off",
        finished_at=NOON,
        finished_by="li",
        checked_at=NOON,
        checked_by="li",
    )


def test_constraint_plans_evidence_once():
    _again(make_measure_evidence())


def test_constraint_plans_evidence_kind_listed():
    _changed(make_measure_evidence(), kind="rumour")


def test_constraint_plans_paper_once():
    _again(make_signed_paper())


def test_constraint_plans_paper_signer_listed():
    _changed(make_signed_paper(), signer="neighbor")


def test_constraint_plans_version_number_once():
    _again(make_plan_version())


def test_constraint_plans_version_later_ones_have_a_reason():
    _again(make_plan_version(), number=2)


def test_constraint_plans_event_number_once():
    _again(make_plan_event())


@pytest.mark.parametrize("make", [make_plan_event, make_plan_version])
def test_what_happened_and_what_was_agreed_cannot_be_changed(make):
    row = make()

    for act in (
        lambda: type(row).objects.filter(pk=row.pk).update(actor="nobody"),
        lambda: type(row).objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_constraint_plans_tally_once():
    _again(make_plan_tally())


def test_constraint_plans_tally_not_below_zero():
    _changed(make_plan_tally(), number=-1)
