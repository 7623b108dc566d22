"""Pages of screening and data health: what they show, to whom, and what they do."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from tests.apps.assessments.loading import OF_CASE, load_case
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption, make_fault, make_run
from tests.factories.regions import make_region
from tests.factories.registry import make_household
from tests.web.households import browser, browser_of, get, post

from xiuhua.apps.assessments.models import Adoption, Fault, Run
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.registry.models import Household, Person
from xiuhua.web.forms import new_key


REGION, AS_OF, _ = OF_CASE["county-2019"]
COUNTY = "990101"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


pytestmark = pytest.mark.usefixtures("each_database")
ADOPT = {
    "document": "县扶组2019-1号",
    "valid_from": "2019-01-01",
    "as_of": "2019-11-22",
    "value_water_area": "short",
}


@pytest.fixture
def office():
    return browser_of(make_post("county_office", REGION))


@pytest.fixture
def judged(office, django_capture_on_commit_callbacks):
    """A county of 60 households, with a standard adopted through the pages."""
    load_case("county-2019", limit=60)
    address = reverse("screening:adopt_pack", args=["household_exit"])
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(office, address, ADOPT | {"once": new_key()})
    assert answer.status_code == 302, answer.text
    return office


def test_a_standard_is_adopted_and_the_region_judged_by_it(judged):
    adoption, run = Adoption.unscoped.get(), Run.unscoped.get()

    assert adoption.parameters == {"water_area": "short"}
    assert (run.state, run.counts["refreshed"]) == ("done", 60)
    index = get(judged, reverse("screening:index")).text
    assert adoption.fingerprint in index
    page = get(judged, reverse("screening:run", args=[run.pk])).text
    assert run.result_hash in page
    assert run.snapshot_hash in page


def test_a_refusal_stands_at_the_form(judged):
    address = reverse("screening:adopt_pack", args=["household_exit"])

    answer = post(
        judged, address, ADOPT | {"valid_from": "2018-01-01", "once": new_key()}
    )

    assert answer.status_code == 422
    assert "later adoption" in answer.text


def test_a_run_is_asked_for_checked_and_its_names_erased(
    judged, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post(
            judged,
            reverse("screening:run_ask"),
            {"pack": "household_exit", "as_of": "2019-11-22", "once": new_key()},
        )
    run = Run.unscoped.latest("pk")
    for act in ("check", "erase"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = post(judged, reverse("screening:run_act", args=[run.pk, act]))
        assert answer.status_code == 302

    page = get(judged, reverse("screening:run", args=[run.pk])).text

    assert "the same hash" in page
    assert "erased" in page


def test_the_workbook_of_a_run_names_its_households(judged):
    run = Run.unscoped.get()

    answer = get(judged, reverse("screening:run_workbook", args=[run.pk]))

    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    cells = {
        str(cell)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    }
    household = Household.unscoped.order_by("pk").first()
    assert household.number in cells
    assert household.head_name in cells
    assert not cells & {p.id_number for p in Person.unscoped.all() if p.id_number}
    assert Entry.objects.filter(action="assessments.run.taken").count() == 1


def test_a_trial_shows_what_other_values_would_say(
    judged, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post(
            judged,
            reverse("screening:run_trial", args=["household_exit"]),
            {
                "as_of": "2019-11-22",
                "value_poverty_line_yuan": "900000",
                "value_water_area": "short",
                "once": new_key(),
            },
        )
    run = Run.unscoped.latest("pk")

    assert not run.adopted
    assert run.parameters["poverty_line_yuan"] == "900000"
    page = get(judged, reverse("screening:run", args=[run.pk])).text
    assert "Poverty line (net income per person and year) = 900000" in page
    assert "Water-rich or water-short area = water-short (all others)" in page


def test_two_runs_are_compared_and_households_named(
    judged, django_capture_on_commit_callbacks
):
    older = Run.unscoped.get()
    changed = Household.unscoped.order_by("pk").first()
    Household.unscoped.filter(pk=changed.pk).update(housing_grade="D")
    with django_capture_on_commit_callbacks(execute=True):
        data = {"pack": "household_exit", "as_of": "2019-11-22"}
        data |= {"once": new_key()}
        post(judged, reverse("screening:run_ask"), data)
    newer = Run.unscoped.latest("pk")
    words = [newer.pk, older.pk, "safe_housing"]
    address = reverse("screening:compared", args=words)

    text = get(judged, address).text

    assert changed.head_name in text
    assert "1 rows" in text
    assert "1 rows" in get(judged, f"{address}?after=unmet").text
    assert "1 rows" not in get(judged, f"{address}?after=met").text
    book = get(judged, f"{address}?as=xlsx")
    assert book.status_code == 200
    assert (
        get(
            judged, reverse("screening:compared", args=[*words[:2], "nothing"])
        ).status_code
        == 404
    )


def test_without_a_standard_a_run_leads_to_adopting_one():
    answer = get(browser("county_office", COUNTY), reverse("screening:run_ask"))

    assert answer.status_code == 302
    assert answer["Location"] == reverse("screening:adopt")


def test_a_region_that_adopted_another_pack_is_judged_by_that(
    office, django_capture_on_commit_callbacks
):
    load_case("county-2019", limit=10)
    make_adoption(REGION, "global_mpi_2018", parameters={}, as_of=AS_OF)
    run = reverse("screening:run_ask")
    assert 'value="global_mpi_2018"' in get(office, run).text

    with django_capture_on_commit_callbacks(execute=True):
        data = {"pack": "global_mpi_2018", "as_of": "2019-11-22", "once": new_key()}
        assert post(office, run, data).status_code == 302

    done = Run.unscoped.get()
    assert (done.pack, done.state, done.problem) == ("global_mpi_2018", "done", "")
    assert done.counts["refreshed"] == 10


def test_a_run_that_waits_says_so_and_can_be_stopped():
    make_run(COUNTY)
    office = browser("county_office", COUNTY)
    run = Run.unscoped.get()
    page = reverse("screening:run", args=[run.pk])

    polled = {"HX-Request": "true"}
    assert "waiting for a worker" in get(office, page).text
    assert "HX-Refresh" not in get(office, page, headers=polled)
    post(office, reverse("screening:run_act", args=[run.pk, "cancel"]))

    assert "was stopped" in get(office, page).text
    assert get(office, page, headers=polled)["HX-Refresh"] == "true"


def test_a_refused_act_says_what_was_not_done():
    run = make_run(COUNTY, state="failed", problem="x")
    office = browser("county_office", COUNTY)

    answer = post(office, reverse("screening:run_act", args=[run.pk, "cancel"]))

    assert answer.status_code == 422
    assert "<h1>The run is not stopped</h1>" in answer.text
    assert "the run has ended" in answer.text
    assert reverse("screening:run", args=[run.pk]) in answer.text


def test_a_village_standard_is_tried_beside_the_household_one_in_force():
    make_region("990101101201")
    make_adoption(COUNTY)
    office = browser("county_office", COUNTY)
    way = reverse("screening:run_trial", args=["village_exit"])

    assert way in get(office, reverse("screening:adopt")).text
    assert "households by theirs in force" in get(office, way).text
    answer = post(office, way, {"as_of": "2019-11-22", "once": new_key()})

    run = Run.unscoped.get()
    assert answer.url == reverse("screening:run", args=[run.pk])
    assert (run.pack, run.village_pack, run.adopted) == (
        "household_exit",
        "village_exit",
        False,
    )


def test_a_failed_run_says_why():
    make_run(COUNTY, state="failed", problem="no standard is in force in 990101")

    page = reverse("screening:run", args=[Run.unscoped.get().pk])

    assert "no standard is in force" in get(browser("county_leader", COUNTY), page).text


def test_runs_of_elsewhere_are_not_there():
    run = make_run(COUNTY)
    foreign = browser("county_office", "990102")

    for name, words in (
        ("screening:run", [run.pk]),
        ("screening:compared", [run.pk, run.pk, "overall"]),
        ("screening:adoption_end", [make_adoption(COUNTY).pk]),
    ):
        assert get(foreign, reverse(name, args=words)).status_code == 404
    act = reverse("screening:run_act", args=[run.pk, "cancel"])
    assert post(foreign, act).status_code == 404
    assert Run.unscoped.get().state == "waiting"


@pytest.mark.parametrize("name", ["screening:adopt", "screening:run_ask"])
def test_who_may_not_screen_sees_no_forms_for_it(name):
    clerk = browser("township_clerk", "990101101")

    assert get(clerk, reverse(name)).status_code == 403
    assert reverse(name) not in get(clerk, reverse("screening:index")).text


def test_a_province_adopts_for_all_its_counties_a_prefecture_only_judges():
    province = browser("province_officer", "99")
    prefecture = browser("prefecture_officer", "9901")
    adopt = reverse("screening:adopt_pack", args=["household_exit"])
    data = {
        "document": "省发 2019 1号",
        "valid_from": "2019-01-01",
        "as_of": "2019-11-22",
        "once": new_key(),
    }

    refused = post(prefecture, adopt, data)
    answer = post(province, adopt, data)

    assert refused.status_code == 403
    assert answer.status_code == 302, answer.context["form"].errors
    assert Adoption.unscoped.get().region_id == "99"
    packs = get(prefecture, reverse("screening:adopt")).text
    assert adopt not in packs
    assert reverse("screening:run_trial", args=["household_exit"]) in packs
    index = get(prefecture, reverse("screening:index")).text
    assert "省发 2019 1号" in index
    assert "Try a standard" in index
    assert get(prefecture, reverse("screening:run_ask")).status_code == 200
    county = browser("county_office", COUNTY)
    assert "省发 2019 1号" in get(county, reverse("screening:index")).text


def test_the_packs_to_adopt_show_their_documents():
    text = get(browser("county_office", COUNTY), reverse("screening:adopt")).text

    assert "household_exit" in text
    assert "国开发" in text


@pytest.mark.parametrize("which", ["counties", "townships", "villages"])
def test_lists_by_threshold_show_for_any_day(judged, which):
    address = reverse("screening:thresholds", args=[which])

    assert get(judged, f"{address}?day=2019-11-22").status_code == 200
    for day in ("never", "2999-01-01"):
        assert "That day cannot be shown" in get(judged, f"{address}?day={day}").text
    early = get(judged, f"{address}?day=1999-01-01").text
    assert "Nothing was counted here by that day" in early
    assert "0 of" not in early
    assert get(judged, f"{address}?as=xlsx").status_code == 200


# data health --------------------------------------------------------------------------


def test_data_health_adds_up_and_leads_to_every_mend():
    household = make_household()
    make_fault(household)
    office = browser("county_office", COUNTY)

    index = get(office, reverse("health:index")).text
    rows = get(office, reverse("health:faults")).text

    assert reverse("health:faults") in index
    assert "no member of the household is its head" in index
    assert reverse("households:page", args=[household.pk]) in rows


def test_a_field_that_is_missing_leads_to_its_form(django_capture_on_commit_callbacks):
    household = make_household()
    office = browser("county_office", COUNTY)
    with django_capture_on_commit_callbacks(execute=True):
        assert post(office, reverse("health:check")).status_code == 302

    index = get(office, reverse("health:index")).text
    address = reverse("health:gaps", args=["household", "housing_grade"])
    rows = get(office, address).text

    assert address in index
    assert f"/households/{household.pk}/facts/" in rows
    wrong = reverse("health:gaps", args=["household", "nothing"])
    assert get(office, wrong).status_code == 404


def test_what_is_not_known_is_listed_as_things_to_ask(judged):
    address = reverse("health:questions", args=["household_exit"])

    text = get(judged, address).text

    assert get(judged, f"{address}?indicator=clothing").status_code == 200
    assert "To be asked" in text
    wrong = reverse("health:questions", args=["nothing"])
    assert get(judged, wrong).status_code == 404


def test_faults_by_person_in_charge_are_asked_for_by_a_form():
    household = make_household()
    Household.unscoped.filter(pk=household.pk).update(helper_name="李四")
    make_fault(household)
    office = browser("county_office", COUNTY)

    answer = post(office, reverse("health:faults"), {"helper": "李四"})

    assert answer.status_code == 302
    assert "李" not in answer["Location"]
    assert "1 rows" in get(office, answer["Location"]).text


def test_faults_of_elsewhere_are_not_shown():
    make_fault(make_household())

    text = get(browser("county_office", "990102"), reverse("health:faults")).text

    assert Fault.unscoped.count() == 1
    assert "Nothing here yet" in text
