"""A part the machine has no means for is named, and is an error when all is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from tests.architecture.tree import ROOT
from tests.means import left_out


SKIPS = f"""
import pytest

def test_runs(): pass

@pytest.mark.skip(reason={left_out("java", "no java here")!r})
def test_java(): pass

@pytest.mark.skip(reason="rain")
def test_rain(): pass
"""


def _run(tmp_path, content: str, require_all: str, *options: str, ci: str = ""):
    path = tmp_path / "test_parts.py"
    path.write_text(content, encoding="utf-8")
    where = ["-c", os.devnull, "--rootdir", str(tmp_path), str(path)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", *options, *where],
        cwd=ROOT,
        env=os.environ | {"XIUHUA_REQUIRE_ALL": require_all, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )


def _named(output: str) -> dict:
    line = next(x for x in output.splitlines() if x.startswith("left out: "))
    return json.loads(line.removeprefix("left out: "))


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_parts_left_out_are_named(tmp_path, options):
    done = _run(tmp_path, SKIPS, "", *options)

    assert done.returncode == 0, done.stdout
    assert _named(done.stdout) == {
        "java": {"tests": 1, "why": ["no java here"]},
        "other": {"tests": 1, "why": ["rain"]},
    }


def test_a_part_left_out_fails_the_run_when_all_is_asked(tmp_path):
    done = _run(tmp_path, SKIPS, "1")

    assert done.returncode == 1
    assert "a part was left out" in done.stdout


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_data_that_cannot_be_installed_is_demanded_on_ci_only(tmp_path, ci, code):
    skip = f"@pytest.mark.skip(reason={left_out('cases', 'data of others')!r})"
    content = f"import pytest\n{skip}\ndef test_case(): pass\n"

    done = _run(tmp_path, content, "1", ci=ci)

    assert done.returncode == code, done.stdout
    assert set(_named(done.stdout)) == {"cases"}


def test_nothing_left_out_is_said_too(tmp_path):
    done = _run(tmp_path, "def test_runs(): pass", "1")

    assert done.returncode == 0, done.stdout
    assert _named(done.stdout) == {}
