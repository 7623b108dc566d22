"""Names behind snapshots go when they are over their time; the snapshots stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from tests.factories import assessments as factories
from tests.factories.moments import NOON

from xiuhua.apps.assessments.expiry import identity_count, identity_erase
from xiuhua.apps.assessments.run_files import run_folder
from xiuhua.apps.audit.models import Entry
from xiuhua.config.retention import KEPT


pytestmark = pytest.mark.usefixtures("each_database")
LATER = NOON + timedelta(days=4 * 366)


def run_with_names(at=NOON):
    run = factories.make_run(
        state="done",
        snapshot_hash="a",
        result_hash="b",
        snapshot_at=at,
        ended_at=at,
        folder=f"expiry-{at:%Y%m%d}",
    )
    folder = run_folder(run.folder) / "snapshot"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("identities.parquet", "household.parquet"):
        (folder / name).write_bytes(b"rows")
    return run, folder


def test_names_over_their_time_go_and_rows_stay():
    old, folder = run_with_names()
    new, kept = run_with_names(LATER)

    counted = identity_count(before=LATER)
    erased = identity_erase(before=LATER, at=LATER)

    assert counted == erased == 1
    assert [p.name for p in folder.iterdir()] == ["household.parquet"]
    assert len(list(kept.iterdir())) == 2
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.identities_erased_at, new.identities_erased_at) == (LATER, None)
    assert identity_count(before=LATER) == 0


def test_they_go_on_order_alone_with_a_record(capsys):
    _, folder = run_with_names()

    with pytest.raises(CommandError, match="number of an instruction"):
        call_command("retention", erase="snapshot_identity")
    with pytest.raises(CommandError, match="no kind"):
        call_command("retention", erase="everything", order="7")
    assert (folder / "identities.parquet").exists()
    call_command("retention", erase="snapshot_identity", order="2026-7")

    assert not (folder / "identities.parquet").exists()
    said = capsys.readouterr().out
    assert "snapshot_identity: 1 erased" in said
    assert all(f"{kept.kind}: {kept.days} days" in said for kept in KEPT)
    entry = Entry.objects.get(action="operations.records.erased")
    assert (entry.target_id, entry.order_number) == ("snapshot_identity", "2026-7")
