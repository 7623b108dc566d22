"""Backups of a working installation come back exactly, or change nothing."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT
from tests.config.serving import PATIENCE_SECONDS, environment, xiuhua
from tests.databases import cluster, new_database


PASSPHRASE = "a passphrase for tests"
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


class Place:
    """An installation: its data folder, its database, its passphrase."""

    def __init__(self, folder: Path, address: str):
        self.folder = folder / "var"
        self.file = folder / "passphrase"
        self.file.write_text(PASSPHRASE)
        self.said = {
            "XIUHUA_DATABASE_URL": address,
            "XIUHUA_BACKUP_PASSPHRASE_FILE": str(self.file),
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return xiuhua(self.folder, *words, **self.said)

    def must(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def state(self) -> str:
        """Return a digest of what the audit and the evidence hold."""
        said = self.must("manage", "dumpdata", "audit", "operations", "regions")
        files = [p.read_bytes() for p in sorted(self.folder.glob("attachments/*"))]
        return hashlib.sha256(said.encode() + b"".join(files)).hexdigest()

    @contextmanager
    def load(self) -> Iterator[Path]:
        """Append to the audit meanwhile; yield the file of what was acknowledged."""
        acknowledged = self.folder.with_name("acknowledged")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.hammer", acknowledged],
            cwd=ROOT,
            env=environment(self.folder, **self.said),
        )
        try:
            _until(lambda: acknowledged.exists() and acknowledged.stat().st_size > 60)
            yield acknowledged
            assert process.poll() is None
        finally:
            process.kill()
            process.wait()


def _until(true) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield _filled(Place(tmp_path, "sqlite"))
        return
    with cluster() as server:
        yield _filled(Place(tmp_path, new_database(server, "installation")))


def _filled(place: Place) -> Place:
    place.must("manage", "migrate", "--verbosity", "0")
    (place.folder / "attachments").mkdir()
    (place.folder / "attachments" / "a").write_bytes(b"evidence")
    return place


def test_a_backup_under_load_comes_back_whole(place):
    with place.load() as acknowledged:
        before = len(acknowledged.read_text().split())
        file = Path(place.must("backup").splitlines()[0])
        after = len(acknowledged.read_text().split())
        rehearsed = place.must("restore", "--drill")
    count = int(re.search(r", (\d+) audit entries, all verified", rehearsed)[1])
    later = place.state()
    (place.folder / "attachments" / "b").write_bytes(b"later evidence")

    said = place.must("restore", str(file))

    assert before > 5
    assert before <= count <= after
    assert "RPO: " in rehearsed
    assert "RTO: " in rehearsed
    assert f"{count + 1} entries in 2 chains" in place.must("manage", "audit_verify")
    assert "What was there before: " in said
    assert [p.name for p in (place.folder / "attachments").iterdir()] == ["a"]
    assert place.state() != later
    leftover = [p.name for p in place.folder.iterdir() if p.name.startswith(".")]
    assert leftover == []


def test_what_is_not_whole_changes_nothing(place, tmp_path):
    with place.load():
        pass
    file = Path(place.must("backup").splitlines()[0])
    with place.load():
        pass
    state, whole = place.state(), file.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    damaged = [
        ("cut off or was changed", whole[:-1], PASSPHRASE),
        ("cut off or was changed", bytes(flipped), PASSPHRASE),
        ("does not open this backup", whole, "another passphrase"),
        ("this is no backup", b"something else", PASSPHRASE),
    ]

    for why, content, words in damaged:
        bad = tmp_path / "bad.xhb"
        bad.write_bytes(content)
        place.file.write_text(words)
        done = place.run("restore", str(bad))
        assert done.returncode == 1, done.stdout
        assert why in done.stderr
    assert place.state() == state
    assert [p.name for p in place.folder.iterdir() if p.name.startswith(".")] == []


def test_an_upgrade_of_a_populated_database_can_be_gone_back_on(place):
    with place.load() as acknowledged:
        _until(lambda: len(acknowledged.read_text().split()) > 20)
    place.must("manage", "migrate", "axes", "0008", "--verbosity", "0")
    state = place.state()

    said = place.must("upgrade")
    upgraded = place.state()
    again = place.must("upgrade")
    path = re.search(r"`xiuhua restore (.+)`", said)[1]
    place.must("restore", path)

    assert "audit chains whole" in said
    assert "of this version already" in again
    assert upgraded != state
    place.must("upgrade")
    entries = place.must("manage", "audit_verify")
    assert "are whole" in entries


@pytest.mark.postgresql
def test_a_backup_goes_into_its_own_kind_of_database(tmp_path):
    place = _filled(Place(tmp_path, "sqlite"))
    file = place.must("backup").splitlines()[0]
    with cluster() as server:
        place.said["XIUHUA_DATABASE_URL"] = new_database(server, "other")
        done = place.run("restore", file)

    assert done.returncode == 1
    assert "a backup of sqlite; the installation runs on postgresql" in done.stderr


@pytest.mark.postgresql
def test_a_restore_under_others_feet_is_refused(tmp_path):
    with cluster() as server:
        place = _filled(Place(tmp_path, new_database(server, "busy")))
        file = place.must("backup").splitlines()[0]
        with place.load():
            done = place.run("restore", file)

    assert done.returncode == 1
    assert "others are connected" in done.stderr
