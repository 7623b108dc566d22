"""Keep several processes running as one: started together, ended together.

A part that dies is started again; one that cannot stay up ends the whole. Each part is
a process group of its own, so that what a part started dies with it. Should this
process be killed, the parts see their standard input closed and end.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final


_log: Final = logging.getLogger(__name__)
# A part that dies so often within so many seconds will not stay up.
_DEATHS: Final = 4
_WITHIN_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.2


@dataclass
class Part:
    """A process to keep running, and how long it may take to end when asked."""

    name: str
    command: list[str]
    patience_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    wait_until: float = 0.0


class Supervisor:
    """Run parts until told to end."""

    def __init__(self, parts: list[Part], *, handles: tuple[int, ...] = ()):
        """Take the parts in the order in which they are ended.

        `handles` stay open in every part: locks that are held as long as one lives.
        """
        self._parts = parts
        self._handles = handles
        self._ended = threading.Event()

    def end(self, *_: Any) -> None:
        """Ask for the end; also the handler of signals."""
        self._ended.set()

    def run(self, *, when_up: Callable[[Callable[[], bool]], None]) -> int:
        """Run until told to end; return 0, or 1 when a part would not stay up.

        `when_up` is called in a thread once all were started, with a function that
        tells whether the end was asked for meanwhile.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.end)
        failed = ""
        try:
            for part in self._parts:
                self._start(part)
            threading.Thread(
                target=when_up, args=(self._ended.is_set,), daemon=True
            ).start()
            while not self._ended.wait(_POLL_SECONDS) and not failed:
                failed = next(filter(None, map(self._looked_after, self._parts)), "")
        finally:
            for part in self._parts:
                self._stop(part)
        if failed:
            _log.error("the part %s would not stay up", failed)
        return 1 if failed else 0

    def _start(self, part: Part) -> None:
        own_group: dict[str, Any] = {"creationflags": 0x200}
        if os.name == "posix":
            own_group = {"start_new_session": True, "pass_fds": self._handles}
        part.process = subprocess.Popen(  # noqa: S603  our own interpreter
            part.command, stdin=subprocess.PIPE, **own_group
        )

    def _looked_after(self, part: Part) -> str:
        """Start a part again that died; return its name when it dies too often."""
        now = time.monotonic()
        if part.process is not None and part.process.poll() is not None:
            _log.warning("the part %s ended: %s", part.name, part.process.returncode)
            self._clear(part)
            part.deaths = [d for d in part.deaths if now - d < _WITHIN_SECONDS] + [now]
            if len(part.deaths) >= _DEATHS:
                return part.name
            part.wait_until = now + 2 ** (len(part.deaths) - 1) - 1
        if part.process is None and now >= part.wait_until:
            self._start(part)
        return ""

    def _stop(self, part: Part) -> None:
        """Ask a part to end, and make it when it takes too long."""
        if part.process is None:
            return
        assert part.process.stdin is not None  # noqa: S101  made a pipe above
        part.process.stdin.close()
        try:
            part.process.wait(part.patience_seconds)
        except subprocess.TimeoutExpired:
            _log.warning("the part %s was ended by force", part.name)
        self._clear(part)

    def _clear(self, part: Part) -> None:
        """End what is left of a part and of what it started."""
        process, part.process = part.process, None
        if process is None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:  # pragma: no cover  Windows knows no groups of this kind
            process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()


def python_part(name: str, *words: str, patience_seconds: float = 10.0) -> Part:
    """Return a part of the server, run by this interpreter."""
    command = [sys.executable, "-m", "xiuhua.config.part", name, *words]
    return Part(name, command, patience_seconds)
