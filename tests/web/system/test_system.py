"""The page of the installation: alive for everybody, details for administrators."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.moments import NOON
from tests.factories.operations import make_job_run

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations import services as operations
from xiuhua.apps.operations.health import findings
from xiuhua.apps.operations.rules import LOCAL_ZONE, Level
from xiuhua.config.jobs import job_table
from xiuhua.messages import translator
from xiuhua.web.pages.system.views import NAMES


pytestmark = pytest.mark.usefixtures("each_database")
ADMINISTRATORS = ("people", "security", "audit")


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(
        make_post(role).user,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def levels(at=NOON) -> dict[str, Level]:
    return {f.name: f.level for f in findings(at=at)}


def test_everybody_learns_that_it_lives_and_nothing_else():
    answer = Client().get(reverse("system:live"), secure=True)

    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_administrators_see_how_it_is(name):
    answer = client_of(f"{name}_administrator").get(
        reverse("system:index"), secure=True
    )

    assert answer.status_code == 200
    text = answer.content.decode()
    assert connection.vendor in text
    assert translator("zh")("never") in text


@pytest.mark.parametrize("role", ["township_clerk", "county_leader"])
def test_nobody_else_does(role):
    answer = client_of(role).get(reverse("system:index"), secure=True)

    assert answer.status_code == 403


def test_an_installation_that_works_is_well(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    jobs = job_table(backup_minutes=60)
    for job in jobs:
        make_job_run(job=job.name, state="DONE", finished_at=NOON, outcome="done")
    operations.backup_record(file="a", said={}, by=Actor.command("test"), at=NOON)

    with override_settings(JOBS=jobs):
        found = levels(at=NOON + timedelta(minutes=1))

    del found["disk_data"]
    found.pop("disk_backups", None)
    assert set(found.values()) == {Level.OK}
    assert {"database", "queue", "tick", "backup", "verify_audit"} <= set(found)


def test_what_is_late_or_failed_is_said():
    make_job_run(job="verify_audit", state="FAILED", finished_at=NOON, outcome="X")
    make_job_run(
        job="erase_expired",
        state="DONE",
        finished_at=NOON,
        due_at=NOON - timedelta(days=9),
    )
    make_job_run(job="pulse", state="DONE", finished_at=NOON - timedelta(minutes=20))

    found = levels()

    assert found["verify_audit"] == Level.BAD
    assert found["erase_expired"] == Level.WARNING
    assert found["tick"] == Level.WARNING
    assert found["backup"] == Level.BAD


def test_what_jobs_came_to_is_told_in_the_language_of_the_reader():
    make_job_run(
        job="verify_audit",
        state="DONE",
        finished_at=NOON,
        due_at=NOON,
        outcome="{entries} entries in {chains} chains are whole",
        figures={"entries": 7, "chains": 1},
    )
    # As an earlier version wrote it down: a sentence that may even hold brackets.
    make_job_run(
        job="erase_expired", state="DONE", finished_at=NOON, outcome="old {words}"
    )
    make_job_run(job="keep_ledger", state="FAILED", finished_at=NOON, outcome="OSError")

    text = client_of("people_administrator").get(reverse("system:index"), secure=True)
    text = text.content.decode()

    assert "1条链共7条记录，完好" in text
    assert NOON.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M") in text
    assert "old {words}" in text
    assert "出错（OSError）" in text
    assert "entries in" not in text


def test_a_full_disk_is_said(monkeypatch):
    usage = type("Usage", (), {"free": 1 << 30})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)

    assert levels()["disk_data"] == Level.BAD


def test_a_database_that_is_away_is_said_and_nothing_else_is_asked(monkeypatch):
    def away():
        raise DatabaseError("password=s3cret")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        found = findings(at=NOON)

    said = [f.said.format(**f.values) for f in found]
    assert said[0] == "does not answer (DatabaseError)"
    assert {f.name for f in found} <= {
        "database",
        "disk_data",
        "disk_backups",
        "versions",
    }
    assert "s3cret" not in "".join(said)


def test_every_job_has_its_name_on_the_page(settings):
    shown = {job.name for job in settings.JOBS} - {"pulse"}

    assert shown <= NAMES.keys()


def test_every_sentence_is_worded_in_chinese():
    zh = translator("zh")

    for finding in findings(at=NOON):
        assert zh(finding.said) != finding.said
        assert not finding.hint or zh(finding.hint) != finding.hint
