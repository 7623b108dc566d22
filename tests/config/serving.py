"""A server of the application as a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.architecture.tree import ROOT


COMMAND = (sys.executable, "-m", "xiuhua")
PATIENCE_SECONDS = 120.0
# Of the tests themselves; a server is told its own.
OURS = ("XIUHUA_", "DJANGO_SETTINGS_MODULE")


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    said = {"XIUHUA_DATA_DIR": str(folder), "XIUHUA_HTTPS": "0", "XIUHUA_LANG": "en"}
    return kept | said | {"PYTHONUTF8": "1"} | more


def xiuhua(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the application to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(folder, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS * 2,
    )


def free_port() -> int:
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return int(link.getsockname()[1])


class Server:
    """A running server; its output is gathered in a file."""

    def __init__(self, folder: Path, *words: str, **more: str):
        self.port = free_port()
        self.log = folder.with_name(f"{folder.name}.log")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(self.port), *words],
                env=environment(folder, **more),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while self.address not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(link):
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, answer.read()

    def parts(self) -> dict[str, int]:
        """Return the process number of every part, found by who started it."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_text().split("\0")
                if int(stat[1]) == self.process.pid and "xiuhua.config.part" in words:
                    name = words[words.index("xiuhua.config.part") + 1]
                    found[name] = int(entry.name)
        return found

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def kill_all(self) -> None:
        """Kill the server and every part with its group, all at once, by force."""
        groups = [self.process.pid, *self.parts().values()]
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)


@contextlib.contextmanager
def server(folder: Path, *words: str, **more: str) -> Iterator[Server]:
    """Run a server, yield it when it answers, end it."""
    running = Server(folder, *words, **more)
    try:
        running.wait_until_up()
        yield running
    finally:
        running.end()


def query(folder: Path, statement: str) -> list[Any]:
    """Return the rows of a statement on the SQLite database of a data folder."""
    with contextlib.closing(sqlite3.connect(folder / "xiuhua.sqlite3")) as link, link:
        return link.execute(statement).fetchall()


def is_alive(number: int) -> bool:
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return re.search(r"\) ([A-Z]) ", text)[1] != "Z"
