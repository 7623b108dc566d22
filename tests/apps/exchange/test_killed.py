"""Killed at any point an import leaves nothing or all, and is taken up again (I1)."""

import os

import pytest
from tests.apps.exchange.kill_points import ROWS
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_clerk
from tests.killing import killed_at


POINTS = int(os.environ.get("XIUHUA_RANDOM_RUNS", "0")) or 12
NOTHING = [0, 0, 0]
# Each household is entered with its income, each person once.
ALL = [ROWS, ROWS, 3 * ROWS]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="os: no processes to fork here")
def test_killed_anywhere_it_is_nothing_or_all_and_ends_well(committed):
    make_region(VILLAGE)

    lines = killed_at(POINTS, "tests.apps.exchange.kill_points", post=make_clerk().pk)

    for line in lines:
        assert line["before"] in (NOTHING, ALL), line
        assert line["after"] == ALL, line
        assert (line["state"], line["again"]) == ("promoted", "not ordered"), line
        assert line["kept"], line
        assert line["scratch"] == 0, line
