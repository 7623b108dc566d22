"""Sheets of problems: compared with the ledger, registered, withdrawn as a whole."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption
from tests.factories.assistance import COUNTY
from tests.factories.ledger import make_problem
from tests.factories.registry import VILLAGE
from tests.web.households import browser, get
from tests.web.test_assistance import family, filled
from tests.web.test_sheets import everywhere, latest, page_of, rows_of, sent, step

from xiuhua.apps.audit.chained import is_sound
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.ledger.models import Event, LedgerTally, Problem
from xiuhua.apps.sheets.models import Sheet


pytestmark = pytest.mark.usefixtures("each_database")
HEADS = ("序号", "问题来源", "发现时间", "涉及户编号", "问题类别", "问题描述")
HEADS = (*HEADS, "责任单位", "责任人", "整改时限", "立行立改")
USUAL = {"usual_found_on": "2019-06-01"}
LATER = "2100-06-30"
FAR = date(2100, 1, 1)


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


def row(number, home="", what="饮水不达标", **said):
    cells = dict.fromkeys(HEADS) | {"序号": number, "问题来源": "审计"}
    cells |= {"涉及户编号": home, "问题类别": "三保障", "问题描述": what}
    return tuple((cells | said).values())


def send(client, *rows, **said):
    return sent(client, *rows, kind="problems", usual=USUAL, **{"heads": HEADS} | said)


def first_sheet() -> Sheet:
    with everywhere():
        return Sheet.objects.earliest("pk")


def tallies() -> dict[str, int]:
    found = LedgerTally.objects.filter(region_code=COUNTY)
    return dict(found.order_by("day").values_list("state", "problems"))


def test_a_list_is_compared_registered_and_withdrawn_as_a_whole(office):
    home, other = family(), family()
    owner = make_post("township_clerk", VILLAGE[:9])
    owner.user.full_name = "李干事"
    owner.user.save()
    send(
        office,
        row("1.0", f"{home.number}、{other.number}"),
        row(
            "2 ",
            other.number,
            责任人="李干事",
            整改时限=LATER,
            立行立改="是",
            责任单位="水务局",
        ),
        row("3", "没有的户"),
        row("4", 问题来源="审记"),
        row("1", what="再说一次"),
    )
    page = page_of(office, "problems")
    for words in ("no such household here", "is it 审计?", "stands in row 2 already"):
        assert words in page
    assert latest().counts == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 3}

    step(office, "apply", "problems")
    with everywhere():
        first, second = Problem.objects.order_by("number")
        assert {h.number for h in first.households.all()} == {home.number, other.number}
        assert (first.state, first.region_id) == ("registered", home.village_id)
        assert (second.state, second.owner_id) == ("assigned", owner.pk)
        assert (second.unit, second.is_immediate) == ("水务局", True)
        assert all(is_sound(p, p.events.all()) for p in (first, second))
        assert tallies() == {"registered": 1, "assigned": 1}

    send(office, row("1"), row("2"))
    assert latest().counts["unchanged"] == 2

    with everywhere():
        Problem.objects.filter(pk=first.pk).update(version=5)
    undo = reverse("sheets:problems_act", args=[first_sheet().pk, "undo"])
    assert "has gone on since" in filled(office, undo).content.decode()
    with everywhere():
        Problem.objects.filter(pk=first.pk).update(version=1)
    filled(office, undo)
    with everywhere():
        assert set(Problem.objects.values_list("state", flat=True)) == {"withdrawn"}
        assert tallies() == {"registered": 0, "assigned": 0}
        assert Event.objects.filter(act="withdraw").count() == 2
    assert "饮水不达标" not in get(office, reverse("ledger:index")).content.decode()
    send(office, row("1"), row("2"))
    assert latest().counts["new"] == 2


def test_what_taking_over_writes_is_recorded_once_a_county(office):
    send(office, *[row(str(n), what=f"问题{n}") for n in range(40)])
    with everywhere():
        before = Entry.objects.count()

    step(office, "apply", "problems")

    new = Entry.objects.order_by("-pk")[: Entry.objects.count() - before]
    actions = [entry.action for entry in new]
    assert sorted(actions) == ["ledger.problems.registered", "sheets.sheet.applied"]
    with everywhere():
        assert Problem.objects.count() == 40
        assert len(set(Problem.objects.values_list("number", flat=True))) == 40


def test_one_thing_found_by_two_sources_is_noted(office):
    home = family()
    with everywhere():
        other = make_problem(
            region=home.village_id,
            kind="guarantees",
            households=frozenset({home.pk}),
        )

    send(office, row("1", home.number))

    assert latest().counts["new"] == 1
    assert f"{other.number} is open about the same" in page_of(office, "problems")


def test_the_ledger_handed_out_comes_back_unchanged(office):
    with everywhere():
        make_problem(households=frozenset({family().pk}))
    answer = get(office, reverse("sheets:problems") + "?as=filled")
    heads, *rows = rows_of(answer)

    send(office, *rows, heads=heads)

    assert latest().counts["unchanged"] == 1
    assert latest().counts["rejected"] == 0


def test_a_list_may_leave_out_its_source(office):
    family()
    heads = ("序号", "问题描述", "村")
    usual = USUAL | {"usual_source": "audit", "usual_kind": "data"}
    rows = [("1", "户主姓名有误", VILLAGE), ("2", "重复", "火星村")]

    sent(office, *rows, kind="problems", usual=usual, heads=heads)

    assert latest().counts["new"] == 1
    assert "no place here is called" in page_of(office, "problems")
    step(office, "apply", "problems")
    with everywhere():
        found = Problem.objects.get()
    assert (found.source, found.kind, found.region_id) == ("audit", "data", VILLAGE)


def test_a_list_names_indicators_by_their_words_or_codes(office):
    make_adoption(COUNTY)
    heads = (*HEADS, "涉及指标")
    named = "饮水安全有保障"
    said = (named, "Safe Water", "safe_water", "household_exit.safe_water", "饮水安全")

    send(office, *[(*row(str(n)), word) for n, word in enumerate(said)], heads=heads)

    assert (latest().counts["new"], latest().counts["rejected"]) == (4, 1)
    assert f"饮水安全 is not known (is it {named}?)" in page_of(office, "problems")
    step(office, "apply", "problems")
    with everywhere():
        found = set(Problem.objects.values_list("indicator", flat=True))
        assert found == {"household_exit.safe_water"}
    heads, *rows = rows_of(get(office, reverse("sheets:problems") + "?as=filled"))
    assert {dict(zip(heads, line, strict=True))["indicator"] for line in rows} == {
        named
    }


def test_who_may_not_assign_says_so_before_anything_changes():
    family()
    clerk = browser("inspector", COUNTY, valid_to=FAR)

    send(clerk, row("1", 责任人="李干事", 整改时限=LATER))

    assert "assigns no problems" in page_of(clerk, "problems")
