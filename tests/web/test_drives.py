"""The pages of drives: figures that lead to their rows, who may set one, no doubles."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from tests.factories.accounts import make_post
from tests.factories.ledger import COUNTY, TOWNSHIP, VILLAGE, make_problem
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import make_household
from tests.factories.supervision import make_drive, said

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.supervision import selectors
from xiuhua.apps.supervision.models import Drive
from xiuhua.web.forms import new_key


pytestmark = pytest.mark.usefixtures("each_database")


NOW = NOON + timedelta(days=5)


@pytest.fixture(autouse=True)
def today(settings, monkeypatch):
    settings.SECOND_FACTOR_REQUIRED = False

    def localdate(value=None, zone=None):
        return timezone.localtime(value or NOW, zone).date()

    monkeypatch.setattr("django.utils.timezone.localdate", localdate)


def client_of(post) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(
        post.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.fixture
def office():
    return make_post("county_office", COUNTY)


@pytest.fixture
def drive(office):
    with region_scope([COUNTY]):
        household = make_household(VILLAGE)
        found = make_drive(office)
        make_problem(office, households=frozenset({household.pk}))
        make_problem(office, source="audit")
        return found


def test_a_drive_shows_its_figures_and_each_leads_to_its_rows(office, drive):
    client = client_of(office)

    page = client.get(f"/drives/{drive.pk}/", secure=True).content.decode()

    assert "burndown" in page
    assert "figure-number bad" in page
    links = re.findall(r'<a href="(/drives/\d+/\d+/tasks/[^"]*)">(\d+)</a>', page)
    assert len(links) >= 3
    for url, count in links:
        found = client.get(url.replace("&amp;", "&"), secure=True)
        assert found.context["page"].paginator.count == int(count), url


def test_the_list_of_drives_asks_no_more_for_more_drives(
    office, drive, django_assert_max_num_queries
):
    with region_scope([COUNTY]):
        drives = [drive, *(make_drive(office, name=f"第{n}次") for n in range(9))]
        standing = {
            one.pk: selectors.standings(drive=one, regions=[COUNTY], as_of=NOW.date())
            for one in drives
        }
    client = client_of(office)
    client.get("/drives/", secure=True)

    with django_assert_max_num_queries(25):
        rows = client.get("/drives/", secure=True).context["rows"]

    assert {one.pk: total for one, _, total in rows} == {
        key: found[COUNTY] for key, found in standing.items()
    }
    assert rows[0][2].registered == 2


def test_the_township_sees_its_own_part_of_a_drive(drive):
    client = client_of(make_post("township_leader", TOWNSHIP))

    assert client.get("/drives/", secure=True).status_code == 200
    page = client.get(f"/drives/{drive.pk}/", secure=True)
    assert page.context["total"].open == 2
    assert client.get(f"/drives/{drive.pk}/{COUNTY}/", secure=True).status_code == 404
    assert client.get(f"/drives/{drive.pk}/{TOWNSHIP}/", secure=True).status_code == 200
    assert client.get(f"/drives/{drive.pk}/change/", secure=True).status_code == 403


def test_a_drive_beside_is_none(drive):
    client = client_of(make_post("county_office", "990102"))

    for path in ("", "change/", "shock/", f"{COUNTY}/", f"{COUNTY}/tasks/"):
        assert client.get(f"/drives/{drive.pk}/{path}", secure=True).status_code == 404


def test_task_lists_print_and_go_to_a_workbook(office, drive):
    client = client_of(office)
    tasks = f"/drives/{drive.pk}/{COUNTY}/tasks/"

    assert client.get(f"{tasks}?as=print", secure=True).status_code == 200
    paper = b"".join(client.get(f"{tasks}?as=pdf", secure=True).streaming_content)
    assert paper.startswith(b"%PDF")
    assert 'href="?as=pdf"' in client.get(tasks, secure=True).text
    file = b"".join(client.get(f"{tasks}?as=xlsx", secure=True).streaming_content)
    sheet = load_workbook(io.BytesIO(file)).worksheets[0]
    assert sheet.max_row == 3
    homes = client.get(f"/drives/{drive.pk}/{VILLAGE}/households/", secure=True)
    assert homes.context["page"].paginator.count == 1


def test_the_office_sets_a_drive_once_however_often_it_clicks(office):
    client = client_of(office)
    wanted = said()
    form = {
        "name": wanted.name,
        "kind": wanted.kind,
        "regions": [COUNTY],
        "starts_on": "2019-01-01",
        "ends_on": "2019-10-01",
        "reserve_days": "10",
        "document": wanted.document,
        "once": new_key(),
    }

    answers = [client.post("/drives/new/", form, secure=True) for _ in range(2)]

    assert [a.status_code for a in answers] == [302, 302]
    assert Drive.unscoped.count() == 1


def test_a_stale_change_is_refused_with_what_differs(office, drive):
    client = client_of(office)
    form = {
        "name": "另名",
        "kind": "sprint",
        "regions": [COUNTY],
        "starts_on": "2019-01-01",
        "ends_on": "2019-10-01",
        "reserve_days": "10",
        "document": "文件",
        "version": drive.version - 1,
        "once": new_key(),
    }

    answer = client.post(f"/drives/{drive.pk}/change/", form, secure=True)

    assert answer.status_code == 409
    assert Drive.unscoped.get().name == "百日冲刺"
    form |= {"version": drive.version, "once": new_key()}
    assert (
        client.post(f"/drives/{drive.pk}/change/", form, secure=True).status_code == 302
    )
    assert Drive.unscoped.get().name == "另名"


def test_days_a_shock_took_are_shown(office, drive):
    client = client_of(office)
    day = TODAY + timedelta(days=2)
    form = {
        "name": "疫情",
        "starts_on": day.isoformat(),
        "ends_on": day.isoformat(),
        "version": drive.version,
        "once": new_key(),
    }

    assert (
        client.post(f"/drives/{drive.pk}/shock/", form, secure=True).status_code == 302
    )

    page = client.get(f"/drives/{drive.pk}/", secure=True)
    assert page.context["lost"] == 1
    assert "band-shock" in page.content.decode()


def test_an_indicator_of_a_drive_stands_beside_the_problems(office):
    with region_scope([COUNTY]):
        drive = make_drive(office, indicators=("household_exit.housing",))
    page = client_of(office).get(f"/drives/{drive.pk}/", secure=True)

    (line,) = page.context["shortfalls"]
    assert (line.name, line.before, line.now) == ("housing", None, None)
    assert '<th scope="row">housing</th>' in page.content.decode()


def test_without_drives_the_page_says_who_sets_them(office):
    assert (
        "设立专项行动"
        in client_of(office).get("/drives/", secure=True).content.decode()
    )
