"""`xiuhua serve`: one command starts everything, one signal ends everything."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from tests.config.serving import (
    PATIENCE_SECONDS,
    Server,
    is_alive,
    query,
    server,
    xiuhua,
)
from tests.databases import cluster, new_database
from tests.means import left_out


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason=left_out("linux", "no /proc")
)


def _outcomes(folder: Path) -> dict[str, str]:
    return dict(query(folder, "SELECT job, state FROM operations_jobrun"))


def _until(true) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_one_command_starts_everything_and_one_signal_ends_it(tmp_path):
    folder = tmp_path / "var"

    with server(folder) as running:
        parts = running.parts()
        assert set(parts) == {"web", "worker", "tick"}
        assert running.get("/health/live/") == (200, b"ok")
        [mark] = (folder / "static" / "web").glob("mark.*.svg")
        assert running.get(f"/static/web/{mark.name}")[0] == 200
        _until(lambda: _outcomes(folder).get("pulse") == "DONE")
        second = xiuhua(folder, "serve")
        assert second.returncode == 1
        assert "is in use by a server" in second.stderr
        code = running.end()

    assert code == 0, running.said()
    assert not any(map(is_alive, parts.values()))
    assert query(folder, "PRAGMA integrity_check") == [("ok",)]


def test_a_part_that_dies_is_started_again(tmp_path):
    with server(tmp_path / "var") as running:
        dead = running.parts()["worker"]
        os.kill(dead, signal.SIGKILL)

        _until(lambda: running.parts().get("worker", dead) != dead)
        assert running.get("/health/live/") == (200, b"ok")


def test_parts_end_when_the_supervisor_is_killed(tmp_path):
    running = Server(tmp_path / "var")
    running.wait_until_up()
    parts = running.parts()

    running.process.kill()
    running.process.wait()

    _until(lambda: not any(map(is_alive, parts.values())))
    with server(tmp_path / "var") as again:
        assert again.get("/health/live/") == (200, b"ok")


def test_a_busy_port_ends_the_server_with_a_word(tmp_path):
    with server(tmp_path / "one") as first:
        done = xiuhua(tmp_path / "two", "serve", "--port", str(first.port))

    assert done.returncode == 1
    assert "Address already in use" in done.stderr


def test_https_alone_wants_a_certificate_or_a_proxy(tmp_path):
    done = xiuhua(tmp_path, "serve", XIUHUA_HTTPS="1")

    assert done.returncode == 1
    assert "neither certificate nor proxy" in done.stderr
    assert not (tmp_path / "xiuhua.sqlite3").exists()


def test_a_database_of_another_version_is_refused(tmp_path):
    assert xiuhua(tmp_path, "manage", "migrate", "--verbosity", "0").returncode == 0
    query(
        tmp_path,
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('audit', '9999_later', '2030-01-01')",
    )

    newer = xiuhua(tmp_path, "serve")
    assert xiuhua(tmp_path, "manage", "migrate", "axes", "zero").returncode == 0
    query(tmp_path, "DELETE FROM django_migrations WHERE name = '9999_later'")
    older = xiuhua(tmp_path, "serve")

    assert (newer.returncode, older.returncode) == (1, 1)
    assert "newer than this program (audit.9999_later)" in newer.stderr
    assert "run `xiuhua upgrade`" in older.stderr


def test_a_restore_broken_off_is_said(tmp_path):
    (tmp_path / "restoring").touch()

    done = xiuhua(tmp_path, "serve")

    assert done.returncode == 1
    assert "was broken off (run `xiuhua restore` again)" in done.stderr


@pytest.mark.postgresql
def test_postgresql_that_may_lose_writes_is_refused(tmp_path):
    with cluster() as server_address:
        address = new_database(server_address, "unsafe")
        done = xiuhua(tmp_path, "serve", XIUHUA_DATABASE_URL=address)

    assert done.returncode == 1
    assert "PostgreSQL runs with fsync = off" in done.stderr


def test_a_database_that_is_away_is_said_without_its_password(tmp_path):
    address = "postgresql://u:s3cret@127.0.0.1:1/none"

    done = xiuhua(tmp_path, "serve", XIUHUA_DATABASE_URL=address)

    assert done.returncode == 1
    assert "the database does not answer" in done.stderr
    assert "s3cret" not in done.stderr + done.stdout
