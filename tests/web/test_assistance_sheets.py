"""Sheets of pairings and rosters: sent in, compared, settled, countersigned."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.assistance import (
    COUNTY,
    make_helper,
    make_pairing,
    make_roster,
    make_team_member,
)
from tests.factories.registry import VILLAGE
from tests.web.households import browser, get
from tests.web.test_assistance import family, filled, text

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Pairing, Roster, Sheet
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.selectors.books import broken_book_list


pytestmark = pytest.mark.usefixtures("each_database")
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
    book = openpyxl.Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("结对.xlsx", file.getvalue())


def sent(office, *rows, **said):
    led = filled(
        office,
        reverse("assistance:sheet_send"),
        file=sheet_of(*rows, **said),
        starts_on="2019-06-01",
    )
    return led


def step(office, act):
    with everywhere():
        sheet = Sheet.objects.latest("pk")
    return filled(office, reverse("assistance:sheet_act", args=[sheet.pk, act]))


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
    for words in ("no such household here", "stands twice", "choose the rank"):
        assert words in page
    with everywhere():
        counts = Sheet.objects.get().counts
    assert counts == {
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "rejected": 3,
        "helpers": 1,
    }
    assert helped(free) == ""

    step(office, "apply")
    assert [helped(h) for h in (free, given, kept)] == [
        "新帮手",
        other.name,
        same.helper.name,
    ]
    assert Helper.unscoped.get(name="新帮手").rank == "staff"

    step(office, "undo")
    assert [helped(h) for h in (free, given)] == ["", old.helper.name]
    assert step(office, "undo").status_code == 422
    with everywhere():
        assert broken_book_list() == []


def test_a_cap_is_kept_over_the_rows_of_a_sheet(office):
    homes = [family() for _ in range(6)]

    sent(office, *[(h.number, "独帮", "县教育局", "一般干部", None) for h in homes])

    with everywhere():
        counts = Sheet.objects.get().counts
    assert (counts["new"], counts["rejected"]) == (4, 2)


def test_a_household_paired_since_keeps_a_sheet_from_being_taken_over(office):
    home = family()
    sent(office, (home.number, "甲", "县教育局", "", None))
    with everywhere():
        make_pairing(household=home)

    refused = step(office, "apply")

    assert "compare the sheet again" in refused.content.decode()
    assert step(office, "discard").status_code == 302


def test_the_filled_sheet_comes_back_unchanged(office):
    with everywhere():
        pairing = make_pairing(household=family())
    answer = get(office, reverse("assistance:sheets") + "?as=filled")
    book = b"".join(answer.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].values)
    assert pairing.helper.number in rows[1]

    filled(
        office,
        reverse("assistance:sheet_send"),
        file=SimpleUploadedFile("again.xlsx", book),
        starts_on="2019-06-01",
    )

    with everywhere():
        counts = Sheet.objects.get().counts
    assert (counts["unchanged"], counts["rejected"]) == (1, 0)
    assert "again.xlsx" in text(office, "sheets")


def test_a_file_without_the_columns_is_refused_in_words(office):
    family()
    for file in (
        sheet_of(("x",), heads=("别的列",)),
        SimpleUploadedFile("x.xlsx", b"no workbook"),
    ):
        answer = filled(
            office,
            reverse("assistance:sheet_send"),
            file=file,
            starts_on="2019-06-01",
        )
        assert answer.status_code == 422


def test_a_roster_is_entered_by_the_village_and_signed_by_the_township():
    with everywhere():
        member = make_team_member()
    secretary = browser("village_secretary", VILLAGE)
    month = reverse("assistance:roster_month", args=[member.team_id])
    assert get(secretary, month).status_code == 200
    led = get(secretary, f"{month}?month=2019-05")
    wrong = filled(secretary, led["Location"], **{f"days_{member.pk}": "soon"})
    assert wrong.status_code == 422
    filled(secretary, led["Location"], **{f"days_{member.pk}": "6-8，12"})

    with everywhere():
        roster = Roster.objects.get()
    assert "6-8, 12" in text(secretary, "roster", roster.pk)
    assert "2019-05" in text(secretary, "rosters")
    sign = reverse("assistance:roster_sign", args=[roster.pk])
    refused = filled(secretary, sign)
    assert "whoever entered it does not sign it" in refused.content.decode()
    clerk = browser("township_clerk", VILLAGE[:9])
    back = reverse("assistance:roster_return", args=[roster.pk])
    filled(clerk, back, reason="12日不在村")
    assert "12日不在村" in text(secretary, "roster", roster.pk)
    filled(secretary, led["Location"], **{f"days_{member.pk}": "6-8"})
    filled(clerk, sign)
    assert "countersigned" in text(clerk, "roster", roster.pk)


def test_a_month_that_is_none_is_not_there():
    with everywhere():
        roster = make_roster()
        team = roster.days.first().member.team
    secretary = browser("village_secretary", VILLAGE)
    month = reverse("assistance:roster_month", args=[team.pk])

    assert get(secretary, f"{month}?month=x").status_code == 404
    wrong = reverse("assistance:roster_enter", args=[team.pk, 2019, 13])
    assert get(secretary, wrong).status_code == 404
