"""Killed at any point an import leaves nothing or all, and is taken up again (I1)."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from tests.apps.exchange.kill_points import ROWS
from tests.architecture.tree import ROOT
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_clerk


POINTS = int(os.environ.get("XIUHUA_RANDOM_RUNS", "0")) or 12
NOTHING = [0, 0, 0]
# Each household is entered with its income, each person once.
ALL = [ROWS, ROWS, 3 * ROWS]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="os: no processes to fork here")
def test_killed_anywhere_it_is_nothing_or_all_and_ends_well(committed):
    make_region(VILLAGE)
    job = {
        "data": str(settings.DATA_DIR),
        "database": json.loads(json.dumps(connection.settings_dict, default=str)),
        "post": make_clerk().pk,
        "points": POINTS,
    }
    connection.close()

    done = subprocess.run(
        [sys.executable, "-m", "tests.apps.exchange.killing", json.dumps(job)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines.pop(0)["events"] > POINTS
    assert len(lines) == POINTS
    assert sum(line["killed"] == "signal 9" for line in lines) >= POINTS - 1
    for line in lines:
        assert line["before"] in (NOTHING, ALL), line
        assert line["after"] == ALL, line
        assert (line["state"], line["again"]) == ("promoted", "not ordered"), line
        assert line["kept"], line
        assert line["scratch"] == 0, line
