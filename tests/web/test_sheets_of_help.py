"""Sheets of visits, helpers, teams and rosters: sent in, taken over, taken back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.accounts import make_user
from tests.factories.assistance import (
    COUNTY,
    make_helper,
    make_pairing,
    make_roster,
    make_team_member,
    make_unit,
    make_visit,
    make_visit_paper,
)
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE
from tests.factories.sheets import book_of
from tests.web.households import browser, get
from tests.web.test_assistance import family, filled
from tests.web.test_sheets import rows_of

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Roster, TeamMember, Visit, WorkTeam
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.selectors.books import broken_book_list
from xiuhua.apps.assistance.selectors.rosters import days_of
from xiuhua.apps.sheets.models import Sheet


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")
VISITS = ("户编号", "走访人", "走访日期", "类别", "发现的情况", "需要整改")
HELPERS = ("帮扶干部编号", "姓名", "单位", "职务级别", "职务", "离任时间")
MEMBERS = ("村", "姓名", "队内职务", "驻村开始时间", "任期截止", "离任时间", "离任原因")
ROSTERS = ("村", "月份", "姓名", "驻村日期")


@pytest.fixture
def everywhere(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path
    make_region(VILLAGE)
    with region_scope(EVERYWHERE):
        yield


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


@pytest.fixture
def secretary():
    return browser("village_secretary", VILLAGE)


def latest() -> Sheet:
    return Sheet.objects.latest("pk")


def sent(client, kind, heads, *rows) -> dict[str, int]:
    """Send a sheet in; return how many rows have which outcome."""
    file = SimpleUploadedFile("表.xlsx", book_of([heads, *rows]))
    said = {"file": file, "usual_on": "2019-06-01"}
    led = filled(client, reverse(f"sheets:{kind}_send"), **said)
    assert led.status_code == 302
    return {k: n for k, n in latest().counts.items() if n}


def page_of(client, kind) -> str:
    address = reverse(f"sheets:{kind}_sheet", args=[latest().pk])
    return get(client, address).content.decode()


def step(client, kind, act):
    return filled(client, reverse(f"sheets:{kind}_act", args=[latest().pk, act]))


def handed_out(client, kind) -> list[tuple]:
    return rows_of(get(client, reverse(f"sheets:{kind}") + "?as=filled"))


def test_visits_are_sent_in_from_the_sheet_and_taken_back(secretary):
    first, second, third = family(), family(), family()
    one = make_pairing(household=first).helper
    two = make_pairing(household=second).helper
    planned = make_visit(second, two)

    counts = sent(
        secretary,
        "visits",
        VISITS,
        (first.number, "", "2019-06-01", "", "屋顶漏雨", "是"),
        (second.number, two.name, "2019-06-02", "政策宣讲", "一切正常", ""),
        (third.number, "", "", "", "", ""),
        (third.number, "", "2019-06-01", "", "无人帮扶", ""),
        (first.number, "无此人", "2019-06-03", "闲谈", "", "也许"),
        (first.number, "", "2100-01-01", "", "太早", ""),
        ("没有的户", "", "2019-06-01", "", "甲", ""),
    )

    assert counts == {"new": 2, "unchanged": 1, "rejected": 4}
    page = page_of(secretary, "visits")
    for words in ("say what was found", "nobody helps the household", "still to come"):
        assert words in page
    step(secretary, "visits", "apply")
    made = Visit.objects.get(household=first)
    assert (made.helper, made.state, made.mending) == (one, "made", "asked")
    planned.refresh_from_db()
    assert (planned.state, planned.kind) == ("made", "policy")
    again = (first.number, "", "2019-06-01", "", "屋顶漏雨", "是")
    assert sent(secretary, "visits", VISITS, again) == {"unchanged": 1}


def test_visits_taken_back_are_dropped_or_planned_again(secretary):
    home, other = family(), family()
    make_pairing(household=home)
    planned = make_visit(other, make_pairing(household=other).helper)
    rows = [(h.number, "", "2019-06-01", "", "正常", "") for h in (home, other)]
    sent(secretary, "visits", VISITS, *rows)
    step(secretary, "visits", "apply")

    assert step(secretary, "visits", "undo").status_code == 302

    assert Visit.objects.get(household=home).state == "dropped"
    planned.refresh_from_db()
    assert (planned.state, planned.findings) == ("planned", "")
    assert broken_book_list() == []
    sent(secretary, "visits", VISITS, *rows)
    step(secretary, "visits", "apply")
    make_visit_paper(Visit.objects.get(household=other))
    refused = step(secretary, "visits", "undo")
    assert refused.status_code == 422
    assert "has papers by now" in refused.content.decode()


def test_an_office_keeps_visits_of_others_and_a_helper_only_the_village(office):
    home = family()
    helper = make_pairing(household=home).helper
    row = (home.number, helper.name, "2019-06-01", "", "正常", "")

    assert sent(office, "visits_kept", VISITS, row) == {"new": 1}
    assert step(office, "visits_kept", "apply").status_code == 302
    assert Visit.objects.get().helper == helper
    visitor = browser("helper", VILLAGE, user=make_user("visits.alone"))
    assert get(visitor, reverse("sheets:visits")).status_code == 200
    assert get(visitor, reverse("sheets:visits_kept")).status_code == 403
    assert handed_out(visitor, "visits")[1][3] == helper.name


def test_helpers_are_entered_corrected_and_taken_back(office):
    known = make_helper(make_unit("县水务局"), name="李强")
    beside = make_helper(make_unit("县教育局"), name="王芳")

    counts = sent(
        office,
        "helpers",
        HELPERS,
        (known.number, "李强", "县水务局", "正科", "副局长", ""),
        ("", "王芳", "县教育局", "一般干部", "", ""),
        ("", "新来", "县住建局", "副科级", "股长", ""),
        ("B9", "谁", "县水务局", "", "", ""),
        ("", "无单位", "", "", "", ""),
        ("", "早退", "县水务局", "皇帝", "", "2100-01-01"),
    )

    assert counts == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 3}
    step(office, "helpers", "apply")
    known.refresh_from_db()
    new = Helper.unscoped.get(name="新来")
    assert (known.rank, known.position) == ("section_head", "副局长")
    assert (new.rank, new.position, new.unit.name) == (
        "section_deputy",
        "股长",
        "县住建局",
    )
    assert [row[1] for row in handed_out(office, "helpers")[1:]] == [
        "新来",
        "李强",
        "王芳",
    ] or len(handed_out(office, "helpers")) == 4

    assert step(office, "helpers", "undo").status_code == 302
    known.refresh_from_db()
    assert (known.rank, known.position) == ("staff", "")
    assert not Helper.unscoped.filter(name="新来").exists()
    assert beside.version == 1


def test_a_helper_of_a_sheet_who_helps_by_now_stands(office):
    sent(office, "helpers", HELPERS, ("", "新来", "县住建局", "", "", ""))
    step(office, "helpers", "apply")
    make_pairing(Helper.unscoped.get(name="新来"), family())

    refused = step(office, "helpers", "undo")

    assert refused.status_code == 422
    assert Helper.unscoped.filter(name="新来").exists()


def test_a_team_is_formed_by_its_first_member_and_taken_back(office):
    first, second = make_helper(name="甲一"), make_helper(name="乙二")
    counts = sent(
        office,
        "members",
        MEMBERS,
        (VILLAGE, "甲一", "第一书记", "2019-01-01", "2021-01-01", "", ""),
        (VILLAGE, "乙二", "队员", "2019-02-01", "", "", ""),
        ("没有的村", "乙二", "队员", "2019-02-01", "", "", ""),
        (VILLAGE, "无此人", "队员", "2019-02-01", "", "", ""),
    )
    assert counts == {"new": 2, "rejected": 2}
    step(office, "members", "apply")
    team = WorkTeam.objects.get()
    assert {m.helper for m in team.members.all()} == {first, second}
    assert [row[1] for row in handed_out(office, "members")[1:]] == ["甲一", "乙二"]

    leaves = (VILLAGE, "乙二", "", "2019-02-01", "", "2019-05-01", "调离")
    stays = (VILLAGE, "甲一", "", "2019-01-01", "", "", "")
    assert sent(office, "members", MEMBERS, leaves, stays) == {
        "changed": 1,
        "unchanged": 1,
    }
    step(office, "members", "apply")
    assert TeamMember.objects.get(helper=second).ended_reason == "调离"

    assert step(office, "members", "undo").status_code == 302
    assert TeamMember.objects.get(helper=second).ended_on is None
    assert broken_book_list() == []


def test_rosters_are_sent_in_and_a_countersigned_one_stands(secretary):
    member = make_team_member()
    name = member.helper.name
    counts = sent(
        secretary,
        "rosters",
        ROSTERS,
        (VILLAGE, "2019-05", name, "3-7, 12"),
        (VILLAGE, "2019-05", "无此人", "3"),
        (VILLAGE, "2019-05", name, "3"),
        (VILLAGE, "夏天", name, "3"),
    )
    assert counts == {"new": 1, "rejected": 3}
    step(secretary, "rosters", "apply")
    roster = Roster.objects.get()
    assert days_of(rosters=[roster])[roster.pk] == {member.pk: [3, 4, 5, 6, 7, 12]}

    changed = (VILLAGE, "2019-05", name, "3-5")
    assert sent(secretary, "rosters", ROSTERS, changed) == {"changed": 1}
    step(secretary, "rosters", "apply")
    assert step(secretary, "rosters", "undo").status_code == 302
    assert days_of(rosters=[roster])[roster.pk] == {member.pk: [3, 4, 5, 6, 7, 12]}
    wrong = (VILLAGE, "2019-05", name, "31-40")
    assert sent(secretary, "rosters", ROSTERS, wrong) == {"rejected": 1}


def test_a_new_roster_is_taken_out_again(secretary):
    member = make_team_member()
    row = (VILLAGE, "2019-05", member.helper.name, "3")
    sent(secretary, "rosters", ROSTERS, row)
    step(secretary, "rosters", "apply")

    assert step(secretary, "rosters", "undo").status_code == 302

    assert not Roster.objects.exists()
    make_roster(member)
    assert sent(secretary, "rosters", ROSTERS, row) == {"changed": 1}
