"""A worker that is killed: run as a script by `test_killed`.

For each point a child of its own sends a file, reads, orders and lays it, and kills
itself (SIGKILL) at the n-th thing that reaches the disk or the database. A second child
then looks at what is there and takes the work up again. Lines of JSON say what it saw.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


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
    import tests.apps.exchange.kill_points as points  # noqa: PLC0415

    total = _in_child(lambda: points.counted(job["post"], 0))["events"]
    _say({"events": total})
    for number in range(1, job["points"] + 1):
        at = 1 + (number * total) // (job["points"] + 1)
        killed = _in_child(lambda n=number, a=at: points.killed(job["post"], n, a))
        seen = _in_child(lambda n=number: points.seen(job["post"], n))
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
