"""The ledger in a browser: the list, a problem, its acts, the reconciliation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.factories.accounts import make_post
from tests.factories.attachments import jpeg
from tests.factories.ledger import (
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    make_assigned,
    make_clerk,
    make_in_hand,
    make_office,
    make_problem,
    make_task,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import make_household
from tests.web.households import browser, browser_of, get, post

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.ledger.models import Event, Evidence, Problem, Recheck, Task
from xiuhua.apps.ledger.rules import Act
from xiuhua.apps.ledger.services import rectifying
from xiuhua.web.forms import new_key


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
LIST = "/ledger/"
LATER = "2100-01-01"


@pytest.fixture
def in_county(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    with region_scope([COUNTY]):
        yield


def page_of(problem: Problem) -> str:
    return reverse("ledger:page", args=[problem.pk])


def act_of(problem: Problem, act: str) -> str:
    return reverse("ledger:act", args=[problem.pk, act])


def form(problem: Problem, **said):
    return {
        "version": Problem.objects.get(pk=problem.pk).version,
        "once": new_key(),
    } | said


def fresh(problem: Problem) -> Problem:
    return Problem.objects.get(pk=problem.pk)


def test_the_list_shows_the_problems_of_the_post_alone():
    own = make_problem()
    other = make_problem(region="990101102201")

    text = get(browser("township_clerk", TOWNSHIP), LIST).text

    assert page_of(own) in text
    assert page_of(other) not in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("source=audit", 1),
        ("kind=funds", 1),
        ("state=open", 3),
        ("what=immediate", 1),
        ("what=mine", 0),
        ("what=overdue", 1),
        ("part=990101101", 3),
        ("columns=all", 3),
    ],
)
def test_filters_narrow_the_list(query, count):
    office = make_office()
    make_problem(office, source="audit", kind="funds")
    make_problem(office, is_immediate=True)
    make_in_hand(office, make_clerk())

    text = get(browser_of(office), f"{LIST}?{query}").text

    assert f"{count} rows" in text


def test_the_list_asks_few_questions(django_assert_max_num_queries):
    for _ in range(3):
        make_problem()
    client = browser_of(make_office())
    get(client, LIST)

    with django_assert_max_num_queries(25):
        assert get(client, LIST).text.count("/ledger/") > 3


def test_words_travel_by_post_alone():
    office = make_office()
    problem = make_problem(office, description="饮水不达标")
    make_problem(office)
    client = browser_of(office)

    sent = post(client, LIST, {"find": "饮水"})
    text = get(client, sent["Location"]).text

    assert "饮水" not in sent["Location"]
    assert page_of(problem) in text
    assert "1 rows" in text


def test_the_workbook_and_the_official_table_hold_what_is_shown():
    office = make_office()
    make_problem(office)
    client = browser_of(office)

    book = get(client, f"{LIST}?columns=all&as=xlsx")
    paper = get(client, f"{LIST}?columns=all&as=print").text

    assert book["Content-Type"].endswith("sheet")
    assert "户主身份证号与公安库不符" in paper


def test_a_problem_is_registered_from_a_household_once():
    household = make_household(VILLAGE)
    office = make_office()
    client = browser_of(office)
    said = {
        "once": new_key(),
        "region": VILLAGE,
        "source": "visit",
        "kind": "guarantees",
        "found_on": TODAY.isoformat(),
        "description": "房屋漏雨",
    }
    address = f"{reverse('ledger:register')}?household={household.pk}"

    assert get(client, address).status_code == 200
    first = post(client, address, said)
    again = post(client, address, said)

    problem = Problem.objects.get()
    assert first["Location"] == again["Location"] == page_of(problem)
    assert list(problem.households.all()) == [household]


def test_the_page_walks_a_problem_to_strike_off():
    office, owner = make_office(), make_clerk()
    leader = make_post("township_leader", TOWNSHIP)
    problem = make_problem(office, kind="industry")
    chief, clerk = browser_of(office), browser_of(owner)
    until = LATER

    post(
        chief, act_of(problem, "assign"), form(problem, owner=owner.pk, deadline=until)
    )
    post(clerk, act_of(problem, "sign_for"), form(problem))
    post(clerk, act_of(problem, "start"), form(problem, measures="修缮圈舍"))
    refused = get(clerk, page_of(problem)).text
    sent = clerk.post(
        reverse("ledger:evidence", args=[problem.pk]),
        form(problem, kind="photo", mask="personal")
        | {"file": SimpleUploadedFile("a.jpg", jpeg())},
        secure=True,
    )
    post(clerk, act_of(problem, "submit"), form(problem))
    done = post(browser_of(leader), act_of(problem, "strike_off"), form(problem))

    assert "evidence its class demands is missing" in refused
    assert sent["Location"] == page_of(problem)
    assert done["Location"] == page_of(problem)
    assert fresh(problem).state == "struck_off"
    assert "struck off" in get(chief, page_of(problem)).text
    assert Evidence.objects.count() == 1


def test_a_stale_form_changes_nothing_and_says_what_happened():
    office, owner = make_office(), make_clerk()
    problem = make_assigned(office, owner)
    old = form(problem, reason="不属于本镇")
    post(browser_of(owner), act_of(problem, "sign_for"), form(problem))

    answer = post(browser_of(owner), act_of(problem, "send_back"), old)

    assert answer.status_code == 409
    assert "signed for" in answer.text
    assert fresh(problem).state == "signed_for"


def test_what_a_post_that_ended_leaves_behind_is_listed_and_given_to_another():
    office, gone, heir = make_office(), make_clerk(), make_clerk()
    left = make_in_hand(office, gone, description="屋面漏雨")
    kept = make_in_hand(office, heir, description="饮水不便")
    Post.unscoped.filter(pk=gone.pk).update(valid_to=TODAY)
    client, what = browser_of(office), f"{LIST}?what=left"

    shown = get(client, what).text
    ticked = {"owner": heir.pk, "once": new_key(), "row": [f"{left.pk}.{left.version}"]}
    # Who ticked nothing, or something, finds the list as it was narrowed.
    bare = {"query": "what=left", "once": new_key()}
    refused = post(client, reverse("ledger:assign_many"), bare)
    done = post(client, reverse("ledger:assign_many"), ticked | {"query": "what=left"})

    assert (refused.url, done.url) == (what, what)
    assert 'name="query" value="what=left"' in shown
    assert page_of(left) in shown
    assert page_of(kept) not in shown
    assert "post has ended" in shown
    assert fresh(left).owner == heir
    assert page_of(left) not in get(client, what).text


def test_ticked_problems_are_assigned_all_or_none():
    clerk, office = make_clerk(), make_office()
    here, beside = make_problem(office), make_problem(office, region="990101102201")
    at_county = browser_of(office)
    ticked = {"owner": clerk.pk, "once": new_key()}

    answer = post(
        at_county,
        reverse("ledger:assign_many"),
        ticked | {"row": [f"{p.pk}.{p.version}" for p in (here, beside)]},
    )
    assert answer.status_code == 400
    assert set(Problem.objects.values_list("state", flat=True)) == {"registered"}

    rows = {"row": [f"{here.pk}.{here.version}"]}
    post(at_county, reverse("ledger:assign_many"), ticked | rows)
    stale = post(
        at_county, reverse("ledger:assign_many"), ticked | rows | {"once": new_key()}
    )
    here.refresh_from_db()
    assert (here.state, here.owner_id) == ("assigned", clerk.pk)
    assigned = here.events.get(act="assign").recorded_at
    assert here.deadline == timezone.localtime(assigned).date() + timedelta(days=7)
    assert stale.status_code == 409


def test_a_second_click_does_nothing():
    office, owner = make_office(), make_clerk()
    problem = make_assigned(office, owner)
    said = form(problem)
    client = browser_of(owner)

    first = post(client, act_of(problem, "sign_for"), said)
    again = post(client, act_of(problem, "sign_for"), said)

    assert first["Location"] == again["Location"]
    assert Event.objects.filter(problem=problem, act="sign_for").count() == 1


def test_the_work_of_others_is_refused_and_not_offered():
    problem = make_assigned(make_office(), make_clerk())
    client = browser("helper", VILLAGE)

    assert act_of(problem, "sign_for") not in get(client, page_of(problem)).text
    assert get(client, act_of(problem, "sign_for")).status_code == 403
    refused = post(client, act_of(problem, "sign_for"), form(problem))
    assert refused.status_code == 422
    assert fresh(problem).state == "assigned"


def test_what_lies_elsewhere_is_not_there():
    problem = make_problem()
    client = browser("county_office", "990102")

    for address in (
        page_of(problem),
        act_of(problem, "assign"),
        reverse("ledger:evidence", args=[problem.pk]),
        reverse("ledger:search", args=[problem.pk]),
        reverse("ledger:answer", args=[problem.pk]),
    ):
        assert get(client, address).status_code == 404


def test_a_bureau_sees_its_indicator_on_every_page():
    office = make_office()
    make_problem(office, indicator="household_exit.safe_water", description="水")
    school = make_problem(
        office, indicator="household_exit.compulsory_education", description="辍学"
    )
    client = browser("sector_bureau", COUNTY, sector="education")

    listed = get(client, LIST).text
    balance = get(client, reverse("ledger:reconciliation")).text

    assert "1 rows" in listed
    assert page_of(school) in listed
    assert "entered on the ledger <b>1</b>" in balance


def test_the_reconciliation_leads_to_its_rows():
    office, owner = make_office(), make_clerk()
    make_in_hand(office, owner)
    make_problem(office, source="audit")
    client = browser_of(office)

    whole = get(client, reverse("ledger:reconciliation"))
    part = get(client, f"{reverse('ledger:reconciliation')}?source=audit&on={LATER}")

    assert "entered on the ledger <b>2</b>" in whole.text
    assert "It balances" in whole.text
    assert "entered on the ledger <b>1</b>" in part.text


def test_rows_of_an_earlier_day_are_those_of_that_day():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner)
    later = NOON + timedelta(days=40)
    rectifying.problem_step(
        problem=problem,
        version=problem.version,
        act=Act.START,
        by=owner,
        at=later,
        measures="核对",
    )
    client = browser_of(office)

    then = get(client, f"{LIST}?on=2019-07-30&state=signed_for").text
    none = get(client, f"{LIST}?on=2001-01-01").text

    assert page_of(problem) in then
    assert "0 rows" in none


def test_a_task_is_finished_by_its_owner_alone():
    task = make_task()
    address = reverse("ledger:task", args=[task.pk])
    other = browser("township_leader", TOWNSHIP)
    said = {"version": 1, "once": new_key(), "outcome": "已核对"}

    assert get(other, address).status_code == 200
    assert post(other, address, said).status_code == 403
    post(browser_of(task.owner), address, said)

    assert Task.objects.get().outcome == "已核对"


def test_the_same_is_looked_for_in_every_part():
    office = make_office()
    problem = make_problem(office)
    clerks = [make_clerk(), make_post("township_clerk", "990101102")]
    client = browser_of(office)
    address = reverse("ledger:search", args=[problem.pk])
    until = LATER
    said = form(problem, what="查同类", deadline=until, owners=[c.pk for c in clerks])

    assert get(client, address).status_code == 200
    post(client, address, said)
    post(client, address, said)

    regions = sorted(Task.objects.values_list("region_id", flat=True))
    assert regions == ["990101101", "990101102"]
    assert all(Task.objects.values_list("is_search", flat=True))


def test_a_question_of_policy_comes_back_to_all_who_raised_it():
    office = make_office()
    first, second = (make_problem(office, is_policy_level=True) for _ in range(2))
    clerk = browser("township_clerk", TOWNSHIP)
    for problem in (first, second):
        said = form(problem, to=COUNTY, question="赡养人收入如何计算")
        post(clerk, act_of(problem, "raise"), said)

    address = reverse("ledger:answer", args=[first.pk])
    chief = browser_of(office)
    assert second.number in get(chief, address).text
    both = [f"{p.pk}.{fresh(p).version}" for p in (first, second)]
    post(chief, address, form(first, answer="按实际赡养费", problems=both))

    assert [fresh(p).answer for p in (first, second)] == ["按实际赡养费"] * 2
    assert "按实际赡养费" in get(clerk, page_of(second)).text


def test_a_second_look_opens_again_what_is_not_mended():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner)
    post(browser_of(owner), act_of(problem, "start"), form(problem, measures="改"))
    post(browser_of(owner), act_of(problem, "submit"), form(problem))
    client = browser_of(office)
    post(client, act_of(problem, "strike_off"), form(problem))
    said = {
        "once": new_key(),
        "ended_from": "2019-01-01",
        "ended_to": LATER,
        "seed": "7",
    }

    drawn = post(client, reverse("ledger:rechecks"), said)
    item = Recheck.objects.get().items.get()
    assert get(client, drawn["Location"]).status_code == 200
    address = reverse("ledger:recheck_item", args=[item.pk])
    assert get(client, address).status_code == 200
    post(client, address, {"once": new_key(), "holds": "no", "found": "未整改"})

    assert fresh(problem).state == "in_rectification"
    acts = list(Event.objects.order_by("-number").values_list("act", flat=True)[:2])
    assert acts == ["reopen", "recheck"]


def test_doubles_of_two_sources_are_named():
    household = make_household(VILLAGE)
    office = make_office()
    for source in ("audit", "visit"):
        make_problem(office, source=source, households=frozenset({household.pk}))

    text = get(browser_of(office), reverse("ledger:doubles")).text

    assert text.count("Merge<span") == 2
