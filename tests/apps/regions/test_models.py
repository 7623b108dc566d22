"""Every constraint, broken once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.regions import (
    make_boundary,
    make_grouping_member,
    make_region,
    make_region_name,
    make_region_year,
    make_succession,
)

from xiuhua.apps.regions.models import GroupingMember, Region, RegionName, RegionYear


pytestmark = pytest.mark.usefixtures("each_database")
DAY = date(2020, 1, 1)


def refused(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def again(row):
    row.pk = None
    row._state.adding = True
    return row


def test_constraint_regions_region_level_fits_code():
    county = make_region("990101")
    county.level = "township"

    refused(county)


@pytest.mark.parametrize(
    ("code", "parent"), [("990101", "9902"), ("990101", None), ("990101", "990101")]
)
def test_constraint_regions_region_lies_in_parent(code, parent):
    make_region("9902")
    county = make_region(code)
    county.parent_id = parent

    refused(county)


def test_constraint_regions_region_ends_after_start():
    county = make_region("990101", valid_from=DAY)
    county.valid_to = DAY

    refused(county)


def test_constraint_regions_name_one_last():
    name = make_region_name()

    refused(RegionName(region=name.region, name="二", valid_from=DAY))


def test_constraint_regions_name_one_start():
    name = make_region_name(valid_from=DAY)

    refused(
        RegionName(
            region=name.region, name="二", valid_from=DAY, valid_to=date(2021, 1, 1)
        )
    )


def test_constraint_regions_name_one_first():
    name = make_region_name()

    refused(RegionName(region=name.region, name="二", valid_to=DAY))


def test_constraint_regions_name_ends_after_start():
    name = make_region_name(valid_from=DAY)
    name.valid_to = DAY

    refused(name)


def test_constraint_regions_succession_once():
    refused(again(make_succession()))


def test_constraint_regions_succession_of_another():
    row = make_succession()
    row.successor = row.predecessor

    refused(row)


def test_constraint_regions_member_one_open():
    member = make_grouping_member()

    refused(GroupingMember(grouping=member.grouping, region=member.region))


def test_constraint_regions_member_ends_after_start():
    member = make_grouping_member()
    member.valid_to = member.valid_from

    refused(member)


def test_constraint_regions_year_once():
    refused(again(make_region_year()))


def test_constraint_regions_year_plausible():
    year = make_region_year()

    refused(RegionYear(region=year.region, year=1948, document="x"))


def test_constraint_regions_boundary_reviewed():
    boundary = make_boundary()
    boundary.review_number = ""

    refused(boundary)


def test_rows_name_themselves():
    succession = make_succession()

    assert str(Region(code="99")) == "99"
    assert str(succession) == "990101101201 → 990101101301"
    assert str(make_grouping_member()) == "连片特困地区: 990101"
    assert str(make_region_year()) == "990101101201 2019"
    assert str(make_region_name(code="990102")) == "名990102"
