"""Whole two-stage draws, ten thousand times: every household as often as it should."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest
from tests.core.survey.frame_examples import small_frame

from xiuhua.core.survey.drawing import draw
from xiuhua.core.survey.frames import Group
from xiuhua.core.survey.plans import Plan, Take, VillageStage


DRAWS = 10_000
PLAN = Plan(
    "two stages",
    VillageStage("pps_systematic", {"poor": 3, "other": 2}),
    (
        Take("exited", (Group.EXITED,), "total", number=40),
        Take("remaining", (Group.REMAINING,), "per_village", number=1),
        Take("ordinary", (Group.ORDINARY, Group.ILLNESS, Group.DISABILITY), "all"),
    ),
)


@pytest.mark.slow
def test_two_stage_frequencies_lie_within_four_standard_errors() -> None:
    frame = small_frame()
    counts: Counter[str] = Counter()
    probability = {}
    for turn in range(DRAWS):
        for h in draw(frame, PLAN, seed=f"s{turn}").households:
            counts[h.id] += 1
            probability[h.id] = float(h.probability)

    assert set(probability) == {h.id for h in frame.households}
    for unit, p in probability.items():
        error = sqrt(p * (1 - p) / DRAWS)
        assert abs(counts[unit] / DRAWS - p) <= 4 * error + 1e-12
