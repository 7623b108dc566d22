"""Sheets of pairings: handed out, sent in, compared, taken over, taken back."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.assistance import COUNTY, make_helper, make_pairing
from tests.factories.registry import VILLAGE
from tests.factories.sheets import book_of
from tests.web.households import browser, get
from tests.web.test_assistance import family, filled

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.selectors.books import broken_book_list
from xiuhua.apps.sheets.models import Sheet


pytestmark = pytest.mark.usefixtures("each_database")
USUAL = {"usual_starts_on": "2019-06-01"}
HEADS = ("户编号", "帮扶责任人", "帮扶单位", "职务级别", "结对开始时间")


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


def everywhere():
    return region_scope(EVERYWHERE)


def sheet_of(*rows, heads=HEADS) -> SimpleUploadedFile:
    return SimpleUploadedFile("结对.xlsx", book_of([heads, *rows]))


def sent(office, *rows, kind="pairings", usual=USUAL, **said):
    file = said.get("file") or sheet_of(*rows, **said)
    address = reverse(f"sheets:{kind}_send")
    return filled(office, address, file=file, **usual)


def latest() -> Sheet:
    with everywhere():
        return Sheet.objects.latest("pk")


def step(office, act, kind="pairings"):
    address = reverse(f"sheets:{kind}_act", args=[latest().pk, act])
    return filled(office, address)


def page_of(office, kind="pairings", query=""):
    address = reverse(f"sheets:{kind}_sheet", args=[latest().pk])
    return get(office, address + query).content.decode()


def rows_of(answer) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return list(book.worksheets[0].values)


def helped(home) -> str:
    with everywhere():
        found = Pairing.objects.filter(household=home, ended_on=None).first()
        return found.helper.name if found else ""


def test_a_sheet_is_compared_taken_over_and_taken_back(office):
    free, given, kept = family(), family(), family()
    with everywhere():
        old, same = make_pairing(household=given), make_pairing(household=kept)
        other = make_helper()
    led = sent(
        office,
        (free.number, "新帮手", "县农业局", "一般干部", "2019-06-02"),
        (given.number, other.name, other.unit.name, "", None),
        (kept.number, same.helper.name, "", "", None),
        ("没有的户", other.name, "", "", None),
        (free.number, other.name, "", "", None),
        (given.number, "甲", "", "皇帝", "2100-01-01"),
    )
    page = get(office, led["Location"]).content.decode()
    for words in ("no such household here", "stands in an earlier row", "皇帝"):
        assert words in page
    assert latest().counts == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 3}
    assert helped(free) == ""

    step(office, "apply")
    assert [helped(h) for h in (free, given, kept)] == [
        "新帮手",
        other.name,
        same.helper.name,
    ]
    assert Helper.unscoped.get(name="新帮手").rank == "staff"
    assert step(office, "apply").status_code == 422

    step(office, "undo")
    assert [helped(h) for h in (free, given)] == ["", old.helper.name]
    assert step(office, "undo").status_code == 422
    with everywhere():
        assert broken_book_list() == []


def test_a_cap_is_kept_over_the_rows_of_a_sheet(office):
    homes = [family() for _ in range(6)]

    sent(office, *[(h.number, "独帮", "县教育局", "一般干部", None) for h in homes])

    assert (latest().counts["new"], latest().counts["rejected"]) == (4, 2)


def test_a_household_paired_since_keeps_a_sheet_from_being_taken_over(office):
    home = family()
    sent(office, (home.number, "甲", "县教育局", "", None))
    with everywhere():
        make_pairing(household=home)

    refused = step(office, "apply")

    assert "compare it again" in refused.content.decode()
    step(office, "compare")
    assert latest().counts["changed"] == 1
    assert step(office, "discard").status_code == 302


def test_a_stale_form_takes_no_step(office):
    home = family()
    sent(office, (home.number, "甲", "县教育局", "", None))
    address = reverse("sheets:pairings_act", args=[latest().pk, "apply"])

    stale = filled(office, address, version="9")

    assert stale.status_code == 409
    assert helped(home) == ""


def test_the_filled_sheet_comes_back_unchanged(office):
    with everywhere():
        pairing = make_pairing(household=family())
    answer = get(office, reverse("sheets:pairings") + "?as=filled")
    book = b"".join(answer.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].values)
    assert pairing.helper.number in rows[1]

    sent(office, file=SimpleUploadedFile("again.xlsx", book))

    assert (latest().counts["unchanged"], latest().counts["rejected"]) == (1, 0)
    assert "again.xlsx" in get(office, reverse("sheets:pairings")).content.decode()


def test_a_list_with_other_heads_is_mapped_once_and_remembered(office):
    home, other = family(), family()
    heads = ("家庭代码", "干部", "备注")
    led = sent(office, (home.number, "甲", "x"), heads=heads)
    assert led["Location"].endswith("/columns/")
    assert latest().state == "unmapped"

    twice = filled(
        office, led["Location"], column_household="干部", column_helper="干部"
    )
    assert twice.status_code == 422
    filled(office, led["Location"], column_household="家庭代码", column_helper="干部")
    assert latest().counts["new"] == 1

    sent(office, ("x", "乙", other.number), heads=("备注", "干部", "家庭代码"))
    assert (latest().state, latest().counts["new"]) == ("seen", 1)


def test_the_file_comes_back_with_its_bad_cells_marked_to_who_sent_it(office):
    sent(office, ("没有的户", "甲", "", "皇帝", None))
    address = reverse("sheets:pairings_sheet", args=[latest().pk]) + "?as=marked"

    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(get(office, address).streaming_content))
    )

    comments = {c.coordinate: c.comment.text for c in book.active[2] if c.comment}
    assert comments.keys() == {"A2", "D2"}
    assert "这里没有该户" in comments["A2"]
    assert "no such household here" in comments["A2"]
    assert get(browser("county_office", COUNTY), address).status_code == 404


def test_a_file_that_is_no_workbook_comes_back_as_a_list_of_cells(office):
    text = "户编号,帮扶责任人\n没有的户,甲\n".encode("gb18030")
    sent(office, file=SimpleUploadedFile("结对.csv", text))
    address = reverse("sheets:pairings_sheet", args=[latest().pk]) + "?as=marked"

    rows = rows_of(get(office, address))

    assert rows[1][:3] == ("结对.csv", "sent", "A2")


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("x.xlsx", b"no workbook"),
        SimpleUploadedFile("x.exe", b"MZ"),
        SimpleUploadedFile("x.xlsx", book_of([HEADS])),
        SimpleUploadedFile("x.xlsx", book_of([[]])),
    ],
    ids=["damaged", "another kind", "heads alone", "nothing"],
)
def test_a_file_that_is_no_list_is_refused_in_words(office, file):
    family()

    assert sent(office, file=file).status_code == 422


def test_another_region_sees_no_sheet_and_no_household(office):
    home = family()
    sent(office, (home.number, "甲", "", "", None))
    neighbor = browser("county_office", "990102")
    address = reverse("sheets:pairings_sheet", args=[latest().pk])

    assert get(neighbor, address).status_code == 404
    sent(neighbor, (home.number, "甲", "", "", None))
    assert "no such household here" in page_of(neighbor)


def test_a_village_looks_at_no_sheet_of_its_county(office):
    home = family()
    sent(office, (home.number, "甲", "", "", None))
    secretary = browser("village_secretary", VILLAGE)

    address = reverse("sheets:pairings_sheet", args=[latest().pk])

    assert get(secretary, address).status_code in (403, 404)
