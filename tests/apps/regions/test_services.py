from __future__ import annotations

from datetime import date

import pytest
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import (
    MAPPER,
    make_boundary,
    make_grouping,
    make_region,
    make_region_year,
)

from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions import services
from xiuhua.apps.regions.divisions import Division
from xiuhua.apps.regions.models import Boundary, Region, Succession
from xiuhua.apps.regions.rules import (
    CodeTaken,
    CodeWrong,
    HeirInUse,
    NothingAhead,
    NotInForce,
    OutsideParent,
    PartsLeft,
    SuccessionUnclear,
)


pytestmark = pytest.mark.usefixtures("each_database")
NEW_YEAR = date(2020, 1, 1)
BEFORE = date(2019, 12, 31)
DONE = {"by": MAPPER, "at": NOON}


def codes(under: str, as_of: date) -> list[str]:
    found = regions.region_list(under=under, as_of=as_of)
    return list(found.values_list("code", flat=True))


def test_a_region_is_entered_with_its_name_and_recorded():
    make_region("990101", name="示例县")

    found = regions.region_get(code="990101", as_of=TODAY)

    assert (found.level, found.parent_id) == ("county", "9901")
    assert regions.name_of(found) == "示例县"
    entry = Entry.objects.get(target_id="990101")
    assert entry.action == "regions.region.created"
    assert entry.region_code == "990101"
    assert (entry.actor, entry.post) == ("wang.li", "county_office@990101")


@pytest.mark.parametrize("code", ["", "9", "99010", "99010a", "9901011012011"])
def test_a_code_has_the_digits_of_a_division(code):
    with pytest.raises(CodeWrong):
        services.region_create(code=code, name="x", valid_from=None, **DONE)


def test_a_code_is_given_once():
    make_region("990101")

    with pytest.raises(CodeTaken):
        services.region_create(code="990101", name="x", valid_from=TODAY, **DONE)


def test_a_region_needs_the_region_around_it():
    with pytest.raises(NotInForce):
        services.region_create(code="990101", name="x", valid_from=None, **DONE)


def test_a_region_is_no_older_than_the_region_around_it():
    make_region("990102", valid_from=NEW_YEAR)

    with pytest.raises(OutsideParent):
        services.region_create(code="990102100", name="x", valid_from=BEFORE, **DONE)
    with pytest.raises(OutsideParent):
        services.region_create(code="990102100", name="x", valid_from=None, **DONE)


def test_a_region_in_an_ended_one_never_begins():
    make_region("990101101")
    services.region_replace(
        predecessors=["990101101"], successors={"990101102": "乙"}, on=NEW_YEAR, **DONE
    )

    with pytest.raises(OutsideParent):
        services.region_create(
            code="990101101201", name="x", valid_from=NEW_YEAR, **DONE
        )


def test_a_name_holds_from_its_day():
    make_region("990101", name="旧县")

    services.region_rename(code="990101", name="新县", on=NEW_YEAR, **DONE)

    assert regions.region_name(code="990101", as_of=BEFORE) == "旧县"
    assert regions.region_name(code="990101", as_of=NEW_YEAR) == "新县"
    assert Entry.objects.get(action="regions.region.renamed").old == {"name": "旧县"}


@pytest.mark.parametrize("on", [BEFORE, NEW_YEAR])
def test_history_is_not_renamed_from_the_middle(on):
    make_region("990101")
    services.region_rename(code="990101", name="新县", on=NEW_YEAR, **DONE)

    with pytest.raises(NotInForce):
        services.region_rename(code="990101", name="另县", on=on, **DONE)


def test_a_county_is_renumbered_with_all_its_parts():
    make_region("990101101201")
    make_region("990101102")
    before = codes("990101", TODAY)

    services.region_renumber(
        code="990101", new_code="990181", name="示例市", on=NEW_YEAR, **DONE
    )

    assert codes("990101", BEFORE) == before
    assert codes("990101", NEW_YEAR) == []
    assert codes("990181", BEFORE) == []
    assert codes("990181", NEW_YEAR) == [c.replace("0101", "0181", 1) for c in before]
    assert regions.region_name(code="990181", as_of=NEW_YEAR) == "示例市"
    assert regions.region_name(code="990181101", as_of=NEW_YEAR) == "名990101101"
    assert Succession.objects.count() == 4
    for code in before:
        heirs = regions.successor_list(code=code, as_of=NEW_YEAR)
        assert heirs == [code.replace("0101", "0181", 1)]
        assert regions.successor_list(code=code, as_of=BEFORE) == [code]


