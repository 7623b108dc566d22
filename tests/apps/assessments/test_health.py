from __future__ import annotations

import csv
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.apps.assessments.loading import CASES, OF_CASE, load_case, make_regions
from tests.factories.accounts import make_post
from tests.factories.assessments import make_completeness
from tests.factories.moments import NOON
from tests.factories.registry import make_household

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.health import (
    completeness_counted,
    households_checked,
    region_checked,
)
from xiuhua.apps.assessments.models import Completeness, Fault
from xiuhua.apps.assessments.selectors import health
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.intake.faults import FAULT_KINDS


pytestmark = pytest.mark.usefixtures("each_database")
REGION, AS_OF, _ = OF_CASE["county-2019"]


def expected_faults():
    with (CASES / "county-2019" / "expected-faults.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    # A person under no household is turned away at the door, never stored.
    return {
        (row["kind"], row["household_id"], row["person_id"])
        for row in rows
        if row["kind"] != "orphan_person"
    }


def test_every_fault_of_the_county_is_found_and_none_more():
    load_case("county-2019")

    region_checked(REGION, as_of=AS_OF, at=NOON)

    found = {
        (kind, household, person or "")
        for kind, household, person in Fault.unscoped.values_list(
            "kind", "household__number", "person__number"
        )
    }
    expected = expected_faults()
    assert len(expected) > 20
    assert found == expected


def two_of_one_number():
    make_regions(["990101101201"])
    first, second = make_household(), make_household()
    Household.unscoped.filter(pk=second.pk).update(village_id="990101101201")
    return first, second


def test_a_mended_household_loses_its_fault_and_so_does_the_one_it_clashed_with():
    first, second = two_of_one_number()
    households_checked([second.pk], as_of=AS_OF, at=NOON)
    clashing = Fault.unscoped.filter(kind="id_duplicate")
    assert set(clashing.values_list("household", flat=True)) == {first.pk, second.pk}

    head = Person.unscoped.filter(household=second, relation_to_head="head").get()
    assert str(
        Person.unscoped.exclude(pk=head.pk)
        .filter(household=first, relation_to_head="head")
        .get()
        .pk
    ) in (clashing.get(person=head).others)
    head.id_number = None
    head.save()
    households_checked([second.pk], as_of=AS_OF, at=NOON)

    assert not Fault.unscoped.filter(kind="id_duplicate").exists()


def test_faults_are_added_up_by_kind_village_and_person_in_charge():
    first, second = two_of_one_number()
    Household.unscoped.filter(pk=first.pk).update(helper_name="李四")
    region_checked("990101", as_of=AS_OF, at=NOON)
    viewer = make_post("county_office", "990101")

    with region_scope(["990101"]):
        kinds = {f.key: f.faults for f in health.faults_by(viewer=viewer, what="kind")}
        helpers = {f.key for f in health.faults_by(viewer=viewer, what="helper")}
        villages = health.faults_by(viewer=viewer, what="village")
        others = health.others_shown(
            viewer=viewer, faults=list(health.fault_list(viewer=viewer))
        )
        words = health.fault_words(health.fault_list(viewer=viewer).first(), "zh")

    assert any(second.number in text for text in others.values())
    assert kinds["id_duplicate"] == 2
    assert helpers == {"李四", ""}
    assert villages[0].households == 2
    assert all(words)
    with region_scope(["990102"]):
        assert not health.fault_list(viewer=viewer)


def test_every_kind_has_a_label_without_gaps():
    for language in ("zh", "en"):
        for kind in FAULT_KINDS:
            label = health.kind_label(kind, language)
            assert label and "{" not in label and "()" not in label, label


def test_completeness_demands_what_everybody_has():
    household = make_household()
    viewer = make_post("county_office", "990101")
    completeness_counted(within("990101", "village_id"))

    with region_scope(["990101"]):
        filled = {
            (f.level, f.field): f for f in health.completeness_list(viewer=viewer)
        }
        missing = health.missing_list(viewer=viewer, level="household", field="phone")
        lacking = health.missing_list(viewer=viewer, level="person", field="ethnicity")
        parts = health.completeness_by_part(viewer=viewer, region="990101", length=9)

        assert filled["household", "main_cause"].missing == 0
        assert filled["household", "housing_grade"].missing == 1
        assert ("household", "exit_year") in filled
        assert filled["household", "exit_year"].wanted == 0
        assert filled["person", "ethnicity"].missing == 2
        assert not missing.exists()
        assert [h.pk for h in lacking] == [household.pk]
        wanted, done = parts["990101101"]
        assert 0 < done < wanted


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_constraint_assessments_completeness_once():
    make_completeness()

    refused(make_completeness)


def test_constraint_assessments_completeness_at_most_whole():
    refused(lambda: make_completeness(filled=3))


def test_a_village_counts_its_own_rows_alone():
    make_household()
    completeness_counted(within("990101", "village_id"))
    make_household("990101102201", valid_from=date(2019, 1, 1))
    completeness_counted(within("990101102201", "village_id"))

    villages = set(Completeness.unscoped.values_list("village_id", flat=True))
    assert villages == {"990101101201", "990101102201"}
