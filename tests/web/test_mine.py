"""My work: what waits, one press to act, proof over a bad network, paper, workbook."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from tests.factories.accounts import make_post
from tests.factories.ledger import (
    COUNTY,
    VILLAGE,
    make_assigned,
    make_in_hand,
    make_office,
    make_problem,
    once,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import make_agreed

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.ledger.models import Problem, Task
from xiuhua.apps.ledger.services.tasking import task_set
from xiuhua.apps.plans.models import Measure
from xiuhua.web.forms import new_key
from xiuhua.web.pages.mine.monday import monday_before


pytestmark = pytest.mark.usefixtures("each_database")
NOW = NOON + timedelta(days=5)
DAYS = timedelta(days=2)
PDF = b"%PDF-1.7 " + b"x" * 700_000


@pytest.fixture(autouse=True)
def today(settings, monkeypatch):
    settings.SECOND_FACTOR_REQUIRED = False

    def localdate(value=None, zone=None):
        return timezone.localtime(value or NOW, zone).date()

    monkeypatch.setattr("django.utils.timezone.localdate", localdate)


@pytest.fixture
def secretary():
    return make_post("first_secretary", VILLAGE)


def client_of(post) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(
        post.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def in_county(act, *args, **said):
    with region_scope([COUNTY]):
        return act(*args, **said)


def pressed(client: Client, url: str, version: int, **said):
    form = {"version": version, "once": new_key()} | said
    return client.post(url, form, secure=True)


def sections(client: Client) -> dict[str, list]:
    page = client.get("/mine/", secure=True)
    assert page.status_code == 200
    return {s.key: list(s.items) for s in page.context["sections"]}


def test_with_nothing_to_do_the_page_says_what_is_next(secretary):
    page = client_of(secretary).get("/mine/", secure=True).content.decode()

    assert "暂无待办" in page
    assert "/households/" in page


def test_the_page_asks_few_questions(secretary, django_assert_max_num_queries):
    for _ in range(3):
        in_county(make_assigned, make_office(), secretary)
    client = client_of(secretary)
    client.get("/mine/", secure=True)

    with django_assert_max_num_queries(25):
        assert client.get("/mine/", secure=True).status_code == 200


def test_a_village_starts_with_its_work_and_an_office_with_the_room(secretary):
    mine = client_of(secretary).get("/", secure=True)
    office = client_of(make_office()).get("/", secure=True)
    people = client_of(make_post("people_administrator", COUNTY)).get("/", secure=True)

    assert [mine.url, office.url] == ["/mine/", "/room/"]
    assert people.url == "/people/"


def test_what_is_given_to_me_is_signed_for_with_one_press(secretary):
    problem = in_county(make_assigned, make_office(), secretary)
    client = client_of(secretary)
    (item,) = in_county(sections, client).get("soon", []) or [None]
    url = f"/mine/problems/{problem.pk}/sign_for/"

    answer = pressed(client, url, problem.version)

    assert (answer.status_code, answer.url) == (302, "/mine/")
    assert Problem.unscoped.get().state == "signed_for"
    assert item is None or item.presses[0].url == url


def test_a_problem_due_this_week_is_shown_with_its_press(secretary):
    problem = in_county(make_assigned, make_office(), secretary)
    Problem.unscoped.update(deadline=NOW.date() + timedelta(days=2))

    shown = sections(client_of(secretary))["soon"]

    assert [i.presses[0].url for i in shown] == [
        f"/mine/problems/{problem.pk}/sign_for/"
    ]
    assert shown[0].presses[0].version == problem.version


def test_what_is_late_says_by_how_many_days(secretary):
    in_county(make_assigned, make_office(), secretary)
    Problem.unscoped.update(deadline=TODAY)

    assert [i.late for i in sections(client_of(secretary))["late"]] == [5]


@pytest.mark.parametrize("act", ["strike_off", "assign", "nonsense"])
def test_only_what_needs_no_words_is_one_press(secretary, act):
    problem = in_county(make_assigned, make_office(), secretary)
    url = f"/mine/problems/{problem.pk}/{act}/"

    assert pressed(client_of(secretary), url, problem.version).status_code == 404


def test_a_stale_or_second_press_changes_nothing_twice(secretary):
    problem = in_county(make_assigned, make_office(), secretary)
    client, key = client_of(secretary), new_key()
    url = f"/mine/problems/{problem.pk}/sign_for/"

    pressed(client, url, problem.version - 1)
    assert Problem.unscoped.get().state == "assigned"
    for _ in range(2):
        pressed(client, url, problem.version, once=key)
    assert Problem.unscoped.get().events_count == 3


def test_a_measure_is_started_and_delivered_and_waits_for_another(secretary):
    measure = in_county(make_agreed, secretary)
    Measure.objects.model._base_manager.update(
        deadline=NOW.date() + timedelta(days=3), demanded=""
    )
    client = client_of(secretary)
    for act in ("start", "finish"):
        version = Measure._base_manager.get().version
        url = f"/mine/measures/{measure.pk}/{act}/"
        (item,) = sections(client)["soon"]
        assert url in [p.url for p in item.presses]
        assert pressed(client, url, version).status_code == 302

    assert Measure._base_manager.get().state == "done"
    checker = client_of(make_post("township_leader", VILLAGE[:9]))
    assert len(sections(checker)["look"]) == 1
    assert "look" not in sections(client)


def test_a_task_is_done_with_its_outcome(secretary):
    office = make_office()
    problem = in_county(make_in_hand, office, secretary)
    task = in_county(
        task_set,
        problem=problem,
        version=problem.version,
        what="核对户口簿",
        owner=secretary,
        deadline=NOW.date(),
        region=VILLAGE,
        once=once(),
        by=office,
        at=NOON,
    )
    client = client_of(secretary)
    url = f"/mine/tasks/{task.pk}/"

    assert any(i.url == url for i in sections(client)["soon"])
    assert client.get(url, secure=True).status_code == 200
    assert pressed(client, url, task.version).status_code == 422
    assert pressed(client, url, task.version, outcome="已核对").status_code == 302

    assert Task._base_manager.get().outcome == "已核对"
    assert client.get(url, secure=True).status_code == 404
    assert client_of(office).get(url, secure=True).status_code == 404


def test_a_photo_goes_by_a_plain_form_and_is_kept_once(secretary):
    problem = in_county(make_in_hand, make_office(), secretary)
    client, key = client_of(secretary), new_key()
    url = f"/mine/evidence/problem/{problem.pk}/"
    assert "data-sendings" in client.get(url, secure=True).content.decode()

    for _ in range(2):
        form = {
            "file": SimpleUploadedFile("证明.pdf", PDF),
            "kind": "paper",
            "mask": "personal",
            "version": problem.version,
            "once": key,
        }
        assert client.post(url, form, secure=True).url == "/mine/"

    assert Attachment.unscoped.count() == 1
    assert Problem.unscoped.get().evidence.count() == 1


@pytest.mark.parametrize("of", ["problem", "measure", "plan"])
def test_a_sending_that_broke_off_ends_in_one_piece_of_evidence(secretary, of):
    if of == "problem":
        row = in_county(make_in_hand, make_office(), secretary)
    else:
        row = in_county(make_agreed, secretary)
    row = row.plan if of == "plan" else row
    row.refresh_from_db()
    client, key = client_of(secretary), uuid4().hex
    start = (
        f"/plans/{row.pk}/signed" if of == "plan" else f"/mine/evidence/{of}/{row.pk}"
    )
    url = f"{start}/sendings/"
    said = {
        "key": key,
        "name": "证明.pdf",
        "size": len(PDF),
        "digest": hashlib.sha256(PDF).hexdigest(),
        "mask": "personal",
    }
    half = len(PDF) // 2

    assert client.post(url, said, secure=True).json() == {"received": 0}
    _chunk(client, key, 0, PDF[:half])
    # The answer was lost: the phone asks where the server stands, and goes on.
    assert client.post(url, said, secure=True).json() == {"received": half}
    _chunk(client, key, 0, PDF[:half])
    assert _chunk(client, key, half, PDF[half:]) == {"received": len(PDF)}
    kind = "family" if of == "plan" else "paper"
    proof = {"kind": kind, "version": row.version}
    answers = [client.post(f"{url}{key}/", proof, secure=True) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Attachment.unscoped.count() == 1
    kept = row.versions.get().papers if of == "plan" else row.evidence
    assert kept.count() == 1


def _chunk(client, key, offset, body):
    return client.put(
        f"/files/sendings/{key}/",
        body,
        content_type="application/octet-stream",
        headers={"Upload-Offset": str(offset)},
        secure=True,
    ).json()


def test_the_week_prints_for_a_person_and_for_every_village(secretary):
    in_county(make_assigned, make_office(), secretary)
    Problem.unscoped.update(deadline=NOW.date() + timedelta(days=2))

    mine = client_of(secretary).get("/mine/week/", secure=True)
    villages = client_of(make_office()).get("/mine/week/villages/", secure=True)

    assert "户主身份证号与公安库不符" in mine.content.decode()
    assert [len(rows) for _, rows in villages.context["sheets"]] == [1]


def test_the_monday_workbook_holds_what_changed_and_nothing_older(secretary):
    office = make_office()
    early = NOON - timedelta(days=20)
    in_county(make_problem, office, at=early, found_on=early.date())
    new = in_county(make_problem, office, description="=1+1", at=NOON + DAYS)
    client = client_of(office)

    shown = client.get("/mine/monday/", secure=True)
    assert dict(shown.context["counts"])["新增问题"] == 1
    answer = client.post(
        "/mine/monday/", {"since": (TODAY - timedelta(days=3)).isoformat()}, secure=True
    )
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book["新增问题"].iter_rows(values_only=True))

    assert [row[0] for row in rows[1:]] == [new.number]
    assert rows[1][2] == "=1+1"
    assert book["新增问题"]["C2"].data_type == "s"
    assert re.match(r"https?://|/mine/", rows[1][5])


def test_only_a_day_of_the_last_months_is_taken():
    client = client_of(make_office())

    assert (
        client.post("/mine/monday/", {"since": "2010-01-01"}, secure=True).status_code
        == 422
    )
    assert monday_before(TODAY).weekday() == 0


def test_what_lies_elsewhere_is_not_there(secretary):
    problem = in_county(make_assigned, make_office(), secretary)
    measure = in_county(make_agreed, secretary)
    other = client_of(make_post("first_secretary", "990102101201"))

    for of, key, act in (
        ("problem", problem.pk, "sign_for"),
        ("measure", measure.pk, "start"),
    ):
        assert pressed(other, f"/mine/{of}s/{key}/{act}/", 1).status_code == 404
        url = f"/mine/evidence/{of}/{key}/"
        assert other.get(url, secure=True).status_code == 404
        assert other.post(f"{url}sendings/", {}, secure=True).status_code == 404
