"""Sheets of progress: owners report of their problems what the ledger's steps allow."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.factories.accounts import make_user
from tests.factories.assistance import COUNTY
from tests.factories.ledger import (
    make_assigned,
    make_in_hand,
    make_office,
    make_problem,
)
from tests.web.households import browser, get
from tests.web.test_sheets import everywhere, latest, page_of, rows_of, sent, step

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit.chained import is_sound
from xiuhua.apps.ledger.models import Problem


pytestmark = pytest.mark.usefixtures("each_database")
HEADS = ("问题编号", "完成情况", "整改措施", "完成时间", "备注", "申请延期至")
HEADS = (*HEADS, "未销号原因", "长效机制")
KIND = "problem_progress"


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def clerk():
    return browser("township_clerk", COUNTY, user=make_user("clerk"))


@pytest.fixture
def owner(clerk):
    return Post.unscoped.select_related("user").get(user__username="clerk")


def row(problem, progress="", **said):
    number = getattr(problem, "number", problem)
    cells = dict.fromkeys(HEADS) | {"问题编号": number, "完成情况": progress}
    return tuple((cells | said).values())


def send(client, *rows):
    sent(client, *rows, kind=KIND, usual={}, heads=HEADS)
    return {k: n for k, n in latest().counts.items() if n}


def report(client, *rows):
    counts = send(client, *rows)
    assert step(client, "apply", KIND).status_code == 302
    return counts


def test_progress_is_reported_step_by_step_as_the_ledger_allows(clerk, owner):
    with everywhere():
        new = make_assigned(make_office(), owner)
        mine = make_in_hand(make_office(), owner)

    counts = report(
        clerk,
        row(new, "整改中", 整改措施="逐户核对"),
        row(mine, "已完成", 整改措施="已更正", 完成时间="2019-07-01", 备注="见附表"),
    )

    assert counts == {"changed": 2}
    with everywhere():
        new.refresh_from_db()
        mine.refresh_from_db()
        assert (new.state, new.measures) == ("in_rectification", "逐户核对")
        assert (mine.state, mine.measures) == ("awaiting_verification", "已更正")
        last = mine.events.order_by("-pk")[0]
        assert last.act == "submit"
        assert {"2019-07-01", "见附表"} <= set(last.said.values())
        assert all(is_sound(p, p.events.all()) for p in (new, mine))
    page = get(clerk, reverse("ledger:page", args=[mine.pk])).content.decode()
    assert "done on" in page
    assert "2019-07-01" in page
    again = row(new, "已签收"), row(mine, "已完成", 完成时间="2019-07-01")
    assert send(clerk, *again) == {"unchanged": 2}


def test_more_time_delay_and_what_was_mended_go_in_with_it(clerk, owner):
    with everywhere():
        problem = make_in_hand(make_office(), owner)
    said = {"备注": "等待审批", "申请延期至": "2100-06-30", "长效机制": "每月核对"}

    assert report(clerk, row(problem, **said)) == {"changed": 1}

    with everywhere():
        problem.refresh_from_db()
        assert problem.system_mended == "每月核对"
        assert problem.extensions.get().until == date(2100, 6, 30)
    assert send(clerk, row(problem, **said)) == {"unchanged": 1}


def test_what_the_ledger_refuses_stands_at_its_cell_and_nothing_changes(clerk, owner):
    with everywhere():
        office = make_office()
        unproven = make_in_hand(office, owner, kind="guarantees")
        bare = make_assigned(office, owner)
        others = make_assigned(office, office)
        mine = make_in_hand(office, owner)
    before = states()

    counts = send(
        clerk,
        row(unproven, "已完成", 整改措施="已修"),
        row(bare, "整改中"),
        row(others, "已签收"),
        row(mine, "已销号"),
        row("990101-2019-99999", "已签收"),
        row(mine, "退回"),
        row(f"{bare.number}x", "完成了一半"),
    )

    assert counts == {"rejected": 7}
    page = page_of(clerk, KIND)
    for words in (
        "evidence its class demands is missing",
        "say what will be done",
        "it is assigned to somebody else",
        "struck off one by one",
        "no problem here has this number",
        "stands in an earlier row",
        "is not known",
    ):
        assert words in page
    assert states() == before


def states():
    with everywhere():
        found = Problem.objects.order_by("pk")
        return list(found.values_list("state", "version", "events_count"))


def test_a_day_of_completion_lies_behind_and_goes_with_completion(clerk, owner):
    with everywhere():
        office = make_office()
        first, second = (make_in_hand(office, owner) for _ in range(2))

    send(
        clerk,
        row(first, "已完成", 整改措施="改", 完成时间="2100-01-01"),
        row(second, 完成时间="2019-07-01"),
    )

    page = page_of(clerk, KIND)
    assert "the day is still to come" in page
    assert "a day of completion says that it is done" in page


def test_the_sheet_handed_out_holds_ones_own_and_comes_back_unchanged(clerk, owner):
    with everywhere():
        office = make_office()
        mine = make_in_hand(office, owner)
        make_problem(office)
    heads, *rows = rows_of(get(clerk, reverse(f"sheets:{KIND}") + "?as=filled"))
    assert [cells[0] for cells in rows] == [mine.number]

    sent(clerk, *rows, kind=KIND, usual={}, heads=heads)

    assert (latest().counts["unchanged"], latest().counts["rejected"]) == (1, 0)


def test_what_was_reported_is_not_taken_back(clerk, owner):
    with everywhere():
        problem = make_assigned(make_office(), owner)
    report(clerk, row(problem, "已签收"))

    page = page_of(clerk, KIND)

    assert "/undo/" not in page
    address = reverse(f"sheets:{KIND}_act", args=[latest().pk, "undo"])
    assert get(clerk, address).status_code == 404


def test_a_problem_that_went_on_since_keeps_the_sheet_from_being_taken_over(
    clerk, owner
):
    with everywhere():
        problem = make_assigned(make_office(), owner)
    send(clerk, row(problem, "已签收"))
    with everywhere():
        Problem.objects.filter(pk=problem.pk).update(version=9)

    refused = step(clerk, "apply", KIND)

    assert "compare it again" in refused.content.decode()
