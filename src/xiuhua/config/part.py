"""One part of the server as a process: `python -m xiuhua.config.part web|worker|tick`.

A part ends when it is told to, and when whoever started it is gone: its standard input
is a pipe that nobody writes to, and it is closed then.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from xiuhua.config.django_start import django_ready
from xiuhua.config.log_files import PART


TICK_SECONDS: Final = 20
_THREADS: Final = 4
_log: Final = logging.getLogger(__name__)


def end_with_parent() -> None:
    """End this process, as if asked to, once its standard input is closed."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        if os.name == "posix":
            main = threading.main_thread().ident
            signal.pthread_kill(main or 0, signal.SIGTERM)
        else:  # pragma: no cover  Windows has no thread to signal
            signal.raise_signal(signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()


def web(host: str, port: int, certificate: str = "", key: str = "") -> None:
    """Answer requests until told to end: granian, or waitress where it is not."""
    if find_spec("granian") is None:
        _waitress(host, port)
        return
    from granian.constants import Interfaces  # noqa: PLC0415  not on every machine
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    Server(
        "xiuhua.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
    ).serve()


def _waitress(host: str, port: int) -> None:
    import waitress  # noqa: PLC0415  only where granian is not
    from django.conf import settings  # noqa: PLC0415  after the set-up

    from xiuhua.config.wsgi import application  # noqa: PLC0415  sets Django up

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    waitress.serve(
        application,
        host=host,
        port=port,
        threads=_THREADS,
        # Otherwise it takes away what our own proxy says.
        clear_untrusted_proxy_headers=not settings.BEHIND_PROXY,
    )


def worker() -> None:
    """Do tasks until told to end; the task at hand is finished first."""
    from django.conf import settings  # noqa: PLC0415  after the set-up
    from django_tasks_db.management.commands.db_worker import Worker  # noqa: PLC0415

    from xiuhua.apps.operations.queue import orphans_requeue  # noqa: PLC0415
    from xiuhua.config.locks import worker_slot  # noqa: PLC0415

    number, _handle = worker_slot(settings.DATA_DIR)
    # The number is one of this data folder; a machine may have several.
    place = sha256(str(settings.DATA_DIR).encode()).hexdigest()[:8]
    name = f"{socket.gethostname()[:40]}-{place}-{number}"
    again, given_up = orphans_requeue(worker=name)
    if again or given_up:
        _log.warning("%d tasks queued again, %d given up", again, given_up)
    doer = Worker(
        queue_names=["default"],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
        excluded_queue_names=[],
    )
    doer.configure_signals()
    doer.run()


def tick() -> None:
    """Look every twenty seconds which jobs are due, until told to end."""
    from django.conf import settings  # noqa: PLC0415  after the set-up
    from django.db import close_old_connections  # noqa: PLC0415

    from xiuhua.apps.operations.tick import due_runs_make  # noqa: PLC0415

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    while not ended.is_set():
        close_old_connections()
        try:
            due_runs_make(jobs=settings.JOBS, at=datetime.now(UTC))
        except Exception:
            # The database may be away for a while; the next look comes.
            _log.exception("what is due could not be looked up")
        ended.wait(TICK_SECONDS)


PARTS: Final[dict[str, Callable[..., Any]]] = {
    "web": web,
    "worker": worker,
    "tick": tick,
}


def main(argv: list[str]) -> None:
    """Run the part that is named, with its own words after the name."""
    name, *words = argv
    # Handed on to the process granian starts for the pages.
    os.environ[PART] = name
    end_with_parent()
    if name != "web":
        # The pages' own process is started by granian and sets itself up.
        django_ready()
    PARTS[name](*[int(w) if w.isdecimal() else w for w in words])


if __name__ == "__main__":
    main(sys.argv[1:])
