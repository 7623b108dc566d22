"""What was acknowledged survives being killed: no loss, nothing twice, chain whole.

`XIUHUA_KILLS` says how often it is killed: a handful in a usual run, sixty at night.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT
from tests.config.serving import environment, xiuhua
from tests.databases import Cluster, new_database


KILLS = int(os.environ.get("XIUHUA_KILLS", "4"))
PATIENCE_SECONDS = 120.0


def hammered(folder: Path, acknowledged: Path, **said: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.hammer", str(acknowledged)],
        cwd=ROOT,
        env=environment(folder, **said),
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )


def numbers(acknowledged: Path) -> list[int]:
    # A line cut off by the kill was not acknowledged to anybody.
    text = acknowledged.read_text() if acknowledged.exists() else ""
    return [int(n) for n in re.findall(r"(?m)^acknowledged (\d+)\n", text)]


def kept(folder: Path, **said: str) -> list[int]:
    """Return the numbers that are in the database; the chain must be whole."""
    verified = xiuhua(folder, "manage", "audit_verify", **said)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    dumped = xiuhua(folder, "manage", "dumpdata", "audit.entry", **said)
    assert dumped.returncode == 0, dumped.stderr
    return sorted(row["fields"]["number"] for row in json.loads(dumped.stdout))


def kill_again_and_again(
    folder: Path, kill: Callable[[subprocess.Popen[bytes]], None], **said: str
) -> int:
    """Kill `KILLS` times at random moments, compare each time; return how many acks."""
    acknowledged = folder.with_name("acknowledged")
    chance = random.Random(20191122)  # noqa: S311  moments, no secret
    for _ in range(KILLS):
        before = len(numbers(acknowledged))
        process = hammered(folder, acknowledged, **said)
        until = time.monotonic() + PATIENCE_SECONDS
        while len(numbers(acknowledged)) < before + 5:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        time.sleep(chance.uniform(0.05, 0.6))
        kill(process)
        acked, stored = numbers(acknowledged), kept(folder, **said)
        # Consecutive from one: nothing lost, nothing twice, at most one unanswered.
        assert stored == list(range(1, len(stored) + 1))
        assert set(acked) <= set(stored)
        assert len(acked) == len(set(acked))
    return len(numbers(acknowledged))


def _kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.timeout(1800)
def test_a_writer_on_sqlite_is_killed(tmp_path):
    folder = tmp_path / "var"
    assert xiuhua(folder, "manage", "migrate", "--verbosity", "0").returncode == 0

    acks = kill_again_and_again(folder, _kill)

    assert acks >= 5 * KILLS


@pytest.fixture
def durable() -> Iterator[Cluster]:
    running = Cluster("fsync=on")
    try:
        running.start()
        yield running
    finally:
        running.remove()


@pytest.mark.postgresql
@pytest.mark.timeout(1800)
def test_writer_and_server_of_postgresql_are_killed(tmp_path, durable):
    folder = tmp_path / "var"
    said = {"XIUHUA_DATABASE_URL": new_database(durable.address, "crash")}
    done = xiuhua(folder, "manage", "migrate", "--verbosity", "0", **said)
    assert done.returncode == 0

    def both(process: subprocess.Popen[bytes]) -> None:
        durable.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        durable.start()

    acks = kill_again_and_again(folder, both, **said)

    assert acks >= 5 * KILLS
