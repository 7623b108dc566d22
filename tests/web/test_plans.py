"""The pages of plans: from a shortfall to a measure checked off, and who sees what."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.assessments import make_shortfall
from tests.factories.attachments import PDF
from tests.factories.plans import (
    SIGNED,
    agree,
    make_checker,
    make_measure,
    make_plan,
    make_planner,
)
from tests.factories.registry import HEAD, VILLAGE, make_household
from tests.web.households import browser, browser_of, get, post

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.registry.models import Person
from xiuhua.web.forms import new_key


COUNTY, TOWNSHIP = VILLAGE[:6], VILLAGE[:9]
FIGURE = re.compile(
    r'class="figure" href="([^"]*)"><div class="figure-name">([^<]*)</div>'
    r'<div class="figure-number">(\d+)</div>'
)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


pytestmark = pytest.mark.usefixtures("each_database")


def page_of(plan):
    return reverse("plans:page", args=[plan.pk])


def measure_page(measure):
    return reverse("plans:measure", args=[measure.pk])


def planted(planner, **said):
    """Return a measure agreed on in the plan of 2019, due in a far year."""
    with region_scope(EVERYWHERE):
        facts = {"deadline": date(2100, 1, 1)} | said
        measure = make_measure(make_plan(by=planner), planner, **facts)
        agree(measure.plan, planner)
        measure.refresh_from_db()
        return measure


def stands(measure):
    return Measure.unscoped.get(pk=measure.pk).state


def send(client, path, **said):
    """Send the form of a page as it was shown, with what is said instead."""
    shown = get(client, path)
    found = re.search(r'name="version" value="(\d+)"', shown.text)
    version = found.group(1) if found else ""
    return post(client, path, {"version": version, "once": new_key(), **said})


def test_one_click_proposes_a_plan_from_the_shortfalls():
    planner = make_planner()
    household = make_household()
    make_shortfall(household, indicator="safe_housing", verdict="0")
    client = browser_of(planner)
    home = reverse("households:page", args=[household.pk])
    assert "No plan yet" in get(client, home).text

    begun = post(client, reverse("plans:begin", args=[household.pk]))
    text = get(client, begun["Location"]).text

    assert "Safe housing" in text
    assert "to be said" in text
    plan = Plan.unscoped.get()
    assert reverse("plans:page", args=[plan.pk]) in get(client, home).text


def test_the_page_says_why_it_cannot_be_agreed_yet():
    planner = make_planner()
    with region_scope(EVERYWHERE):
        plan = make_plan(by=planner)
        make_measure(plan, planner, what="", owner=None)
    client = browser_of(planner)

    text = get(client, page_of(plan)).text

    assert "say for every measure what will be done and by whom" in text
    assert reverse("plans:agree", args=[plan.pk]) not in text


def test_a_measure_is_filled_in_agreed_delivered_and_checked_off():
    planner = make_planner()
    with region_scope(EVERYWHERE):
        plan = make_plan(by=planner)
        measure = make_measure(plan, planner, what="", owner=None)
    client = browser_of(planner)
    facts = {"kind": "industry", "what": "养猪五头", "owner": planner.pk}
    facts["deadline"] = "2100-01-01"
    change = reverse("plans:change", args=[measure.pk])
    assert send(client, change, **facts).status_code == 302

    signed = {"family": "王小明", "helper": "李强", "team": "赵敏"}
    agreed = send(client, reverse("plans:agree", args=[plan.pk]), **signed)
    assert agreed.status_code == 302
    assert stands(measure) == "planned"
    finish = reverse("plans:step", args=[measure.pk, "finish"])
    assert send(client, finish).status_code == 302
    own = get(client, measure_page(measure)).text
    assert "whoever delivers does not check off" in own

    checker = browser_of(make_checker())
    check = reverse("plans:step", args=[measure.pk, "check_off"])
    assert send(checker, check).status_code == 302
    assert stands(measure) == "checked_off"


def test_a_step_refused_stays_on_its_form_and_says_why():
    planner = make_planner()
    measure = planted(planner, demanded="photo")
    client = browser_of(planner)

    answer = send(client, reverse("plans:step", args=[measure.pk, "finish"]))

    assert answer.status_code == 422
    assert "evidence the measure demands is missing" in answer.text
    assert stands(measure) == "planned"


def test_evidence_is_kept_and_lets_it_be_delivered():
    planner = make_planner()
    measure = planted(planner, demanded="paper")
    client = browser_of(planner)

    file = SimpleUploadedFile("收据.pdf", b"%PDF-1.4\n%%EOF\n")
    path = reverse("plans:evidence", args=[measure.pk])
    given = send(client, path, kind="paper", mask="personal", file=file)
    assert given.status_code == 302

    assert "收据" in get(client, measure_page(measure)).text
    finish = reverse("plans:step", args=[measure.pk, "finish"])
    assert send(client, finish).status_code == 302
    assert stands(measure) == "done"


def test_a_stale_form_and_a_second_sending_change_nothing_twice():
    planner = make_planner()
    measure = planted(planner)
    client = browser_of(planner)
    start = reverse("plans:step", args=[measure.pk, "start"])
    once = new_key()
    form = {"version": measure.version, "once": once}

    assert post(client, start, form).status_code == 302
    assert post(client, start, form).status_code == 302
    late = post(client, start, {**form, "once": new_key()})

    assert late.status_code == 409
    assert Measure.unscoped.get(pk=measure.pk).version == measure.version + 1


def test_lateness_is_shown_and_explained_by_who_checks():
    planner = make_planner()
    measure = planted(planner, deadline=date(2019, 6, 1))
    checker = browser_of(make_checker())
    assert "late" in get(checker, measure_page(measure)).text

    path = reverse("plans:delay", args=[measure.pk])
    said = {"cause": "猪瘟停运", "accountability": "约谈包村干部"}
    assert send(checker, path, **said).status_code == 302

    assert "猪瘟停运" in get(checker, measure_page(measure)).text


def test_versions_are_compared_measure_by_measure():
    planner = make_planner()
    measure = planted(planner)
    with region_scope(EVERYWHERE):
        make_measure(measure.plan, planner, what="家庭医生签约", kind="health")
        agree(measure.plan, planner, reason="增加健康帮扶")

    path = reverse("plans:versions", args=[measure.plan_id])
    text = get(browser_of(planner), path).text

    assert "家庭医生签约" in text
    assert "added" in text
    assert "增加健康帮扶" in text


def test_the_signed_paper_is_filed_opened_and_kept():
    planner = make_planner()
    plan = planted(planner).plan
    client = browser_of(planner)
    path = reverse("plans:paper", args=[plan.pk])
    assert get(client, page_of(plan)).text.count("no paper filed yet") == 3
    form = {"file": SimpleUploadedFile("协议.pdf", PDF), "kind": "all"}

    done = send(client, path, mask="personal", **form)

    assert done.status_code == 302
    page = get(client, page_of(plan)).text
    assert "no paper filed yet" not in page
    assert page.count("Open the signed paper") == 3
    scan = Attachment.unscoped.get()
    answer = post(client, reverse("files:take", args=[scan.pk]))
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content])
    stays = post(
        client,
        reverse("files:remove", args=[scan.pk]),
        {"reason": "传错", "once": new_key()},
    )
    assert "so it stays" in stays.text
    scan.refresh_from_db()
    assert scan.removed_at is None
    assert get(browser("sector_bureau", COUNTY, sector="water"), path).status_code in (
        403,
        404,
    )
    with region_scope(EVERYWHERE):
        draft = make_plan(make_household(), planner)
    nothing = reverse("plans:paper", args=[draft.pk])
    assert get(client, nothing).status_code == 404


def test_a_plan_closed_by_mistake_is_opened_again_with_the_reason():
    planner = make_planner()
    measure = planted(planner)
    client, plan = browser_of(planner), measure.plan
    reopen = reverse("plans:reopen", args=[plan.pk])
    close = {"carried": str(measure.pk), "deadline": "2020-03-31", "reason": "年终"}
    assert (
        send(client, reverse("plans:close", args=[plan.pk]), **close).status_code == 302
    )
    assert f'href="{reopen}"' in get(client, page_of(plan)).text
    checker = browser_of(make_checker())
    assert f'href="{reopen}"' not in get(checker, page_of(plan)).text

    assert send(client, reopen, reason=" ").status_code == 422
    assert send(client, reopen, reason="选错了户").status_code == 302

    assert stands(measure) == "planned"
    assert f'href="{reopen}"' not in get(client, page_of(plan)).text
    follows = Plan.unscoped.get(year=2020)
    with region_scope(EVERYWHERE):
        make_measure(follows, planner)
        agree(follows, planner)
    assert (
        send(client, reverse("plans:close", args=[plan.pk]), reason="年终").status_code
        == 302
    )
    shown = get(client, page_of(plan)).text
    assert "the plan of a later year is in force" in shown
    assert f'href="{reopen}"' not in shown


def test_a_bureau_sees_the_measures_of_its_own_indicators():
    planner = make_planner()
    water = planted(planner, what="接自来水", answers="indicator:safe_water")
    with region_scope(EVERYWHERE):
        other = make_measure(water.plan, planner, what="养猪五头")
        agree(water.plan, planner, reason="增加产业")
    bureau = browser("sector_bureau", COUNTY, sector="water")

    text = get(bureau, page_of(water.plan)).text
    listed = get(bureau, reverse("plans:measures")).text

    assert "接自来水" in text and "接自来水" in listed
    assert "养猪五头" not in text + listed
    assert get(bureau, measure_page(other)).status_code == 404


def test_lists_narrow_by_state_and_whose_work():
    planner = make_planner()
    measure = planted(planner)
    client = browser_of(planner)
    listed = reverse("plans:measures")

    assert "养猪五头" in get(client, f"{listed}?whose=mine&state=ahead").text
    assert "养猪五头" not in get(client, f"{listed}?state=late").text
    plans = reverse("plans:index") + "?year=2019&"
    assert page_of(measure.plan) in get(client, f"{plans}state=in_force").text
    assert page_of(measure.plan) not in get(client, f"{plans}state=draft").text


def test_a_figure_of_income_measures_leads_to_its_households_planned_or_not():
    planner = make_planner()
    poor = {"persons": [HEAD | {"labor_skill": "ordinary"}], "poverty": "exited"}
    with region_scope(EVERYWHERE):
        bare = make_household(**poor)
    clerk = browser("township_clerk", TOWNSHIP)
    page = reverse("plans:income")

    figures = dict(
        (words, (number, html.unescape(url)))
        for url, words, number in FIGURE.findall(get(clerk, page).text)
    )

    number, url = figures["of these, without a plan"]
    listed = get(clerk, page + url).text
    home = reverse("households:page", args=[bare.pk])
    assert number == "1" and listed.count(f'href="{home}"') == 1
    assert figures["of these, exited"][0] == figures["with fewer than wanted"][0] == "1"
    elsewhere = browser("township_clerk", "990102101")
    assert home not in get(elsewhere, page + url).text
    assert get(browser_of(planner), page + "?ties=nonsense&year=1").status_code == 200


def test_the_workbook_holds_what_the_list_shows():
    planner = make_planner()
    planted(planner)
    clerk = browser("township_clerk", TOWNSHIP)

    answer = get(clerk, reverse("plans:measures") + "?as=xlsx")

    assert answer.status_code == 200
    assert "sheet" in answer["Content-Type"]


def test_a_household_that_falls_short_without_plan_is_listed():
    household = make_household()
    make_shortfall(household, indicator="safe_housing", verdict="0")
    clerk = browser("township_clerk", TOWNSHIP)
    address = reverse("households:page", args=[household.pk])

    assert address in get(clerk, reverse("plans:missing")).text
    done = post(
        clerk,
        reverse("plans:propose_all"),
        {"once": new_key(), "region": VILLAGE, "deadline": "2100-01-01"},
    )

    assert done.status_code == 302
    assert Measure.unscoped.filter(answers="indicator:safe_housing").count() == 1
    assert address not in get(clerk, reverse("plans:missing")).text


def test_ticked_measures_get_another_owner_with_a_reason():
    planner = make_planner()
    measure = planted(planner)
    clerk_post = make_post("township_clerk", TOWNSHIP)
    clerk = browser_of(clerk_post)
    form = {
        "once": new_key(),
        "row": [f"{measure.pk}.{measure.version}"],
        "owner": clerk_post.pk,
        "reason": "换届",
    }

    narrowed = form | {"query": "state=ahead"}
    listed = reverse("plans:measures") + "?state=ahead"
    assert post(clerk, reverse("plans:owner"), narrowed).url == listed

    assert Measure.unscoped.get(pk=measure.pk).owner_id == clerk_post.pk
    plan = Plan.unscoped.get(pk=measure.plan_id)
    assert plan.agreed_count == 2
    assert plan.versions.get(number=2).reason == "换届"

    undo = reverse("plans:owner_undo")
    assert undo in get(clerk, reverse("plans:measures")).text
    assert post(clerk, undo, {}).status_code == 302
    assert Measure.unscoped.get(pk=measure.pk).owner_id == measure.owner_id
    assert undo not in get(clerk, reverse("plans:measures")).text


def test_a_change_of_owner_is_not_taken_back_once_work_has_gone_on():
    planner = make_planner()
    measure = planted(planner)
    heir = make_post("first_secretary", VILLAGE)
    clerk = browser_of(make_post("township_clerk", TOWNSHIP))
    form = {"row": [f"{measure.pk}.{measure.version}"], "owner": heir.pk}
    post(clerk, reverse("plans:owner"), form | {"once": new_key(), "reason": "换届"})
    start = reverse("plans:step", args=[measure.pk, "start"])
    assert send(browser_of(heir), start).status_code == 302

    answer = post(clerk, reverse("plans:owner_undo"), {})

    assert answer.status_code == 409
    assert Measure.unscoped.get(pk=measure.pk).owner_id == heir.pk


def test_village_and_person_have_plans_of_their_own():
    planner = make_planner()
    household = make_household()
    client = browser_of(planner)
    person = Person.unscoped.filter(household=household).first()

    village = post(client, reverse("plans:begin_village", args=[VILLAGE]))
    own = post(client, reverse("plans:begin_person", args=[household.pk, person.pk]))

    assert "village plan" in get(client, village["Location"]).text
    assert "personal plan" in get(client, own["Location"]).text
    assert Plan.unscoped.count() == 2


def test_nothing_of_a_plan_is_shown_elsewhere():
    measure = planted(make_planner())
    elsewhere = browser("first_secretary", "990102101201")

    for path in (page_of(measure.plan), measure_page(measure)):
        assert get(elsewhere, path).status_code == 404
    begun = post(elsewhere, reverse("plans:begin", args=[measure.plan.household_id]))
    assert begun.status_code == 404


def test_the_page_asks_the_database_no_more_for_more_measures(
    django_assert_max_num_queries,
):
    planner = make_planner()
    measure = planted(planner)
    with region_scope(EVERYWHERE):
        for number in range(12):
            make_measure(measure.plan, planner, what=f"措施{number}")
        agree(measure.plan, planner, reason="补充")
    client = browser_of(planner)
    get(client, page_of(measure.plan))

    with django_assert_max_num_queries(25):
        assert "措施11" in get(client, page_of(measure.plan)).text


@pytest.mark.parametrize("form", ["card.pdf", "plan.pdf", "card.docx", "plan.docx"])
def test_the_plan_is_printed_as_form_and_as_card(form, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    planner = make_planner()
    measure = planted(planner)
    address = reverse("documents:plan", args=[measure.plan_id])

    paper = post(browser_of(planner), address, {"form": form})
    bureau = browser("sector_bureau", COUNTY, sector="water")

    assert paper.status_code == 200
    assert paper.content[:4] in (b"%PDF", b"PK\x03\x04")
    if form.endswith("docx"):
        with zipfile.ZipFile(io.BytesIO(paper.content)) as archive:
            text = archive.read("word/document.xml").decode()
        assert "养猪五头" in text and SIGNED["family"] in text
        assert ("农户" in text or "Plan of help" in text) is (form == "plan.docx")
    assert post(bureau, address, {"form": form}).status_code == 403
    assert post(browser_of(planner), address, {"form": "x.exe"}).status_code == 404


def test_measures_of_a_post_that_ended_are_listed():
    planner = make_planner()
    measure = planted(planner)
    path = f"{reverse('plans:measures')}?state=left"
    client = browser("county_office", COUNTY)

    before = get(client, path).text
    Post.unscoped.filter(pk=planner.pk).update(valid_to=date(2019, 7, 1))

    assert measure_page(measure) not in before
    assert measure_page(measure) in get(client, path).text


def test_a_list_that_is_always_of_one_year_says_which_while_none_is_chosen():
    clerk = browser("township_clerk", TOWNSHIP)

    page = get(clerk, reverse("plans:income")).text
    shown = re.search(r"<h1[^>]*>.*?(\d{4})", page, re.DOTALL)[1]
    years = re.search(r'<select name="year".*?</select>', page, re.DOTALL)[0]

    assert f'<option value="">{shown}</option>' in years
    assert years.count(shown) == 1