def test_villages_merge_into_one_that_stays():
    make_region("990101101201")
    make_region("990101101202", name="乙村")

    services.region_replace(
        predecessors=["990101101201"],
        successors={"990101101202": "另名"},
        on=NEW_YEAR,
        **DONE,
    )

    assert codes("990101101", NEW_YEAR) == ["990101101", "990101101202"]
    assert regions.region_name(code="990101101202", as_of=NEW_YEAR) == "乙村"
    assert regions.successor_list(code="990101101201", as_of=NEW_YEAR) == [
        "990101101202"
    ]


def test_a_village_splits_and_its_parts_split_again():
    make_region("990101101201")
    services.region_replace(
        predecessors=["990101101201"],
        successors={"990101101202": "乙", "990101101203": "丙"},
        on=NEW_YEAR,
        **DONE,
    )
    services.region_replace(
        predecessors=["990101101202", "990101101203"],
        successors={"990101101204": "丁"},
        on=date(2021, 1, 1),
        **DONE,
    )

    def heirs(day: date) -> list[str]:
        return regions.successor_list(code="990101101201", as_of=day)

    assert heirs(BEFORE) == ["990101101201"]
    assert heirs(NEW_YEAR) == ["990101101202", "990101101203"]
    assert heirs(date(2021, 1, 1)) == ["990101101204"]
    assert regions.successor_list(code="990101101999", as_of=TODAY) == []


def test_a_township_with_villages_does_not_end():
    make_region("990101101201")

    with pytest.raises(PartsLeft):
        services.region_replace(
            predecessors=["990101101"],
            successors={"990101102": "乙"},
            on=NEW_YEAR,
            **DONE,
        )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([], ["990101"]),
        (["990101"], []),
        (["990101", "990102"], ["990103", "990104"]),
        (["990101"], ["990101"]),
        (["990101", "990101"], ["990102"]),
        (["990101"], ["9902"]),
    ],
)
def test_what_became_of_what_must_be_clear(old, new):
    with pytest.raises(SuccessionUnclear):
        services.region_replace(
            predecessors=old, successors=dict.fromkeys(new, "x"), on=NEW_YEAR, **DONE
        )


def test_a_grouping_cuts_across_the_tree():
    make_grouping("990101", "990201101")

    found = regions.grouping_codes(key="area", as_of=TODAY)

    assert found == ["990101", "990201101"]
    assert regions.grouping_codes(key="area", as_of=date(2011, 11, 30)) == []
    assert Entry.objects.get(action="regions.grouping.defined").chain == ""
    with pytest.raises(NotInForce):
        services.grouping_define(
            key="b", name="b", document="b", codes=["98"], valid_from=None, **DONE
        )


def test_a_year_says_what_is_known_and_no_more():
    make_region_year()
    make_region_year(poor_village=False)

    found = regions.year_get(code="990101101201", year=2019)

    assert (found.poor_village, found.deep_poverty) == (False, None)
    assert regions.year_get(code="990101101201", year=2018) is None
    first, second = Entry.objects.filter(action="regions.year.set").order_by("number")
    assert first.old is None
    assert (second.old["poor_village"], second.new["poor_village"]) == (True, False)
    with pytest.raises(NotInForce):
        services.year_set(
            code="98",
            year=2019,
            poor_village=None,
            deep_poverty=None,
            target_class="",
            document="",
            **DONE,
        )


def test_a_boundary_takes_the_place_of_the_one_before():
    make_boundary()
    stored = make_boundary()

    assert Boundary.objects.get() == stored
    assert str(stored) == "990101 (示例（2019）1号)"
    assert Entry.objects.filter(action="regions.boundary.stored").count() == 2


def test_boundaries_are_stored_all_or_none():
    make_region("990101")

    with pytest.raises(NotInForce):
        services.boundaries_store(
            outlines={"990101": [], "990102": []}, review_number="1", **DONE
        )

    assert Boundary.objects.count() == 0


def test_a_list_entered_twice_changes_nothing():
    divisions = [Division("99", "省"), Division("9901", "市"), Division("990101", "县")]
    first = services.divisions_enter(divisions=divisions, valid_from=None, **DONE)
    divisions[2] = Division("990101", "县市")

    second = services.divisions_enter(divisions=divisions, valid_from=None, **DONE)

    assert first == services.Receipt(3, 0, ())
    assert second == services.Receipt(0, 2, (("990101", "县", "县市"),))
    assert Region.objects.count() == 3
    assert Entry.objects.count() == 3


