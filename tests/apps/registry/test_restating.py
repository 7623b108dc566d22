"""Values that have held since earlier; households named after their head."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.moments import NOON
from tests.factories.regions import make_region
from tests.factories.registry import HEAD, VILLAGE, make_clerk, make_household

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.exchange.models import Keying
from xiuhua.apps.registry.acts.restating import RESTATE, NothingDiffers, check_written
from xiuhua.apps.registry.acts.rows import HouseholdRow, PersonRow
from xiuhua.apps.registry.history import household_as_of
from xiuhua.apps.registry.initials import initials_of
from xiuhua.apps.registry.models import Change, Household, Person
from xiuhua.apps.registry.services.bulk import changes_apply, changes_undo
from xiuhua.apps.registry.services.households import household_correct
from xiuhua.apps.registry.services.persons import person_correct


pytestmark = pytest.mark.usefixtures("each_database")
LATER = NOON + timedelta(hours=1)
MARCH, MAY = date(2019, 3, 1), date(2019, 5, 1)


def correct(household: Household, since: date, **said) -> Household:
    household.refresh_from_db()
    return household_correct(
        household_id=household.pk,
        version=household.version,
        valid_from=since,
        by=make_clerk(),
        at=LATER,
        **said,
    )


def group_on(household: Household, day: date) -> object:
    clerk = make_clerk()
    with region_scope([clerk.region_id]):
        then = household_as_of(viewer=clerk, household_id=household.pk, as_of=day)
    return then.values.get("village_group")


def test_a_value_can_be_said_to_have_held_since_earlier():
    household = make_household()
    correct(household, MAY, values={"village_group": "二组"})
    opened = Keying.unscoped.count()
    assert group_on(household, MARCH) == "一组"

    done = correct(
        household,
        MARCH,
        values={"village_group": "二组", "phone": "139"},
        restated=True,
    )

    assert done.version == 3
    assert group_on(household, MARCH) == "二组"
    assert group_on(household, date(2019, 2, 1)) == "一组"
    change = Change.unscoped.filter(household=household).latest("pk")
    assert (change.act, change.valid_from) == (RESTATE, MARCH)
    # The phone was known to be so since January.
    assert (change.old, change.new) == (
        {"village_group": "一组"},
        {"village_group": "二组"},
    )
    assert Keying.unscoped.count() == opened


def test_what_differs_is_corrected_and_the_rest_restated_in_one_act():
    household = make_household()
    correct(household, MAY, values={"village_group": "二组"})

    correct(
        household,
        MARCH,
        values={"village_group": "二组", "phone": "137"},
        restated=True,
    )

    acts = Change.unscoped.filter(household=household).order_by("-pk")[:2]
    assert [(c.act, set(c.new)) for c in acts] == [
        ("correct", {"phone"}),
        (RESTATE, {"village_group"}),
    ]


def test_saying_what_is_known_writes_nothing_and_is_refused_as_nothing():
    household = make_household()
    before = Change.unscoped.count()

    done = correct(household, MAY, values={"village_group": "一组"}, restated=True)

    assert (done.version, Change.unscoped.count()) == (1, before)
    with pytest.raises(NothingDiffers):
        check_written(done, 1)
    check_written(done, 0)


def test_a_sealed_value_of_a_person_stays_sealed_in_what_is_restated():
    household = make_household(persons=[{**HEAD, "id_number": None}])
    person = Person.unscoped.get(household=household)
    said = {"values": {"id_number": HEAD["id_number"]}, "by": make_clerk(), "at": LATER}

    for version, since in ((1, MAY), (2, MARCH)):
        person_correct(
            person_id=person.pk,
            version=version,
            valid_from=since,
            restated=version == 2,
            **said,
        )

    change = Change.unscoped.filter(person=person).latest("pk")
    assert (change.act, change.valid_from, change.row_version) == (RESTATE, MARCH, 3)
    assert HEAD["id_number"] not in str(change.new)


def lay(persons: list[PersonRow], households: tuple[HouseholdRow, ...] = ()):
    make_region(VILLAGE)
    return changes_apply(
        households=households,
        persons=persons,
        source="人.xlsx",
        by=make_clerk(),
        at=LATER,
    )


@pytest.fixture
def household(each_database) -> Household:
    household = make_household()
    Person.unscoped.filter(household=household, relation_to_head="head").update(
        number="P1"
    )
    return household


def row(household: Household, **said) -> PersonRow:
    usual = {"values": {"name": "王大明"}, "valid_from": MAY, "version": 1}
    return PersonRow("P1", household.number, **usual | said)


def test_a_household_follows_its_head_in_an_import_and_back(household):
    batch = lay([row(household)])

    household.refresh_from_db()
    assert household.head_name == "王大明"
    assert household.name_initials == initials_of("王大明")
    assert household.version == 2
    changes_undo(batch_id=batch.pk, by=make_clerk(), at=LATER)
    household.refresh_from_db()
    assert household.head_name == HEAD["name"]
    assert household.name_initials == initials_of(HEAD["name"])


def test_a_household_the_import_names_itself_does_not_follow(household):
    said = HouseholdRow(household.number, {"head_name": "王老"}, MAY, 1)

    lay([row(household)], (said,))

    household.refresh_from_db()
    assert household.head_name == "王老"


def test_who_becomes_the_head_lends_the_household_name_and_number(household):
    old = Person.unscoped.get(household=household, number="P1")
    child = Person.unscoped.exclude(pk=old.pk).get(household=household)
    lay(
        [
            row(household, values={"relation_to_head": "father"}),
            PersonRow(
                child.number,
                household.number,
                {"relation_to_head": "head"},
                MAY,
                version=1,
            ),
        ]
    )

    household.refresh_from_db()
    assert household.head_name == child.name
