"""Leave out what this machine has no means for, and say so by name.

After the run one line names every part that was left out, as JSON:

    left out: {"java": {"tests": 4, "why": ["no `java` on the PATH"]}}

With `XIUHUA_REQUIRE_ALL=1` a part left out is an error; what nobody can install is one
only where `CI=true` promises that it lies beside the project. Skips are gathered from
the reports, so the line is complete when several processes share the tests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.means import MARKERS, NOT_INSTALLABLE, left_out, read_reason


# How long an example takes says more of the machine's other work than of the example.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
pytest_plugins = ["tests.databases"]
Parts = dict[str, dict[str, int]]
PARTS = pytest.StashKey[Parts]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PARTS] = {}
    config.pluginmanager.register(_Gatherer(config.stash[PARTS]), "left-out")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for marker, (means, missing) in MARKERS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        why = missing() if marked else ""
        if why:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=left_out(means, why)))
    limits = _limits(items)
    # Several processes share the files: what takes long begins first, so that none of
    # them is left alone with it at the end.
    items.sort(key=lambda item: limits[item.path], reverse=True)


def _limits(items: list[pytest.Item]) -> dict[Path, float]:
    """Return by file the longest time a test of it asks for, in seconds."""
    limits = {item.path: 0.0 for item in items}
    for item in items:
        for mark in item.iter_markers("timeout"):
            limits[item.path] = max(limits[item.path], mark.args[0])
    return limits


class _Gatherer:
    """Counts skipped tests by means and reason."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        longrepr = report.longrepr
        reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        means, why = read_reason(reason)
        whys = self._parts.setdefault(means, {})
        whys[why] = whys.get(why, 0) + 1


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    yield
    if _missed(session.config.stash[PARTS]) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    parts = {
        means: {"tests": sum(whys.values()), "why": sorted(whys)}
        for means, whys in sorted(config.stash[PARTS].items())
    }
    terminalreporter.write_line(f"left out: {json.dumps(parts, ensure_ascii=False)}")
    missed = _missed(config.stash[PARTS])
    if missed:
        terminalreporter.write_line(
            f"XIUHUA_REQUIRE_ALL=1: a part was left out ({', '.join(missed)}), "
            "the run has failed",
            red=True,
        )


def _missed(parts: Parts) -> list[str]:
    """Return the parts whose absence is an error in this run."""
    if os.environ.get("XIUHUA_REQUIRE_ALL") != "1":
        return []
    on_ci = os.environ.get("CI") == "true"
    return sorted(part for part in parts if on_ci or part not in NOT_INSTALLABLE)
