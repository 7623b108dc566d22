"""The pages of the command room: who sees what, and what they say."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption, make_campaign, make_tally
from tests.factories.assessments import make_tally_day as make_day
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_grouping, make_region, make_region_year
from tests.factories.registry import make_village_facts

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.models import Campaign, Tally
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions.models import Boundary, Region
from xiuhua.core.region_codes import ancestors


pytestmark = pytest.mark.usefixtures("each_database")
ONCE = re.compile(r'name="once" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="([^"]*)"')
VILLAGES = ("990101101201", "990101101202", "990101102201")


def _localdate(moment: datetime | None = None) -> date:
    return TODAY if moment is None else moment.date()


@pytest.fixture(autouse=True)
def _one_factor(settings, monkeypatch):
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr("django.utils.timezone.localdate", _localdate)


def client_of(post: Post, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        post.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def room(post: Post, code: str = "990101", language: str = "en", **said: str):
    address = reverse("room:region", args=[code])
    return client_of(post, language).get(address, said, secure=True)


def office(region: str = "990101") -> Post:
    return make_post("county_office", region)


def cell(village: str, status: str, households: int, persons: int, **said):
    """Count households in a village and in what is around it."""
    for code in (village[:6], village[:9], village):
        usual = {"pack": "", "measure": "standing", "verdict": "", "status": status}
        key = usual | said
        if not Tally.unscoped.filter(region_id=code, **key).exists():
            make_tally(code, households=0, persons=0, **key)
        Tally.unscoped.filter(region_id=code, **key).update(
            households=F("households") + households, persons=F("persons") + persons
        )


def county() -> None:
    """Give the county one village with 28 persons left of 100,000."""
    make_adoption("990101")
    cell(VILLAGES[0], "registered/not_exited/none", 7, 28)
    said = {"pack": "household_exit", "measure": "overall", "verdict": "0"}
    cell(VILLAGES[0], "not_exited", 5, 20, **said)
    said["measure"] = "safe_water"
    cell(VILLAGES[0], "not_exited", 3, 11, **said)
    make_village_facts(VILLAGES[0], year=2018, agricultural_population=100_000)


def figure(page, key: str) -> str:
    found = re.search(
        rf'data-figure="{key}".*?figure-number[^>]*>([^<]*)<', page.text, re.S
    )
    assert found, key
    return found.group(1)


def test_the_room_shows_what_is_left_with_the_decimals_it_needs():
    county()

    page = room(office())

    assert page.status_code == 200
    assert figure(page, "left") == "7"
    assert figure(page, "persons") == "28"
    assert figure(page, "rate") == "0.028%"
    assert figure(page, "unmet") == "5"
    assert "Safe water" in page.text
    assert 'data-phase="' not in page.text


def test_every_level_has_its_room_and_its_parts():
    county()
    post = make_post("province_officer", "99")

    for code in ancestors(VILLAGES[0]):
        page = room(post, code)
        assert figure(page, "left") == "7", code
    assert f"/room/{VILLAGES[0]}/" in room(post, VILLAGES[0][:9]).text


def test_the_home_leads_to_the_own_region():
    post = make_post("township_leader", "990101101")

    answer = client_of(post).get(reverse("room:home"), secure=True)

    assert answer.headers["Location"] == "/room/990101101/"


def test_other_regions_do_not_exist():
    county()
    make_region("990102101201")
    post = office("990102")

    assert room(post, "990101").status_code == 404
    assert room(post, "99").status_code == 404
    assert room(post, "990199").status_code == 404
    assert room(post, "abc").status_code == 404
    assert "990101" not in room(post, "990102").text


def test_an_administrator_sees_no_figures():
    post = make_post("people_administrator", "990101")

    assert room(post).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_empty_region_says_what_is_next(language):
    make_region(VILLAGES[0])

    page = room(office(), language=language)

    words = {"en": "No household is registered here yet", "zh-hans": "还没有建档立卡户"}
    assert words[language] in page.text
    assert figure(page, "left") == "0"


def test_without_a_population_the_rate_is_not_known():
    cell(VILLAGES[0], "registered/not_exited/none", 7, 28)

    page = room(office())

    assert figure(page, "rate") == "—"
    assert "0%" not in figure(page, "rate")


def test_a_village_without_population_makes_an_upper_end():
    cell(VILLAGES[0], "registered/not_exited/none", 7, 28)
    make_village_facts(VILLAGES[0], agricultural_population=1000)
    make_region(VILLAGES[1])

    page = room(office())

    assert figure(page, "rate") == "≤2.80%"
    assert "1 of 2 villages gave no population" in page.text


def test_unknown_statuses_make_two_ends():
    cell(VILLAGES[0], "registered/not_exited/none", 7, 28)
    cell(VILLAGES[0], "registered//none", 3, 12)
    make_village_facts(VILLAGES[0], agricultural_population=1000)

    page = room(office())

    assert figure(page, "rate") == "2.80%–4.00%"
    assert "3 more without an exit status" in page.text


def test_huge_numbers_keep_their_digits():
    cell(VILLAGES[0], "registered/not_exited/none", 741_800, 2_000_000_000)

    page = room(office())

    assert figure(page, "persons") == "2\u202f000\u202f000\u202f000"
    assert "741k" in page.text


def test_changes_carry_their_sign_and_day():
    county()
    today = TODAY
    for days, households, persons in ((400, 9, 40), (10, 8, 30)):
        make_day(
            "990101",
            pack="",
            measure="standing",
            verdict="",
            status="registered/not_exited/none",
            households=households,
            persons=persons,
            day=today - timedelta(days=days),
        )

    page = room(office())

    week, year = today - timedelta(days=7), f"{today.year - 1}-12-31"
    assert f"since {week}: −2" in page.text
    assert f"since {year}: −12" in page.text
    assert f"since {year}: −0.012 percentage points" in page.text
    assert f"since {week}: −0.0020 percentage points" in page.text


def test_without_a_count_then_a_change_is_not_known():
    county()

    assert "not known" in room(office()).text.split("figure-number")[2]


def test_a_day_gone_by_is_shown_without_links_to_todays_lists():
    county()
    today = TODAY

    page = room(office(), as_of=str(today - timedelta(days=30)))

    assert "Nothing was counted here by that day" in page.text
    assert figure(page, "left") == "—"
    assert "/households/?" not in page.text


@pytest.mark.parametrize("day", ["2999-01-01", "soon", "1066-10-14"])
def test_a_day_that_cannot_be_shown_is_answered_as_of_now(day):
    county()

    page = room(office(), as_of=day)

    assert "That day cannot be shown" in page.text
    assert figure(page, "left") == "7"


def test_the_countdown_knows_its_reserve():
    county()
    today = TODAY
    make_campaign(
        "99", starts_on=today, deadline=today + timedelta(days=39), reserve_days=30
    )

    page = room(office())

    assert "<b>39</b> days left" in page.text
    assert "in 9 days; then 30 days of reserve" in page.text
    Campaign.unscoped.update(reserve_days=38, starts_on=today - timedelta(days=9))
    assert "in 1 days; then" in room(office()).text
    Campaign.unscoped.update(deadline=today + timedelta(days=10))
    assert 'data-phase="reserve"' in room(office()).text


def test_a_map_carries_every_number_and_the_review_number():
    county()
    square = [[[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]]]
    region = Region.objects.get(code="990101101")
    Boundary.objects.create(
        region=region, polygons=square, review_number="GS(2019)1", imported_at=NOON
    )
    make_region(VILLAGES[2])

    page = room(office())

    assert "GS(2019)1" in page.text
    assert re.search(r'class="map-number"[^>]*>7<', page.text)
    assert "Without a boundary:" in page.text
    assert 'aria-label="名990101101: 7 households (0.028%)"' in page.text


def test_without_boundaries_there_is_no_map_but_tiles():
    county()

    page = room(office())

    assert '<svg class="map"' not in page.text
    assert page.text.count('class="tile s-few"') == 1


def test_colours_can_show_an_indicator():
    county()

    page = room(office(), colour="safe_water")

    assert ">3</a>" in page.text.replace("\n", "")
    assert page.text.count('class="tile s-many"') == 1
    assert room(office(), colour="nothing of the kind").status_code == 200


def test_verdicts_can_be_counted_for_those_left_alone():
    county()
    said = {"pack": "household_exit", "measure": "overall", "verdict": "0"}
    cell(VILLAGES[0], "exited", 4, 9, **said)

    assert figure(room(office()), "unmet") == "9"
    assert figure(room(office(), of="left"), "unmet") == "5"
    assert figure(room(office(), of="exited"), "unmet") == "4"


def test_the_share_of_deep_poverty_places_counts_nobody_twice():
    county()
    cell(VILLAGES[2], "registered/not_exited/none", 0, 0)
    for code in ("990101101", VILLAGES[0]):
        make_region_year(code, 2019, poor_village=None, deep_poverty=True)

    page = room(office())

    assert figure(page, "deep") == "100%"
    assert "1 places, 28 persons" in page.text


def test_classes_of_places_show_how_many_have_nothing_left():
    county()
    make_region(VILLAGES[2])
    for village in (VILLAGES[0], VILLAGES[2]):
        make_region_year(village, 2019, target_class="A")

    page = room(office())

    row = re.search(r'<th scope="row">A</th>(.*?)</tr>', page.text, re.S).group(1)
    assert re.findall(r">(\d+)<", row) == ["2", "1", "7"]


def test_a_grouping_shows_only_what_lies_in_the_post():
    county()
    cell("990102101201", "registered/not_exited/none", 4, 9)
    make_grouping("990101", "990102", key="hills", name="Hills")
    address = reverse("room:grouping", args=["hills"])

    own = client_of(office()).get(address, secure=True)
    both = client_of(make_post("province_officer", "99")).get(address, secure=True)
    none = client_of(office("990103")).get(address, secure=True)

    assert figure(own, "left") == "7"
    assert "1 of its 2 regions lie in yours" in own.text
    assert "990102" not in own.text
    assert figure(both, "left") == "11"
    assert none.status_code == 404
    assert "Hills" in room(office()).text


def test_the_table_sorts_by_every_figure():
    county()
    cell(VILLAGES[2], "registered/not_exited/none", 9, 12)

    up = room(office(), sort="left").text
    down = room(office(), sort="-left").text

    rows = r'class="first[^"]*"><a href="/room/(\d+)/'
    assert re.findall(rows, up) == ["990101101", "990101102"]
    assert re.findall(rows, down) == ["990101102", "990101101"]


def test_a_wall_brings_itself_up_to_date():
    county()

    page = room(office(), wall="1")

    assert 'hx-trigger="every 60s"' in page.text
    assert 'hx-swap="outerMorph"' in page.text
    assert 'hx-trigger="every' not in room(office()).text


def test_the_workbook_holds_what_the_page_shows():
    county()

    answer = room(office(), **{"as": "xlsx"})

    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    figures = {row[0].value: row[1].value for row in book["Figures"].iter_rows()}
    assert figures["households left"] == 7
    assert figures["poverty incidence"] == "0.028%"
    parts = [[c.value for c in row] for row in book["By region"].iter_rows()]
    assert parts[1][0] == "名990101101"
    assert parts[1][3] == 7
    assert parts[1][5] == pytest.approx(0.00028)
    assert Entry.objects.latest("pk").action == "web.table.exported"


def test_a_page_asks_few_questions(django_assert_max_num_queries):
    county()
    for post, code in (
        (office(), "990101"),
        (make_post("province_officer", "99"), "99"),
    ):
        client = client_of(post)
        client.get(reverse("room:home"), secure=True)
        with django_assert_max_num_queries(25):
            client.get(reverse("room:region", args=[code]), secure=True)


# campaigns ----------------------------------------------------------------------------


def send(client: Client, address: str, **said: object):
    shown = client.get(address, secure=True).text
    said = {"once": ONCE.search(shown).group(1)} | said
    if (version := VERSION.search(shown)) and "version" not in said:
        said["version"] = version.group(1)
    return client.post(address, said, secure=True, follow=True)


SAID = {
    "name": "Three years",
    "starts_on": "2018-06-15",
    "deadline": "2020-12-31",
    "reserve_days": "90",
    "document": "2018-16",
}


def test_the_office_sets_and_changes_a_campaign():
    make_region("990101")
    client = client_of(office())
    address = reverse("room:campaigns")

    done = send(client, address, **SAID)
    campaign = Campaign.unscoped.get()
    one = reverse("room:campaign", args=[campaign.pk])
    changed = send(client, one, **SAID | {"reserve_days": "100"})
    stale = send(client, one, **SAID | {"reserve_days": "5", "version": 1})

    assert "The room counts down" in done.text
    assert "The campaign is changed" in changed.text
    assert stale.status_code == 409
    assert Campaign.unscoped.get().reserve_days == 100


def test_a_campaign_without_sense_is_explained_and_not_kept():
    make_region("990101")
    client = client_of(office())

    page = send(client, reverse("room:campaigns"), **SAID | {"deadline": "2018-01-01"})

    assert "must lie after the start" in page.text
    assert not Campaign.unscoped.exists()


def test_campaigns_of_others_do_not_exist():
    campaign = make_campaign("990102")
    make_region("990101")
    address = reverse("room:campaign", args=[campaign.pk])

    assert client_of(office()).get(address, secure=True).status_code == 404
    clerk = client_of(make_post("township_clerk", "990102101"))
    assert clerk.get(address, secure=True).status_code == 403
