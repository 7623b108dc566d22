"""The demonstration, started as a user starts it, and its county built once.

To enter the invented county takes minutes, so a session of tests does it once,
whichever of its processes asks first; each file of tests works on a copy of its own.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT
from tests.config.serving import COMMAND, OURS, free_port


PATIENCE_SECONDS = 1200.0


class Demo:
    """A demonstration, started as a user starts it."""

    def __init__(self, folder: Path, **more: str):
        self.port = free_port()
        self.log = folder.with_name("demo.log")
        self.log.unlink(missing_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "demo", "--data", str(folder), "--port", str(self.port)],
                cwd=ROOT,
                env=kept | {"XIUHUA_LANG": "en", "PYTHONUTF8": "1"} | more,
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait(self) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while f"Open in a browser: http://127.0.0.1:{self.port}/" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)
        return self.said()

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)


@dataclass(frozen=True)
class Started:
    """The data folder of a demonstration that was started once, and what it said."""

    folder: Path
    said: str


def started_once(factory: pytest.TempPathFactory, name: str) -> Started:
    """Return a copy, for one file of tests, of the county that is built once."""
    base = factory.getbasetemp()
    # With several processes each has a folder of its own in that of the session.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    built = _built(shared / "demonstration")
    folder = factory.mktemp(name) / "data"
    shutil.copytree(built.folder, folder)
    return Started(folder, built.said)


def _built(place: Path) -> Started:
    place.mkdir(mode=0o700, exist_ok=True)
    folder, said = place / "data", place / "said.log"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            demo = Demo(folder)
            try:
                words = demo.wait()
            finally:
                code = demo.end()
            assert code == 0, words
            said.write_text(words, encoding="utf-8")
    return Started(folder, said.read_text(encoding="utf-8"))


def password_of(said: str) -> str:
    """Return the password a demonstration names when it starts."""
    found = re.search(r"password: (\S+)", said)
    assert found is not None, said
    return found[1]
