"""What was, who sees how much of it, and the totals of any day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import MAPPER, make_region
from tests.factories.registry import (
    HEAD,
    VILLAGE,
    later,
    make_clerk,
    make_household,
    make_income_statement,
)

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import ScopeMissing, region_scope
from xiuhua.apps.regions import services as regions
from xiuhua.apps.registry import history
from xiuhua.apps.registry.masking import HIDDEN, Showing, shown
from xiuhua.apps.registry.models import Person
from xiuhua.apps.registry.selectors import HouseholdNotFound
from xiuhua.apps.registry.services.households import household_correct
from xiuhua.apps.registry.services.moves import household_move
from xiuhua.apps.registry.services.villages import village_succeed
from xiuhua.apps.registry.totals import (
    part_totals_as_of,
    poor_of,
    region_totals_as_of,
)
from xiuhua.core.dictionary.reader import load_dictionary


pytestmark = pytest.mark.usefixtures("each_database")
SPRING = date(2019, 4, 1)
COUNTY = "990101"


def test_history_is_read_newest_first_and_masked():
    household = make_household()
    viewer = make_clerk()
    values = {"bank_account": "6222000011112222", "phone": "138"}
    household_correct(
        household_id=household.pk, version=1, values=values, **later(by=viewer)
    )

    with region_scope([viewer.region_id]):
        changes = history.change_list(viewer=viewer, household_id=household.pk)
        lines = history.history_lines(viewer=viewer, changes=changes)
        phones = history.field_history(
            viewer=viewer, household_id=household.pk, column="phone"
        )
    bureau = make_post("sector_bureau", COUNTY, sector="health")
    theirs = history.history_lines(viewer=bureau, changes=changes)

    assert [line.act for line in lines] == ["correct"] + ["register"] * 3
    account, phone = lines[0].fields
    assert (account.column, account.old, account.new) == ("bank_account", None, HIDDEN)
    assert account.showing is Showing.ON_REQUEST
    assert (phone.old, phone.new, phone.showing) == ("139", "138", Showing.FULL)
    assert [(line.fields[-1].old is None) for line in phones] == [False, True]
    assert "6222" not in str(lines)
    assert HEAD["id_number"] not in str(lines)
    for private in ("138", "139", "王小明", "1933-"):
        assert private not in str(theirs)


def test_history_of_elsewhere_is_not_found():
    household = make_household("990101102201")
    viewer = make_clerk()

    with pytest.raises(ScopeMissing):
        history.change_list(viewer=viewer, household_id=household.pk)
    with region_scope([viewer.region_id]), pytest.raises(HouseholdNotFound):
        history.household_as_of(viewer=viewer, household_id=household.pk, as_of=TODAY)


def test_a_household_is_seen_as_of_a_day_and_as_known_then():
    household = make_household()
    make_income_statement(household)
    viewer = make_clerk()
    household_correct(
        household_id=household.pk,
        version=1,
        values={"phone": "138", "head_id_number": "990101200002290118"},
        **later(valid_from=SPRING, at=NOON + timedelta(hours=1)),
    )

    def then(as_of, known_at=None):
        with region_scope([viewer.region_id]):
            return history.household_as_of(
                viewer=viewer,
                household_id=household.pk,
                as_of=as_of,
                known_at=known_at,
            )

    assert not then(date(2018, 12, 31)).exists
    assert then(date(2019, 3, 31)).values["phone"] == "139"
    assert then(SPRING).values["phone"] == "138"
    assert then(SPRING).values["head_id_number"] == "990101200002290118"
    assert then(SPRING, NOON).values["phone"] == "139"
    assert [m["name"] for m in then(SPRING).members] == ["王小明", "王丽"]
    assert then(SPRING).members[0]["birth_date"] == HEAD["birth_date"]
    assert str(then(SPRING).incomes[0]["wage_income"]) == "12000.00"


@pytest.mark.parametrize(
    ("role", "name", "birth", "number"),
    [
        ("township_clerk", Showing.FULL, Showing.FULL, Showing.ON_REQUEST),
        ("helper", Showing.FULL, Showing.FULL, Showing.MASKED),
        ("sector_bureau", Showing.MASKED, Showing.MASKED, Showing.MASKED),
    ],
)
def test_masking_goes_by_role(role, name, birth, number):
    region = {"helper": VILLAGE, "sector_bureau": COUNTY}.get(role, "990101101")
    sector = {"sector": "health"} if role == "sector_bureau" else {}
    post = make_post(role, region, **sector)
    person = Person.unscoped.get(household=make_household(), relation_to_head="head")

    fields = load_dictionary().level("person").by_name
    columns = ["name", "birth_date", "id_number", "phone"]
    seen = {n: shown(fields[n], getattr(person, n), post.rights) for n in columns}

    assert [seen[n].showing for n in columns[:3]] == [name, birth, number]
    assert seen["name"].value == ("王小明" if name is Showing.FULL else "王**")
    assert seen["birth_date"].value in (person.birth_date, "1933")
    assert seen["id_number"].value == HIDDEN
    assert seen["phone"].value is None


def totals(region: str, day: date) -> tuple[int, int]:
    viewer = make_post("county_office", COUNTY)
    return poor_of(region_totals_as_of(viewer=viewer, region=region, as_of=day))


def test_totals_of_a_day_are_where_households_lay_then():
    household = make_household()
    make_household("990101101202", poverty="exited")
    household_move(
        household_id=household.pk,
        version=1,
        village="990101101202",
        **later(valid_from=SPRING),
    )

    assert totals(VILLAGE, date(2018, 1, 1)) == (0, 0)
    assert totals(VILLAGE, date(2019, 3, 31)) == (1, 2)
    assert totals(VILLAGE, SPRING) == (0, 0)
    assert totals("990101101202", SPRING) == (1, 2)
    assert totals(COUNTY, SPRING) == totals(COUNTY, date(2019, 3, 31)) == (1, 2)
    viewer = make_post("county_office", COUNTY)
    rows = region_totals_as_of(viewer=viewer, region=COUNTY, as_of=TODAY)
    assert [(r.poverty, r.households, r.persons) for r in rows] == [
        ("exited", 1, 2),
        ("not_exited", 1, 2),
    ]
    parts = part_totals_as_of(viewer=viewer, region=COUNTY, digits=12, as_of=SPRING)
    assert parts == {"990101101202": (1, 2)}


def test_totals_follow_villages_that_were_merged():
    make_household()
    make_household("990101101202")
    regions.region_replace(
        predecessors=[VILLAGE, "990101101202"],
        successors={"990101101301": "新村"},
        on=SPRING,
        by=MAPPER,
        at=NOON,
    )
    office = make_post("county_office", COUNTY)
    # Before the households are taken along, and after.
    for take in (False, True):
        if take:
            for old in (VILLAGE, "990101101202"):
                village_succeed(
                    village=old, successor="990101101301", on=SPRING, by=office, at=NOON
                )
        for day in (date(2019, 3, 31), SPRING, TODAY):
            assert totals("990101101301", day) == (2, 4)
            assert totals("990101101", day) == (2, 4)
    assert totals(VILLAGE, TODAY) == (0, 0)


def test_totals_follow_a_county_that_was_renumbered():
    make_household()
    regions.region_renumber(
        code=COUNTY, new_code="990102", name="新县", on=SPRING, by=MAPPER, at=NOON
    )
    office = make_post("county_office", "990102")
    viewer = {"viewer": office, "region": "990102"}

    found = [
        poor_of(region_totals_as_of(**viewer, as_of=day))
        for day in (date(2018, 1, 1), date(2019, 3, 31), TODAY)
    ]

    assert found == [(0, 0), (1, 2), (1, 2)]


def test_of_a_village_that_was_split_those_count_who_came():
    stays, goes = make_household(), make_household()
    make_region("990101101301")
    regions.region_replace(
        predecessors=[VILLAGE],
        successors={"990101101301": "甲", "990101101302": "乙"},
        on=SPRING,
        by=MAPPER,
        at=NOON,
    )
    for household, village in ((stays, "990101101301"), (goes, "990101101302")):
        household_move(
            household_id=household.pk,
            version=1,
            village=village,
            **later(valid_from=SPRING),
        )

    for village in ("990101101301", "990101101302"):
        for day in (date(2019, 3, 31), TODAY):
            assert totals(village, day) == (1, 2)
    assert totals("990101101", date(2019, 3, 31)) == (2, 4)


def test_totals_are_for_those_who_see_figures_of_the_region():
    make_household()

    others = (("township_clerk", "990101102"), ("people_administrator", COUNTY))
    for role, region in others:
        with pytest.raises(NotPermitted):
            region_totals_as_of(
                viewer=make_post(role, region), region=VILLAGE, as_of=TODAY
            )
