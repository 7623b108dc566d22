"""The database is synced to disk before anything is acknowledged.

A kill cannot show this on SQLite: what is written but not synced survives the death of
a process, not a power cut. The order of system calls shows it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT
from tests.config.serving import PATIENCE_SECONDS, environment, xiuhua
from tests.means import left_out


ACKS = 30
CALLS = "trace=write,pwrite64,writev,fsync,fdatasync"
STRACE = ("strace", "-f", "-y", "-e", CALLS, "-o")
HAMMER = (sys.executable, "-m", "tests.crash.hammer")
pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None,
    reason=left_out("strace", "no `strace` on the PATH"),
)
WRITE = re.compile(r"p?write(?:64|v)?\((\d+)<([^>]*)>")
SYNC = re.compile(r"(?:fdatasync|fsync)\(\d+<([^>]*)>\)\s*= 0")


def traced(
    folder: Path, acknowledged: Path, strace: tuple[str, ...] = STRACE
) -> list[str]:
    """Return the writes and syncs of a writer, in order."""
    trace = folder.with_name("trace")
    process = subprocess.Popen(
        [*strace, str(trace), *HAMMER, str(acknowledged)],
        cwd=ROOT,
        env=environment(folder),
        start_new_session=True,
    )
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while _count(acknowledged) < ACKS:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return trace.read_text(errors="replace").splitlines()


def _count(acknowledged: Path) -> int:
    return acknowledged.read_bytes().count(b"\n") if acknowledged.exists() else 0


def dirty_acks(lines: list[str], acknowledged: Path) -> tuple[int, int]:
    """Return how many acks there were, and how many with the log not synced."""
    acks = dirty = 0
    unsynced = False
    for line in lines:
        wrote, synced = WRITE.search(line), SYNC.search(line)
        if wrote and wrote[2] == str(acknowledged):
            acks, dirty = acks + 1, dirty + unsynced
        elif wrote and wrote[2].endswith("-wal"):
            unsynced = True
        elif synced and synced[1].endswith("-wal"):
            unsynced = False
    return acks, dirty


def test_nothing_is_acknowledged_before_it_is_on_disk(tmp_path):
    folder, acknowledged = tmp_path / "var", tmp_path / "acknowledged"
    assert xiuhua(folder, "manage", "migrate", "--verbosity", "0").returncode == 0

    acks, dirty = dirty_acks(traced(folder, acknowledged), acknowledged)

    assert acks >= ACKS
    assert dirty == 0


def test_the_check_sees_a_log_that_is_not_synced(tmp_path):
    """With synchronous=NORMAL, as is usual, every ack would come too early."""
    wal, acknowledged = "/data/xiuhua.sqlite3-wal", tmp_path / "acknowledged"
    lines = [f'pwrite64(5<{wal}>, "…", 24, 0) = 24']
    ack = f'write(7<{acknowledged}>, "acknowledged 1", 15) = 15'
    sync = f"fdatasync(5<{wal}>) = 0"

    assert dirty_acks([*lines, ack], acknowledged) == (1, 1)
    assert dirty_acks([*lines, sync, ack], acknowledged) == (1, 0)
    assert dirty_acks([*lines, sync, *lines, ack], acknowledged) == (1, 1)
