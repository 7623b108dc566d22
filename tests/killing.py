"""A worker that is killed: `killed_at` runs this module as a script.

For each point a child of its own does the work of a module of points (`counted`,
`killed`, `seen`) and kills itself (SIGKILL) at the n-th thing that reaches the disk or
the database. A second child then looks at what is there and takes the work up again.
Lines of JSON say what it saw.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


ROOT = Path(__file__).parents[1]


def killed_at(points: int, module: str, **said: Any) -> list[dict[str, Any]]:
    """Do the work of a module, killed at so many points; return what was seen."""
    from django.conf import settings  # noqa: PLC0415  a child has no settings yet
    from django.db import connection  # noqa: PLC0415

    job = {
        "data": str(settings.DATA_DIR),
        "database": json.loads(json.dumps(connection.settings_dict, default=str)),
        "module": module,
        "points": points,
        **said,
    }
    connection.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing", json.dumps(job)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines.pop(0)["events"] > points
    assert len(lines) == points
    assert sum(line["killed"] == "signal 9" for line in lines) >= points - 1
    return lines


def watched(kill_at: int) -> list[int]:
    """Count what reaches the disk or the database; die at one of them (0: never)."""
    from django.db.backends.utils import CursorWrapper  # noqa: PLC0415  as above

    count = [0]

    def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            count[0] += 1
            if count[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return call

    events: tuple[tuple[Any, str], ...] = (
        (CursorWrapper, "execute"),
        (CursorWrapper, "executemany"),
        *((os, name) for name in ("fsync", "replace", "rename")),
        *((Path, name) for name in ("replace", "rename", "mkdir", "unlink")),
    )
    for owner, name in events:
        setattr(owner, name, wrapped(getattr(owner, name)))
    return count


def main() -> None:
    job = json.loads(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
    os.environ["XIUHUA_DATA_DIR"] = job["data"]
    from django.conf import settings  # noqa: PLC0415  the environment comes first

    settings.DATABASES["default"] = job["database"]
    settings.HOUSEHOLD_FOLLOWERS = ["xiuhua.apps.exchange.keying.households_changed"]
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}
    }
    import django  # noqa: PLC0415

    django.setup()
    points = import_module(job["module"])
    total = _in_child(lambda: points.counted(job, 0))["events"]
    _say({"events": total})
    for number in range(1, job["points"] + 1):
        at = 1 + (number * total) // (job["points"] + 1)
        killed = _in_child(lambda n=number, a=at: points.killed(job, n, a))
        seen = _in_child(lambda n=number: points.seen(job, n))
        _say({"at": at, "killed": killed, **seen})


def _in_child(work: Any) -> Any:
    """Do something in a child process; return what it says, or how it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            os.write(writer, json.dumps(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return json.loads(said)


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
