from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from tests.factories.moments import NOON
from tests.factories.operations import make_job_run

from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations import selectors
from xiuhua.apps.operations import services as operations
from xiuhua.apps.operations.jobs import RecordBroken, audit_verified, expired_erased
from xiuhua.config.retention import KEPT


pytestmark = pytest.mark.usefixtures("each_database")
ROOT_SHELL = Actor.command("test")


def _session(key: str, ended) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=ended)


def test_what_was_kept_long_enough_is_counted_then_erased_with_a_record():
    _session("old", NOON - timedelta(days=2))
    _session("new", NOON)
    make_job_run(due_at=NOON - timedelta(days=90), state="DONE", finished_at=NOON)
    make_job_run(due_at=NOON - timedelta(days=80))

    counted = selectors.expired_counts(kinds=KEPT, at=NOON)
    erased = operations.expired_erase(
        kinds=KEPT, by=ROOT_SHELL, at=NOON, order_number="2019-7"
    )

    assert {kind: n for kind, n in counted.items() if n} == erased
    assert erased == {"session": 1, "job_run": 1}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    entries = Entry.objects.filter(action="operations.records.erased")
    assert {e.target_id: e.new["count"] for e in entries} == erased
    assert {e.order_number for e in entries} == {"2019-7"}
    assert operations.expired_erase(kinds=KEPT, by=ROOT_SHELL, at=NOON) == {}


def test_every_kept_kind_can_be_counted_and_erased():
    counted = selectors.expired_counts(kinds=KEPT, at=NOON)

    assert set(counted) == {kept.kind for kept in KEPT}
    assert len(counted) == len(KEPT)
    assert all(kept.days > 0 and kept.source for kept in KEPT)


def test_the_job_leaves_what_needs_an_order():
    _session("old", NOON - timedelta(days=2))
    [kept] = [k for k in KEPT if k.kind == "session"]
    on_order = type(kept)(**{**vars(kept), "on_order": True})

    with override_settings(RETENTION=[on_order]):
        assert expired_erased(at=NOON)[1] == {"records": 0, "kinds": 0}
    with override_settings(RETENTION=[kept]):
        assert expired_erased(at=NOON)[1] == {"records": 1, "kinds": 1}


def test_backups_restores_and_upgrades_are_recorded():
    assert selectors.last_backup_at() is None

    operations.backup_record(file="a", said={"bytes": 1}, by=ROOT_SHELL, at=NOON)
    operations.restore_record(file="a", said={"bytes": 1}, by=ROOT_SHELL, at=NOON)
    operations.upgrade_record(said={"applied": 2}, by=ROOT_SHELL, at=NOON)

    assert selectors.last_backup_at() == NOON
    assert sum(h.count for h in audit.chain_heads().values()) == 3
    assert audit_verified(at=NOON)[1] == {"entries": 3, "chains": 1}


def test_a_broken_record_fails_the_job(monkeypatch):
    monkeypatch.setattr(audit, "break_list", lambda anchor: iter(["a break"]))

    with pytest.raises(RecordBroken):
        audit_verified(at=NOON)
