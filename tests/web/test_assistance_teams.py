"""Pages of teams, chains of charge, sector groups, visits and drives."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse
from tests.factories.accounts import make_user
from tests.factories.assistance import (
    COUNTY,
    make_helper,
    make_pairing,
    make_sector_group,
    make_team_member,
    make_visit,
    make_visit_drive,
)
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE
from tests.web.households import browser, get, post
from tests.web.test_assistance import family, filled, text

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Visit, WorkTeam
from xiuhua.apps.assistance.people import ChainLink, GroupMember, SectorGroup


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


def everywhere():
    return region_scope(EVERYWHERE)


def test_a_team_is_formed_filled_and_shown_with_what_it_lacks(office):
    make_region(VILLAGE)
    with everywhere():
        helper = make_helper()
    led = filled(
        office,
        reverse("assistance:team_form"),
        village=VILLAGE,
        starts_on="2019-01-01",
    )
    with everywhere():
        team = WorkTeam.objects.get()
    assert led["Location"] == reverse("assistance:team", args=[team.pk])

    join = reverse("assistance:member_join", args=[team.pk])
    filled(
        office,
        join,
        helper=helper.number,
        post="first_secretary",
        starts_on="2019-01-01",
        until="2019-06-01",
    )

    page = text(office, "team", team.pk)
    for words in (helper.name, "too few people", "a term is too short"):
        assert words in page
    assert "too few people" in text(office, "teams", query="?lacks=yes")
    assert "No row fits" in text(office, "teams", query="?lacks=no")


def test_somebody_leaves_and_staffing_has_fallen(office):
    with everywhere():
        member = make_team_member()
    address = reverse("assistance:member_leave", args=[member.pk])

    refused = filled(office, address, ended_on="2017-01-01", reason="x")
    filled(office, address, ended_on="2019-05-01", reason="调离")

    assert refused.status_code == 422
    fell = text(office, "staffing", query="?since=2019-01-01")
    assert "2019-05-01" in fell
    assert "Nothing here yet" in text(office, "staffing", query="?since=2019-05-01")
    end = reverse("assistance:team_end", args=[member.team_id])
    assert filled(office, end, ended_on="2019-05-02").status_code == 302


def test_the_chain_names_who_answers_and_where_nobody_does(office):
    make_region(VILLAGE)
    with everywhere():
        helper = make_helper()
    address = reverse("assistance:link_set", args=[VILLAGE[:9]])

    filled(office, address, helper=helper.number, starts_on="2019-01-01")

    assert helper.name in text(office, "chain")
    assert helper.name in text(office, "index", query=f"?region={VILLAGE}")
    assert "not known" in text(office, "chain", query=f"?region={VILLAGE}")
    elsewhere = reverse("assistance:link_set", args=["990102"])
    assert get(office, elsewhere).status_code == 404
    with everywhere():
        link = ChainLink.objects.get()
    end = reverse("assistance:link_end", args=[link.pk])
    filled(office, end, ended_on="2019-05-01")
    assert helper.name not in text(office, "chain")


def test_a_group_is_set_up_with_members_and_indicators(office):
    with everywhere():
        group, helper = make_sector_group(), make_helper()
    made = filled(
        office, reverse("assistance:group_set_up"), name="教育专班", sector="education"
    )
    assert made.status_code == 302
    join = reverse("assistance:group_join", args=[group.pk])
    filled(office, join, helper=helper.number, post="leader", starts_on="2019-01-01")
    page = text(office, "groups")
    book = get(office, reverse("assistance:groups") + "?as=xlsx")
    rows = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)))
    assert any(helper.name in row[3] for row in rows.worksheets[0].values)
    for words in ("教育专班", helper.name, "safe_water"):
        assert words in page
    with everywhere():
        member = GroupMember.objects.get()
    leave = reverse("assistance:group_leave", args=[group.pk, member.pk])
    filled(office, leave, ended_on="2019-05-01")
    change = reverse("assistance:group_change", args=[group.pk])
    filled(office, change)
    page = text(office, "groups")
    assert helper.name not in page
    assert "safe_water" not in page
    assert get(office, leave).status_code == 404
    assert SectorGroup._base_manager.count() == 2


def test_a_visit_is_planned_on_the_household_and_made_by_its_helper():
    user = make_user("man.zhen")
    client = browser("helper", VILLAGE, user=user)
    home = family()
    with everywhere():
        helper = make_helper(user=user)
    today = "2019-05-02"

    address = reverse("assistance:visit_plan", args=[home.pk])
    assert f'value="{helper.number}"' in get(client, address).content.decode()
    led = filled(client, address, helper=helper.number, kind="call", planned_on=today)
    with everywhere():
        visit = Visit.objects.get()
    assert led["Location"] == reverse("assistance:visit", args=[visit.pk])
    assert "Visit made" in text(client, "visit", visit.pk)
    make = reverse("assistance:visit_make", args=[visit.pk])
    refused = filled(client, make, made_on="2100-01-01", findings="好")
    assert "the day of the visit is still to come" in refused.content.decode()
    filled(client, make, made_on=today, findings="家中平安")

    assert "家中平安" in text(client, "visit", visit.pk)
    card = get(client, reverse("households:page", args=[home.pk])).content.decode()
    assert "家中平安" in card
    assert home.number in text(client, "visits", query="?state=made")
    stale = {"version": "1", "made_on": today, "findings": "x", "once": "y" * 43}
    assert post(client, make, stale).status_code == 409


def test_a_visit_is_dropped_by_the_office_and_hidden_from_a_bureau(office):
    with everywhere():
        visit = make_visit(family())
    bureau = browser("sector_bureau", COUNTY, sector="water")
    assert visit.helper.name not in text(bureau, "visit", visit.pk)
    drop = reverse("assistance:visit_drop", args=[visit.pk])
    refused = filled(bureau, drop, reason="改期")
    assert "the visit is somebody else" in refused.content.decode()

    assert filled(office, drop, reason="改期").status_code == 302
    assert "改期" in text(office, "visit", visit.pk)


def test_a_drive_shows_what_is_left_by_place_and_by_name(office):
    with everywhere():
        pairing = make_pairing(household=family())
    led = filled(
        office,
        reverse("assistance:drive_begin"),
        name="遍访",
        left_only="on",
        starts_on="2019-01-01",
        last_day="2100-01-01",
    )
    page = get(office, led["Location"]).content.decode()

    assert pairing.household.number in page
    by_name = get(office, led["Location"] + "?by=person&sort=-left").content.decode()
    assert pairing.helper.name in by_name
    assert "no ranking" in by_name
    assert "sort=left" not in by_name
    by_place = get(office, led["Location"] + "?by=village&as=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(by_place.streaming_content)))
    assert list(book.worksheets[0].values)[1][1:] == (1, 0, 1)
    assert "遍访" in text(office, "drives")
    assert pairing.household.number in text(office, "owed")


def test_what_lies_elsewhere_is_not_there():
    with everywhere():
        member, visit = make_team_member(), make_visit(family())
        drive = make_visit_drive()
    beside = browser("township_clerk", "990102101")

    for name, key in (
        ("team", member.team_id),
        ("member_leave", member.pk),
        ("visit", visit.pk),
        ("drive", drive.pk),
    ):
        page = get(beside, reverse(f"assistance:{name}", args=[key]))
        assert page.status_code == 404
