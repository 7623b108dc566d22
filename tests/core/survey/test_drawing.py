from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import sqrt

import pytest
from tests.core.survey.frame_examples import (
    VILLAGES,
    ordinary,
    registered,
    small_frame,
    unknown_village,
    villages,
)

from xiuhua.core.survey.drawing import Sample, draw, expected_sizes
from xiuhua.core.survey.frames import FrameVillage, Group, build_frame
from xiuhua.core.survey.plans import Plan, Take, VillageStage, preset
from xiuhua.core.truth import UNKNOWN


RISK = (Group.ILLNESS, Group.DISABILITY)
TAKES = (
    Take("exited", (Group.EXITED,), "total", number=40, replacements=2),
    Take("remaining", (Group.REMAINING,), "per_village", number=1),
    Take("risk", RISK, "total", number=12, separate=True, minimum=2),
    Take("ordinary", (Group.ORDINARY,), "share", share=0.5, cap=3),
)
TWO_STAGES = Plan(
    "two stages", VillageStage("pps_systematic", {"poor": 3, "other": 2}), TAKES
)
EVERYWHERE = Plan("everywhere", VillageStage("all"), TAKES)
PLANS = [
    TWO_STAGES,
    replace(TWO_STAGES, villages=VillageStage("pps_pivotal", {"all": 5})),
    replace(TWO_STAGES, villages=VillageStage("simple", {"poor": 2, "other": 4})),
    EVERYWHERE,
]


def _sampled(sample: Sample) -> list[str]:
    return [h.id for h in sample.households if h.role == "sample"]


@pytest.mark.parametrize("plan", PLANS, ids=["pps", "pivotal", "simple", "all"])
def test_households_come_as_often_as_their_probability_says(plan: Plan) -> None:
    draws = 400
    frame = small_frame()
    counts: Counter[str] = Counter()
    probability = {}
    for turn in range(draws):
        sample = draw(frame, plan, seed=str(turn))
        counts.update(_sampled(sample))
        for h in sample.households:
            probability[h.id] = float(h.probability)

    # Every household of the frame has been seen, so every one has a chance.
    assert set(probability) == {h.id for h in frame.households}
    chi = [
        (counts[unit] - draws * p) / sqrt(draws * p * (1 - p))
        for unit, p in probability.items()
        if p < 1
    ]
    assert max(map(abs, chi)) < 4
    assert all(counts[unit] == draws for unit, p in probability.items() if p == 1)


@pytest.mark.parametrize("plan", PLANS, ids=["pps", "pivotal", "simple", "all"])
def test_sample_keeps_what_an_estimator_needs(plan: Plan) -> None:
    sample = draw(small_frame(), plan, seed="s")
    drawn = {v.code: v for v in sample.villages}

    assert len({h.id for h in sample.households}) == len(sample.households)
    for household in sample.households:
        village = drawn[household.village]
        assert household.village_probability == village.probability
        assert household.weight * household.probability == 1
        assert 0 < household.cell_drawn <= household.cell_households
    cells = Counter(
        (h.take, h.village) for h in sample.households if h.role == "sample"
    )
    spare = [h for h in sample.households if h.role == "replacement"]
    assert spare
    assert all(h.order > cells[h.take, h.village] for h in spare)


def test_weights_of_a_census_of_villages_add_up_to_the_frame() -> None:
    sample = draw(small_frame(), EVERYWHERE, seed="s")
    counts = small_frame().counts()

    for group in ("exited", "illness", "disability"):
        weights = [
            h.weight
            for h in sample.households
            if h.role == "sample" and h.group == group
        ]
        assert sum(weights) == counts[group]
    assert len([h for h in sample.households if h.take == "exited"]) >= 40


def test_expected_sizes_are_the_mean_over_seeds() -> None:
    frame = small_frame()
    draws = [draw(frame, TWO_STAGES, seed=str(turn)) for turn in range(300)]

    for name, expected in expected_sizes(frame, TWO_STAGES).items():
        sizes = [
            sum(h.take == name and h.role == "sample" for h in s.households)
            for s in draws
        ]
        mean = sum(sizes) / len(sizes)
        spread = sqrt(sum((n - mean) ** 2 for n in sizes) / len(sizes))
        assert abs(mean - expected) <= 4 * spread / sqrt(len(sizes)) + 1e-9


def test_shortfalls_and_certain_villages_are_recorded() -> None:
    takes = (Take("remaining", (Group.REMAINING,), "total", number=10_000),)
    plan = Plan("x", VillageStage("pps_systematic", {"poor": 99, "other": 1}), takes)

    sample = draw(small_frame(), plan, seed="s")

    held = small_frame().counts()["remaining"]
    assert sample.shortfalls == {
        "remaining": (10_000, held),
        "villages.poor": (99, 6),
    }
    assert {v.probability for v in sample.villages if v.stratum == "poor"} == {1}


def test_gaps_name_groups_and_villages_without_a_chance() -> None:
    frame = build_frame(
        registered(), ordinary(), [*villages()[1:], unknown_village(VILLAGES[0])]
    )
    takes = (
        Take("exited", (Group.EXITED,), "all"),
        Take("ordinary", (Group.ORDINARY,), "all", strata=("poor",)),
        Take("destitute", (Group.DESTITUTE,), "all"),
    )
    plan = Plan("x", VillageStage("simple", {"poor": 2, "other": 2}), takes)

    named = {(g.group, g.reason) for g in draw(frame, plan, seed="s").gaps}

    assert named == {
        ("ordinary", "on_no_list"),
        ("remaining", "not_in_design"),
        ("illness", "not_in_design"),
        ("disability", "not_in_design"),
        ("destitute", "none_in_frame"),
        ("exited", "village_stratum_unknown"),
        ("ordinary", "village_stratum_unknown"),
        ("ordinary", "village_stratum_not_taken"),
    }


def test_census_of_villages_needs_no_poor_village_mark() -> None:
    unmarked = [FrameVillage(v.code, v.name, UNKNOWN, 60) for v in villages()]
    frame = build_frame(registered(), ordinary(), unmarked)

    sample = draw(frame, EVERYWHERE, seed="s")

    assert len(sample.villages) == 12
    assert {g.reason for g in sample.gaps} == {"on_no_list"}


def test_published_self_check_comes_out_with_its_own_numbers() -> None:
    # 1509 of 3566 exited households in 83 villages, as published in December 2019.
    codes = [f"990101{100 + v // 9}{200 + v % 9}" for v in range(83)]
    rows = [(f"{i:05}", codes[i % 83], "exited", 2) for i in range(3566)]
    frame = build_frame(rows, [], [FrameVillage(c, "", True) for c in codes])

    sample = draw(frame, preset("county_self_check"), seed="s")

    assert len(_sampled(sample)) == 1509
    assert len(sample.villages) == 83
    assert sample.shortfalls == {"risk_groups": (1004, 0)}
    per_village = Counter(h.village for h in sample.households if h.role == "sample")
    assert max(per_village.values()) - min(per_village.values()) <= 2
