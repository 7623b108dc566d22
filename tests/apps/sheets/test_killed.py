"""Killed at any point a sheet is taken over whole or not at all, and taken up again."""

import os

import pytest
from tests.apps.sheets.kill_points import ROWS
from tests.factories.accounts import make_post
from tests.factories.registry import make_household
from tests.factories.sheets import COUNTY
from tests.killing import killed_at

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope


POINTS = int(os.environ.get("XIUHUA_RANDOM_RUNS", "0")) or 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="os: no processes to fork here")
def test_killed_anywhere_a_sheet_is_nothing_or_all_and_ends_well(committed):
    with region_scope(EVERYWHERE):
        homes = [make_household().number for _ in range((POINTS + 1) * ROWS)]
        post = make_post("county_office", COUNTY).pk

    lines = killed_at(POINTS, "tests.apps.sheets.kill_points", post=post, homes=homes)

    for line in lines:
        assert line["before"] in ([0, 0], [ROWS, ROWS]), line
        assert line["after"] == [ROWS, ROWS], line
        assert (line["state"], line["doing"]) == ("applied", ""), line
        assert (line["again"], line["applied"]) == ("nothing ordered", 1), line
    # What was ordered and not done is found by those who look for it.
    assert any(line["stalled"] for line in lines)
    assert any(line["before"] == [0, 0] for line in lines)
