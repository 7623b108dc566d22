"""Sheets of measures: compared with the plans, taken over as proposals, given up."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.assistance import COUNTY
from tests.factories.registry import VILLAGE
from tests.web.households import browser, get
from tests.web.test_assistance import family
from tests.web.test_sheets import everywhere, latest, page_of, rows_of, sent, step

from xiuhua.apps.plans.models import Measure, Plan


pytestmark = pytest.mark.usefixtures("each_database")
HEADS = ("户编号", "计划年度", "措施类别", "帮扶措施", "对象", "预期增收（元）")
HEADS = (*HEADS, "投入资金（元）", "责任人", "佐证类型")
USUAL = {"usual_deadline": "2100-06-30"}


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


def row(home, what="养猪五头", **said):
    cells = dict.fromkeys(HEADS) | {"户编号": home, "措施类别": "产业帮扶"}
    return tuple((cells | {"帮扶措施": what} | said).values())


def send(client, *rows, **said):
    usual = {"kind": "measures", "usual": USUAL, "heads": HEADS}
    return sent(client, *rows, **usual | said)


def test_a_list_of_measures_is_compared_taken_over_and_given_up(office):
    home, other = family(), family()
    owner = make_post("village_secretary", VILLAGE)
    owner.user.full_name = "王支书"
    owner.user.save()
    money = {"预期增收（元）": "4,500.5元", "投入资金（元）": 1200, "佐证类型": "照片"}
    send(
        office,
        row(home.number, 责任人="王支书", **money),
        row(home.number, "打工", 措施类别="就业帮扶", 对象="查无此人"),
        row(other.number, "分红", 措施类别="产业帮服"),
        row("没有的户"),
        row(other.number, **{"预期增收（元）": "很多"}),
        row(home.number),
    )
    page = page_of(office, "measures")
    for words in (
        "is it 产业帮扶?",
        "one member of the household",
        "no amount of money",
    ):
        assert words in page
    assert (latest().counts["new"], latest().counts["rejected"]) == (1, 5)

    step(office, "apply", "measures")
    with everywhere():
        measure = Measure.objects.get()
        assert (str(measure.income_yuan), measure.demanded) == ("4500.50", "photo")
        assert (measure.owner_id, measure.state) == (owner.pk, "proposed")
        assert Plan.objects.get().household_id == home.pk

    send(office, row(home.number))
    assert latest().counts["unchanged"] == 1
    answer = get(office, reverse("sheets:measures") + "?as=filled")
    heads, *rows = rows_of(answer)
    send(office, *rows, heads=heads)
    assert latest().counts["unchanged"] == 1


def test_measures_are_given_up_as_a_whole_and_can_come_again(office):
    home = family()
    send(office, row(home.number))
    step(office, "apply", "measures")

    assert step(office, "undo", "measures").status_code == 302

    with everywhere():
        assert Measure.objects.get().state == "dropped"
    send(office, row(home.number))
    assert latest().counts["new"] == 1
    step(office, "apply", "measures")
    with everywhere():
        assert Measure.objects.filter(state="proposed").count() == 1
