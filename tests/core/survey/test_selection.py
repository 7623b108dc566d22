from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.core.survey.inclusion import inclusion_probabilities
from xiuhua.core.survey.random_numbers import digest, in_random_order, number_in
from xiuhua.core.survey.selection import (
    pps_pivotal,
    pps_systematic,
    simple_random,
    systematic,
    systematic_positions,
)


IDS = [f"99010000{i:04}" for i in range(12)]
SIZES = [40, 3, 5, 8, 13, 21, 1, 2, 6, 9, 7, 10]
PIK = dict(zip(IDS, inclusion_probabilities(SIZES, 5), strict=True))
DRAWS = 10_000
Draw = Callable[[str], list[str]]


def _simple(seed: str) -> list[str]:
    return simple_random(IDS, 5, seed=seed, label="x")


def _equal_steps(seed: str) -> list[str]:
    return systematic(IDS, 5, seed=seed, label="x")


def _pps_steps(seed: str) -> list[str]:
    return pps_systematic(PIK, seed=seed, label="x")


def _pps_duels(seed: str) -> list[str]:
    return pps_pivotal(PIK, seed=seed, label="x")


EQUAL = dict.fromkeys(IDS, Fraction(5, 12))


@pytest.mark.parametrize(
    ("draw", "probabilities"),
    [(_simple, EQUAL), (_equal_steps, EQUAL), (_pps_steps, PIK), (_pps_duels, PIK)],
)
def test_every_unit_is_drawn_as_often_as_it_should(
    draw: Draw, probabilities: dict[str, Fraction]
) -> None:
    drawn = Counter(unit for turn in range(DRAWS) for unit in draw(str(turn)))

    for unit, probability in probabilities.items():
        p = float(probability)
        error = sqrt(p * (1 - p) / DRAWS)
        assert abs(drawn[unit] / DRAWS - p) <= 4 * error


def test_duels_let_every_pair_come_together() -> None:
    pairs = Counter(
        (a, b)
        for turn in range(3000)
        for drawn in [_pps_duels(str(turn))]
        for a in drawn
        for b in drawn
        if a < b
    )

    assert len(pairs) == 12 * 11 // 2


@pytest.mark.parametrize("draw", [_simple, _equal_steps, _pps_steps, _pps_duels])
def test_size_is_fixed_and_seed_decides(draw: Draw) -> None:
    assert {len(draw(str(turn))) for turn in range(200)} == {5}
    assert draw("same") == draw("same")
    assert len({tuple(draw(str(turn))) for turn in range(50)}) > 5


@given(st.permutations(IDS))
def test_order_of_rows_has_no_influence(order: list[str]) -> None:
    shuffled = {unit: PIK[unit] for unit in order}

    assert simple_random(order, 5, seed="s", label="x") == _simple("s")
    assert systematic(order, 5, seed="s", label="x") == _equal_steps("s")
    assert pps_systematic(shuffled, seed="s", label="x") == _pps_steps("s")
    assert pps_pivotal(shuffled, seed="s", label="x") == _pps_duels("s")


def test_drawing_more_only_adds_at_the_end() -> None:
    assert simple_random(IDS, 8, seed="s", label="x")[:5] == _simple("s")
    assert simple_random(IDS, 99, seed="s", label="x")[:5] == _simple("s")
    assert sorted(systematic(IDS, 99, seed="s", label="x")) == IDS
    assert systematic([], 0, seed="s", label="x") == []


def test_numbers_can_be_recomputed_by_hand() -> None:
    # The documented way: sha256 of the parts joined by a bar.
    expected = hashlib.sha256(b"seed|stratum|id-1").hexdigest()

    assert digest("seed", "stratum", "id-1") == expected
    assert number_in(1 << 256, "a") == int(hashlib.sha256(b"a|0").hexdigest(), 16)


def test_ambiguous_input_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        in_random_order(["a", "a"], "s")
    with pytest.raises(ValueError, match="may not contain"):
        digest("a|b")
    with pytest.raises(ValueError, match="bound"):
        number_in(0, "a")


@given(st.integers(1, 2**70), st.integers(0, 50))
def test_numbers_stay_below_their_bound(bound: int, turn: int) -> None:
    assert 0 <= number_in(bound, str(turn)) < bound


def test_systematic_positions_follow_the_cumulated_stretches() -> None:
    half = [Fraction(1, 2)] * 4

    assert systematic_positions(half, Fraction(1, 2)) == [0, 2]
    assert systematic_positions(half, Fraction(51, 100)) == [1, 3]
    assert systematic_positions(half, Fraction(1)) == [1, 3]


def test_pivotal_keeps_probabilities_that_add_up_to_no_whole() -> None:
    pik = {"a": Fraction(1, 3), "b": Fraction(1, 4)}
    sizes = Counter(
        len(pps_pivotal(pik, seed=str(Random(turn).random()), label="x"))  # noqa: S311
        for turn in range(4000)
    )

    assert abs(sizes[1] / 4000 - 7 / 12) < 4 * sqrt(7 / 12 * 5 / 12 / 4000)