def test_the_tree_is_read_upward_and_downward():
    make_region("990101101201")
    make_region("990102")
    make_region("990101102", valid_from=NEW_YEAR)

    around = regions.ancestor_list(code="990101101201", as_of=TODAY)
    parts = regions.part_list(code="990101", as_of=TODAY)

    assert [regions.name_of(r) for r in around] == [
        "名99", "名9901", "名990101", "名990101101", "名990101101201",
    ]  # fmt: skip
    assert [r.code for r in parts] == ["990101101"]
    assert codes("990101", NEW_YEAR)[-1] == "990101102"
    assert regions.region_name(code="990101102", as_of=TODAY) == "名990101102"
    assert regions.region_name(code="98", as_of=TODAY) == ""
    with pytest.raises(NotInForce):
        regions.region_get(code="990101102", as_of=TODAY)


def test_what_is_to_be_replaced_later_is_not_replaced_again():
    for code in ("990101101201", "990101101202"):
        make_region(code)

    def merge(on):
        services.region_replace(
            predecessors=["990101101202"],
            successors={"990101101201": "x"},
            on=on,
            **DONE,
        )

    merge(date(2031, 1, 1))
    with pytest.raises(SuccessionUnclear):
        merge(date(2030, 1, 1))


def merge(old: str, new: str, on: date = NEW_YEAR) -> None:
    services.region_replace(predecessors=[old], successors={new: "新村"}, on=on, **DONE)


def tree() -> list[tuple[object, ...]]:
    """All that is known of regions, to be the same again."""
    known = Region.objects.order_by("code").values_list(
        "code", "valid_from", "valid_to", "names__name", "names__valid_to"
    )
    return [*known, *Succession.objects.values_list("predecessor__code", "on_date")]


@pytest.mark.parametrize("heir", ["990101101202", "990101101299"])
def test_a_merger_whose_day_has_not_come_is_taken_back(heir):
    for code in ("990101101201", "990101101202"):
        make_region(code)
    before = tree()
    merge("990101101201", heir)

    kept = services.region_keep(code="990101101201", order_number="9号", **DONE)

    assert [r.code for r in kept] == ["990101101201"]
    assert tree() == before
    entry = Entry.objects.get(action="regions.region.kept")
    assert (entry.target_id, entry.order_number) == ("990101101201", "9号")
    assert entry.new == {"on": "2020-01-01", "successors": [heir]}
    gone = Entry.objects.filter(action="regions.region.withdrawn")
    assert [e.target_id for e in gone] == ["990101101299"] * (heir[-2:] == "99")
    # What was taken back can be said again.
    merge("990101101201", heir)


def test_who_takes_the_place_of_another_too_stays():
    for code in ("990101101201", "990101101202"):
        make_region(code)
        merge(code, "990101101209")

    services.region_keep(code="990101101201", **DONE)

    assert codes("990101101", NEW_YEAR)[1:] == ["990101101201", "990101101209"]
    services.region_keep(code="990101101202", **DONE)
    assert not Region.objects.filter(code="990101101209").exists()


def test_another_code_is_taken_back_with_all_parts_and_no_other():
    for code in ("990101101201", "990101101202", "990101102201"):
        make_region(code)
    merge("990101101202", "990101102201")
    before = tree()
    services.region_renumber(
        code="990101101", new_code="990101109", name="新镇", on=NEW_YEAR, **DONE
    )

    with pytest.raises(OutsideParent):
        services.region_keep(code="990101101201", **DONE)
    services.region_keep(code="990101101", **DONE)

    assert tree() == before


@pytest.mark.parametrize("on", [TODAY, date(2019, 1, 1)])
def test_what_has_come_is_not_taken_back(on):
    for code in ("990101101201", "990101101202"):
        make_region(code)
    merge("990101101201", "990101101202", on)
    before = tree()

    with pytest.raises(NothingAhead, match="households may have moved"):
        services.region_keep(code="990101101201", **DONE)
    with pytest.raises(NothingAhead, match="nothing is to become"):
        services.region_keep(code="990101101202", **DONE)

    assert tree() == before


def test_what_hangs_on_the_heir_is_not_torn_off():
    make_region("990101101201")
    merge("990101101201", "990101101209")
    merge("990101101209", "990101101210", date(2021, 1, 1))
    before = tree()

    with pytest.raises(HeirInUse, match="990101101209"):
        services.region_keep(code="990101101201", **DONE)

    assert tree() == before
