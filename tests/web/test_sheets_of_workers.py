"""Large sheets: compared, taken over and taken back by a worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.assistance import make_pairing
from tests.factories.moments import NOON
from tests.factories.sheets import COUNTY, make_sheet
from tests.web.households import browser, get, post
from tests.web.test_assistance import ONCE, family
from tests.web.test_sheets import everywhere, helped, latest, page_of, sent, step

from xiuhua.apps.sheets import receiving, tasks, working
from xiuhua.apps.sheets.rules import TRIES
from xiuhua.apps.sheets.services import settling


pytestmark = pytest.mark.usefixtures("each_database")
LATE = NOON + timedelta(minutes=11)


@pytest.fixture(autouse=True)
def _left_to_workers(settings, tmp_path, monkeypatch):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path
    for module, name in (
        (receiving, "AT_ONCE_BYTES"),
        (tasks, "AT_ONCE_BYTES"),
        (tasks, "AT_ONCE_ROWS"),
    ):
        monkeypatch.setattr(module, name, 0)


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


def ordered(**said):
    """Keep a sheet of which something was ordered."""
    by = make_post("county_office", COUNTY)
    usual = {"doing": "apply", "ordered_by": by, "stirred_at": NOON, "post": by}
    with everywhere():
        return make_sheet(**usual | said)


def work(sheet, at=NOON):
    told = working.sheet_work(sheet_id=sheet.pk, clock=lambda: at)
    sheet.refresh_from_db()
    return told


def test_a_large_sheet_ends_as_a_small_one_does(office):
    home, kept = family(), family()
    with everywhere():
        same = make_pairing(household=kept).helper.name
    rows = [
        (home.number, "甲", "县教育局", "", None),
        (kept.number, same, "", "", None),
    ]

    sent(office, *rows)
    assert latest().counts == {"new": 1, "changed": 0, "unchanged": 1, "rejected": 0}
    step(office, "apply")
    assert (latest().state, latest().doing, helped(home)) == ("applied", "", "甲")
    assert "You may leave this page" not in page_of(office)
    step(office, "undo")

    assert (latest().state, helped(home)) == ("undone", "")


def test_its_columns_are_named_before_a_worker_compares_it(office):
    home = family()
    led = sent(office, (home.number, "甲"), heads=("家庭代码", "干部"))
    address = led["Location"] + "columns/"
    page = get(office, address).content.decode()

    said = {"column_household": "家庭代码", "column_helper": "干部"}
    post(office, address, dict(ONCE.findall(page)) | said)

    assert (latest().state, latest().counts["new"]) == ("seen", 1)


def test_the_page_shows_how_far_it_is_and_lets_nobody_step_between(office):
    sheet = ordered(doing="compare", progress=40)
    address = reverse("sheets:pairings_sheet", args=[sheet.pk])

    page = get(office, address).content.decode()

    assert 'hx-trigger="every 2s"' in page
    assert 'value="40"' in page
    assert "/apply/" not in page
    refused = step(office, "discard")
    assert refused.status_code == 422
    assert "a worker is busy with the sheet" in refused.content.decode()


def test_what_stops_a_worker_stands_on_the_page_and_the_sheet_stays_as_it_was(office):
    sent(office, file=SimpleUploadedFile("x.xlsx", b"no workbook"))

    page = page_of(office)

    assert "Nothing was changed" in page
    assert (latest().state, latest().doing) == ("received", "")
    assert step(office, "discard").status_code == 302


def test_a_sheet_outdated_when_the_worker_comes_says_so(office):
    home = family()
    sent(office, (home.number, "甲", "县教育局", "", None))
    with everywhere():
        make_pairing(household=home)

    step(office, "apply")

    assert latest().state == "seen"
    assert "compare it again" in page_of(office)
    step(office, "compare")
    assert (latest().counts["changed"], latest().error) == (1, None)


def test_an_order_nobody_does_is_taken_up_and_given_up_after_some_times():
    sheet = ordered(tries=TRIES - 1)

    assert tasks.sheets_taken_up(at=NOON)[1] == {"sheets": 0}
    assert tasks.sheets_taken_up(at=LATE)[1] == {"sheets": 1}
    sheet.refresh_from_db()
    assert sheet.error["code"] == "sheets.outdated"

    sheet = ordered(tries=TRIES)
    assert work(sheet) == "failed"
    assert sheet.error["values"] == {"times": TRIES}
    assert (sheet.doing, sheet.state) == ("", "seen")


def test_a_post_that_has_ended_gets_nothing_done():
    ended = make_post("county_office", COUNTY, valid_to=NOON.date())
    sheet = ordered(ordered_by=ended)

    assert work(sheet) == "failed"

    assert sheet.error["code"] == "accounts.post_ended"


def test_the_database_out_of_reach_leaves_the_order_standing(monkeypatch):
    sheet = ordered()

    def away(**said):
        raise OperationalError

    monkeypatch.setattr(settling, "sheet_apply", away)
    with pytest.raises(OperationalError):
        work(sheet)

    sheet.refresh_from_db()
    assert (sheet.doing, sheet.error, sheet.tries) == ("apply", None, 1)


def test_what_nobody_foresaw_ends_the_order_and_is_told(monkeypatch):
    sheet = ordered()

    def broken(**said):
        raise ZeroDivisionError

    monkeypatch.setattr(settling, "sheet_apply", broken)

    assert work(sheet) == "failed"
    assert sheet.error["code"] == "sheets.work_broken"
    assert work(sheet) == "nothing ordered"
