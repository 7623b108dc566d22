"""The means a test may need beyond Python, and what is said when one is missing.

A test that cannot run names the means it lacks with `left_out`; `conftest` gathers
these and prints them, and fails the run when `XIUHUA_REQUIRE_ALL` is 1.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final


_PREFIX: Final = "left out"
_LEFT_OUT: Final = re.compile(rf"{_PREFIX} \[(?P<means>[a-z-]+)\]: (?P<why>.*)")
OTHER: Final = "other"
# Environment variables of the tests themselves; the application's are taken away.
FOR_TESTS: Final = frozenset(
    {
        "XIUHUA_E2E_DATABASE",
        "XIUHUA_KILLS",
        "XIUHUA_LANG",
        "XIUHUA_RANDOM_RUNS",
        "XIUHUA_REQUIRE_ALL",
        "XIUHUA_WRITE_SNAPSHOTS",
    }
)
# Data of others that may lie beside the project but cannot come with it.
NOT_INSTALLABLE: Final = frozenset({"cases"})


def left_out(means: str, why: str) -> str:
    """Return the reason of a skipped test: the means it lacks and why it needs it.

    >>> left_out("java", "no `java` on the PATH")
    'left out [java]: no `java` on the PATH'
    """
    return f"{_PREFIX} [{means}]: {why}"


def read_reason(reason: str) -> tuple[str, str]:
    """Return the means and the why of a skip; a plain reason belongs to `other`.

    >>> read_reason("Skipped: left out [java]: no `java` on the PATH")
    ('java', 'no `java` on the PATH')
    >>> read_reason("Skipped: rain")
    ('other', 'rain')
    """
    match = _LEFT_OUT.search(reason)
    if match:
        return match["means"], match["why"]
    return OTHER, reason.removeprefix("Skipped: ")


def _java() -> str:
    if shutil.which("java") is None:
        return "no `java` on the PATH"
    if importlib.util.find_spec("pyspark") is None:
        return "the extra `spark` is not installed"
    return ""


def postgresql_folder() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs, None without one.

    Debian keeps them off the PATH, one folder per version.
    """
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve().parent] if on_path else []
    return max(
        found,
        key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))] or [0],
        default=None,
    )


def postgresql_user() -> str | None:
    """Return whom the server must run as: it refuses root. None is oneself.

    Raises:
        KeyError: for root on a machine without the user `postgres`.
    """
    if os.name == "posix" and os.geteuid() == 0:
        return pwd.getpwnam("postgres").pw_name
    return None


def _postgresql() -> str:
    if postgresql_folder() is None:
        return "no PostgreSQL server on this machine"
    try:
        postgresql_user()
    except KeyError:
        return "PostgreSQL refuses to run as root and there is no user `postgres`"
    return ""


def chromium_program() -> str:
    """Return where the browser is, empty without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), "")


def _chromium() -> str:
    return "" if chromium_program() else "no chromium on the PATH"


# A marker of a test → the means it stands for and what is missing, empty for nothing.
MARKERS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "spark": ("java", _java),
    "postgresql": ("postgresql", _postgresql),
    "chromium": ("chromium", _chromium),
}
