"""The application as it starts on a machine that has nothing yet."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from tests.architecture.tree import ROOT

from xiuhua.config.data_folder import kept_secret


def manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "manage.py"), *words],
        env={"PATH": os.environ["PATH"], "XIUHUA_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_the_first_start_makes_secrets_for_the_owner_alone(tmp_path):
    folder = tmp_path / "var"

    done = manage(folder, "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
    secrets = [folder / "secret_key", folder / "field_keys"]
    # Files on their way in have a folder of their own from the start.
    assert sorted(folder.iterdir()) == sorted([*secrets, folder / "arriving"])
    for path in (folder, *secrets):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    kept = [path.read_text() for path in secrets]
    assert len(kept[0]) > 60
    assert manage(folder, "check").returncode == 0
    assert [path.read_text() for path in secrets] == kept


def test_a_misspelled_setting_stops_the_start(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check"],
        env={"XIUHUA_DATA_DIR": str(tmp_path), "XIUHUA_SECOND_FACTR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "there is no setting XIUHUA_SECOND_FACTR" in done.stderr


def test_starting_at_once_makes_one_secret(tmp_path):
    made: list[str] = []
    numbers = iter(range(100))
    gate = threading.Barrier(8)

    def start() -> None:
        gate.wait()
        made.append(kept_secret(tmp_path / "key", lambda: f"secret {next(numbers)}"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


@pytest.mark.usefixtures("each_database")
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_sqlite_runs_as_it_was_set(each_database):
    assert connection.vendor == each_database
    if each_database != "sqlite":
        return
    cursor = connection.cursor()

    def pragma(name: str) -> object:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1
