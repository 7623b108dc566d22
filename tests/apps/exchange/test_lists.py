"""Lists of other offices: mapped once, remembered, rows led to records of ours."""

from datetime import timedelta

import pytest
from tests.apps.exchange.test_uploads import LATER, changes, counts
from tests.factories.accounts import make_post
from tests.factories.exchange import (
    HOME,
    HOUSEHOLD_HEAD,
    PERSON_HEAD,
    home,
    make_upload,
    member,
    promote,
)
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.exchange import selectors, working
from xiuhua.apps.exchange.rules import MappingUnfit, Origin
from xiuhua.apps.exchange.services.mappings import mapping_save
from xiuhua.apps.exchange.staging.lists import headings_of
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.intake.mapping import headers_fingerprint


pytestmark = pytest.mark.usefixtures("each_database")
MAN, WOMAN = "99012619330319911X", "990126197007073524"
HEADERS = ["序号", "公民身份号码", "参保状态", "手机"]
COLUMNS = {
    "公民身份号码": "person.id_number",
    "参保状态": "person.resident_medical_insurance",
    "手机": "person.phone",
}


def clerk_with_two_people():
    said = {
        "户": [HOUSEHOLD_HEAD, home(1)],
        "人": [PERSON_HEAD, member(1, id=MAN), member(1, 2, id=WOMAN)],
    }
    return promote(make_upload(said)).post


def listed(clerk, *rows, at=LATER):
    # A title above the header, as other offices write them.
    sheets = {"医保名单": [["某县医保局 2019 年参保名单"], HEADERS, *rows]}
    return make_upload(sheets, by=clerk, at=at, made_at=at, origin=Origin.LIST)


def saved(clerk, **said):
    usual = {"fingerprint": headers_fingerprint(HEADERS), "name": "医保名单"}
    return mapping_save(**usual | {"columns": COLUMNS, "by": clerk, "at": NOON} | said)


def test_an_unknown_list_asks_what_its_columns_are_and_shows_masked_samples():
    clerk = clerk_with_two_people()

    upload = listed(clerk, [1, MAN, "是", "13911112222"])

    assert upload.state == "failed"
    headings = headings_of(upload.error)
    assert [h.header for h in headings] == HEADERS
    assert headings[1].samples == ["9*****************"]
    assert MAN not in str(upload.error)


def test_a_mapped_list_updates_by_id_number_and_is_remembered():
    clerk = clerk_with_two_people()
    first = listed(
        clerk, [1, MAN, "是", "13911112222"], [2, "110101199003077774", "是", ""]
    )
    saved(clerk)
    working.upload_read(upload_id=first.pk, clock=lambda: LATER)
    first.refresh_from_db()

    assert counts(first) == {"updated": 1, "rejected": 1}
    assert changes(first) == {
        (f"{HOME}01", "resident_medical_insurance"): ("changed", None, True),
        (f"{HOME}01", "phone"): ("changed", None, "13911112222"),
    }
    promote(first, at=LATER)
    assert Person.unscoped.get(number=f"{HOME}01").phone == "13911112222"

    later = LATER + timedelta(days=1)
    second = listed(
        clerk, [1, WOMAN.lower(), "否", None], [2, MAN, "是", None], at=later
    )
    assert counts(second) == {"updated": 1, "unchanged": 1}


def test_rows_that_repeat_or_contradict_each_other():
    clerk = clerk_with_two_people()
    saved(clerk)
    row, other = [1, MAN, "是", "139"], [1, WOMAN, "是", "138"]

    upload = listed(clerk, row, row, other, [*other[:3], "137"], [9, None, "是", ""])

    assert counts(upload) == {"updated": 1, "duplicate": 1, "rejected": 3}
    rejected = selectors.file_rows(upload=upload).where("outcome = 'rejected'")
    kinds = [row["reasons"] for row in rejected.order_by("row")[0:9]]
    assert ["row_ambiguous" in k for k in kinds] == [True, True, False]
    assert "row_unknown" in kinds[2]


def test_people_of_another_region_are_nobody():
    clerk_with_two_people()
    outsider = make_post("township_clerk", "990102101")
    saved(outsider)

    upload = listed(outsider, [1, MAN, "是", "139"])

    assert counts(upload) == {"rejected": 1}


def test_households_are_assigned_anew_by_a_list():
    said = {
        "户": [HOUSEHOLD_HEAD, home(1), home(2)],
        "人": [PERSON_HEAD, member(1), member(2)],
    }
    clerk = promote(make_upload(said)).post
    head = ["户编号", "新责任人", "新组"]
    columns = {
        "户编号": "household.household_id",
        "新责任人": "household.helper_name",
        "新组": "household.village_group",
    }
    saved(clerk, fingerprint=headers_fingerprint(head), columns=columns)
    rows = [[home(1)[0], "张三", "二组"], [home(2)[0], "李四", "一组"]]

    upload = make_upload(
        {"调整": [head, *rows]}, by=clerk, at=LATER, made_at=LATER, origin=Origin.LIST
    )

    assert counts(upload) == {"updated": 2}
    promote(upload, at=LATER)
    found = Household.unscoped.order_by("number").values_list(
        "helper_name", "village_group"
    )
    assert list(found) == [("张三", "二组"), ("李四", "一组")]


@pytest.mark.parametrize(
    "columns",
    [
        {"手机": "person.phone"},
        {"身份证": "person.id_number"},
        {"身份证": "person.id_number", "组": "household.village_group"},
        {"身份证": "person.id_number", "甲": "person.phone", "乙": "person.phone"},
    ],
)
def test_mappings_that_lead_nowhere_are_refused(columns):
    clerk = clerk_with_two_people()

    with pytest.raises(MappingUnfit):
        saved(clerk, columns=columns)


def test_who_may_not_import_maps_nothing():
    with pytest.raises(NotPermitted):
        saved(make_post("helper", VILLAGE))
