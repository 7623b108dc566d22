"""The means a test may need beyond Python, and what is said when one is missing.

A test that cannot run names the means it lacks with `left_out`; `conftest` gathers
these and prints them, and fails the run when `XIUHUA_REQUIRE_ALL` is 1.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final


_PREFIX: Final = "left out"
_LEFT_OUT: Final = re.compile(rf"{_PREFIX} \[(?P<means>[a-z-]+)\]: (?P<why>.*)")
OTHER: Final = "other"
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


def _postgresql() -> str:
    found = shutil.which("postgres") or any(
        Path("/usr/lib/postgresql").glob("*/bin/postgres")
    )
    return "" if found else "no PostgreSQL server on this machine"


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return "" if any(map(shutil.which, names)) else "no chromium on the PATH"


# A marker of a test → the means it stands for and what is missing, empty for nothing.
MARKERS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "spark": ("java", _java),
    "postgresql": ("postgresql", _postgresql),
    "chromium": ("chromium", _chromium),
}
