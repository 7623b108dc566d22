from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories import assessments as make
from tests.factories.registry import make_household

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.models import Fault, Judgement, Shortfall, Tally
from xiuhua.apps.registry.models import Person


pytestmark = pytest.mark.usefixtures("each_database")


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_constraint_assessments_adoption_open_once():
    make.make_adoption()

    refused(make.make_adoption)


def test_constraint_assessments_adoption_ends_after_start():
    refused(lambda: make.make_adoption(valid_to=date(2017, 12, 31)))


def test_constraint_assessments_adoption_on_a_document():
    refused(lambda: make.make_adoption(document=""))


def test_constraint_assessments_adoption_unit_exists():
    refused(lambda: make.make_adoption(unit="nation"))


def test_constraint_assessments_judgement_once():
    household = make_household()
    make.make_judgement(household)

    refused(lambda: make.make_judgement(household))


def test_constraint_assessments_judgement_marked():
    refused(lambda: make.make_judgement(overall="4"))


def test_constraint_assessments_shortfall_once():
    household = make_household()
    make.make_shortfall(household)

    refused(lambda: make.make_shortfall(household))


def test_constraint_assessments_shortfall_falls_short():
    refused(lambda: make.make_shortfall(verdict="2"))


def test_constraint_assessments_tally_cell_once():
    make.make_tally()

    refused(make.make_tally)


def test_constraint_assessments_tally_not_below_zero():
    refused(lambda: make.make_tally(persons=-1))


def test_constraint_assessments_tally_day_once():
    make.make_tally_day()

    refused(make.make_tally_day)


def test_constraint_assessments_run_state():
    refused(lambda: make.make_run(state="lost"))


def test_constraint_assessments_run_done_with_hashes():
    refused(lambda: make.make_run(state="done", snapshot_hash="a"))


def test_constraint_assessments_fault_of_person_once():
    household = make_household()
    person = Person.unscoped.filter(household=household).first()
    make.make_fault(household, person=person)

    refused(lambda: make.make_fault(household, person=person))


def test_constraint_assessments_fault_of_household_once():
    household = make_household()
    make.make_fault(household)

    refused(lambda: make.make_fault(household))


def test_rows_of_other_regions_are_not_seen():
    make.make_judgement()
    make.make_shortfall(make_household())
    make.make_tally("990101")
    make.make_fault(make_household())

    with region_scope(["990102"]):
        assert not Judgement.objects.exists()
        assert not Shortfall.objects.exists()
        assert not Tally.objects.exists()
        assert not Fault.objects.exists()
    with region_scope(["990101"]):
        assert Judgement.objects.count() == 1
        assert Fault.objects.count() == 1
