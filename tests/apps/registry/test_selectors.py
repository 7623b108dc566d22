"""Households found, counted, and never those of another region."""

from __future__ import annotations

import pytest
from tests.factories.registry import HEAD, make_clerk, make_household

from xiuhua.apps.accounts.scope import ScopeMissing, region_scope
from xiuhua.apps.registry import selectors
from xiuhua.apps.registry.selectors import FilterUnclear, HouseholdFilter


pytestmark = pytest.mark.usefixtures("each_database")
TOWNSHIP = "990101101"


def found(viewer, **asked) -> list[str]:
    with region_scope([viewer.region_id]):
        rows = selectors.household_list(viewer=viewer, filters=HouseholdFilter(**asked))
        return [row.number for row in rows]


def test_nothing_is_read_outside_a_scope():
    household = make_household()
    viewer = make_clerk()

    with pytest.raises(ScopeMissing):
        selectors.household_list(viewer=viewer)
    with pytest.raises(ScopeMissing):
        selectors.household_get(viewer=viewer, household_id=household.pk)
    with pytest.raises(ScopeMissing):
        selectors.member_list(household=household)


def test_foreign_households_answer_like_missing_ones():
    foreign = make_household("990101102201")
    viewer = make_clerk()

    with region_scope([TOWNSHIP]):
        for pk in (foreign.pk, 10**9):
            with pytest.raises(selectors.HouseholdNotFound):
                selectors.household_get(viewer=viewer, household_id=pk)
    assert found(viewer) == []


def test_lists_are_narrowed_by_what_is_asked():
    viewer = make_clerk()
    make_household(number="A")
    make_household(
        "990101101202",
        number="B",
        persons=[HEAD | {"name": "单明", "id_number": "990101200002290118"}],
        values={"main_cause": "disaster", "phone": "777", "helper_name": "李强"},
        poverty=None,
        registration="none",
        monitoring="included",
    )
    make_household("990101102201", number="C")

    assert found(viewer) == ["A", "B"]
    assert found(viewer, region="990101101202") == ["B"]
    assert found(viewer, region="990101102") == []
    assert found(viewer, registration="registered") == ["A"]
    assert found(viewer, poverty="unknown") == ["B"]
    assert found(viewer, poverty="not_exited") == ["A"]
    assert found(viewer, monitoring="included") == ["B"]
    assert found(viewer, cause="disaster") == ["B"]
    assert found(viewer, helper_name="李强") == ["B"]
    assert found(viewer, village_group="一组") == ["A"]
    assert found(viewer, number="A") == ["A"]
    assert found(viewer, phone="777") == ["B"]


def test_people_are_found_by_name_initials_and_id_number():
    viewer = make_clerk()
    make_household(number="A")
    make_household("990101101202", number="B", persons=[{"name": "单明"}])

    assert found(viewer, name="王小") == ["A"]
    assert found(viewer, name="王丽") == ["A"]
    assert found(viewer, name="王大") == []
    assert found(viewer, name="单") == ["B"]
    assert found(viewer, initials="WX") == ["A"]
    assert found(viewer, initials="sm") == ["B"]
    assert found(viewer, id_number="99012619330319911x") == ["A"]
    assert found(viewer, id_number="990126193303199111") == []
    with pytest.raises(FilterUnclear):
        found(viewer, initials="%")


def test_members_are_listed():
    household = make_household()

    with region_scope([TOWNSHIP]):
        names = [p.name for p in selectors.member_list(household=household)]
    assert names == ["王小明", "王丽"]
