"""`xiuhua demo`: a county at work by one command; the second start keeps everything."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT
from tests.config.serving import COMMAND, OURS, free_port, query


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


def _password(said: str) -> str:
    return re.search(r"password: (\S+)", said)[1]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_second_start_keeps_what_was_entered(tmp_path):
    folder = tmp_path / "data"
    first = Demo(folder)
    try:
        said = first.wait()
        assert first.end() == 0
    finally:
        first.end()
    rows = "SELECT count(*), sum(version) FROM registry_household"
    [(households, versions)] = query(folder, rows)
    query(folder, "UPDATE registry_household SET version = version + 1")

    second = Demo(folder)
    try:
        again = second.wait()
    finally:
        code = second.end()

    assert code == 0
    assert households > 500
    assert query(folder, rows) == [(households, versions + households)]
    assert _password(said) == _password(again)
    assert "county_office" in said
    assert "county_office" in again
