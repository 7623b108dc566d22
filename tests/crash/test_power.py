"""A power cut loses what was not synced, and nothing that was acknowledged.

The writes and syncs of a writer are recorded with their bytes and played again up to a
random call: what was synced is there, of what was not some writes are and some are not.
No device is cut off for it; a disk that lies about syncing is beyond this.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest
from tests.config.serving import xiuhua
from tests.crash.test_order import traced
from tests.means import left_out


CUTS = 40
CALLS = "trace=write,pwrite64,ftruncate,fsync,fdatasync"
STRACE = ("strace", "-f", "-y", "-xx", "-s", "1000000", "-e", CALLS, "-o")
pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None,
    reason=left_out("strace", "no `strace` on the PATH"),
)
CALL = re.compile(r"\b(pwrite64|write|ftruncate|fsync|fdatasync)\(\d+<([^>]*)>(.*)")
DATA = re.compile(r', "([^"]*)", \d+(?:, (\d+))?\)\s*= (\d+)')
CUT = re.compile(r", (\d+)\)\s*= 0")
Step = tuple[int, bytes | None]
"""Where bytes are written; None cuts the file off there."""


class Disk:
    """Files as they would be after a cut: synced, and what waits to be."""

    def __init__(self, folder: Path):
        files = (p for p in folder.glob("xiuhua.sqlite3*") if p.suffix != ".shm")
        self.synced = {p.name: bytearray(p.read_bytes()) for p in files}
        self.waiting: dict[str, list[Step]] = defaultdict(list)

    def write(self, name: str, at: int, data: bytes | None) -> None:
        self.waiting[name].append((at, data))

    def sync(self, name: str) -> None:
        self._lay(name, self.waiting.pop(name, []))

    def cut(self, chance: random.Random) -> None:
        """Let some of what was not synced reach the disk, the rest be lost."""
        for name, steps in self.waiting.items():
            self._lay(name, [step for step in steps if chance.random() < 0.5])

    def _lay(self, name: str, steps: list[Step]) -> None:
        content = self.synced.setdefault(name, bytearray())
        for at, data in steps:
            if data is None:
                del content[at:]
                continue
            content.extend(b"\0" * (at - len(content)))
            content[at : at + len(data)] = data


def played(lines: list[str], disk: Disk) -> int:
    """Play calls on a disk; return the number acknowledged last."""
    last = 0
    for line in lines:
        found = CALL.search(line)
        if found is None:
            continue
        call, name, rest = found[1], Path(_plain(found[2]).decode()).name, found[3]
        if name == "acknowledged" and (said := DATA.search(rest)):
            last = int(_plain(said[1]).split()[1])
        elif not name.startswith("xiuhua.sqlite3") or name.endswith("-shm"):
            continue
        elif call in ("fsync", "fdatasync"):
            disk.sync(name)
        elif call == "ftruncate" and (said := CUT.search(rest)):
            disk.write(name, int(said[1]), None)
        elif said := DATA.search(rest):
            disk.write(name, int(said[2]), _plain(said[1])[: int(said[3])])
    return last


def _plain(text: str) -> bytes:
    if "\\x" not in text:
        return text.encode()
    return bytes.fromhex(text.replace("\\x", ""))


def surviving(disk: Disk, folder: Path) -> tuple[str, set[int]]:
    """Return whether the database left on a disk is whole, and the entries in it."""
    folder.mkdir()
    for name, content in disk.synced.items():
        (folder / name).write_bytes(content)
    with sqlite3.connect(folder / "xiuhua.sqlite3") as opened:
        whole = opened.execute("PRAGMA integrity_check").fetchone()[0]
        rows = opened.execute(
            "SELECT number FROM audit_entry WHERE action = 'tests.row.appended'"
        ).fetchall()
    opened.close()
    return whole, {number for (number,) in rows}


def test_what_was_acknowledged_survives_a_power_cut(tmp_path):
    folder, acknowledged = tmp_path / "var", tmp_path / "acknowledged"
    assert xiuhua(folder, "manage", "migrate", "--verbosity", "0").returncode == 0
    before = tmp_path / "before"
    shutil.copytree(folder, before)
    lines = traced(folder, acknowledged, STRACE)
    chance = random.Random(2019)  # noqa: S311  the same cuts each time

    proven = 0
    for number in range(CUTS):
        disk = Disk(before)
        last = played(lines[: chance.randrange(len(lines))], disk)
        disk.cut(chance)
        whole, entries = surviving(disk, tmp_path / f"cut-{number}")
        assert whole == "ok"
        assert set(range(1, last + 1)) <= entries
        proven += last > 0

    assert proven > CUTS / 4


def test_a_write_that_was_not_synced_can_be_lost(tmp_path):
    """The play-back itself loses what it should."""
    disk = Disk(tmp_path)
    disk.write("xiuhua.sqlite3-wal", 0, b"synced")
    disk.sync("xiuhua.sqlite3-wal")
    disk.write("xiuhua.sqlite3-wal", 6, b" and lost")
    chances = random.Random(1)  # noqa: S311  the same loss each time
    kept = set()
    for _ in range(8):
        again = Disk(tmp_path)
        again.synced = {n: bytearray(c) for n, c in disk.synced.items()}
        again.waiting = {n: list(s) for n, s in disk.waiting.items()}
        again.cut(chances)
        kept.add(bytes(again.synced["xiuhua.sqlite3-wal"]))

    assert kept == {b"synced", b"synced and lost"}
