from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.core.survey.inclusion import (
    SizeUnusable,
    inclusion_probabilities,
    maximum_entropy_joint,
    sampford_joint,
)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40), st.data())
def test_probabilities_add_up_exactly(sizes: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, sum(size > 0 for size in sizes)))

    pik = inclusion_probabilities(sizes, n)

    assert sum(pik) == n
    assert all(0 <= p <= 1 for p in pik)
    assert all((p == 0) == (size == 0) for p, size in zip(pik, sizes, strict=True) if n)
    open_ = [(p, s) for p, s in zip(pik, sizes, strict=True) if 0 < p < 1]
    assert len({p / s for p, s in open_}) <= 1


def test_certainty_units_are_found_again_and_again() -> None:
    # 100 is certain at once; 30 only once 100 is out of the total.
    assert inclusion_probabilities([100, 30, 10, 10], 3) == [
        Fraction(1),
        Fraction(1),
        Fraction(1, 2),
        Fraction(1, 2),
    ]


def test_sizes_that_cannot_serve_are_refused() -> None:
    with pytest.raises(SizeUnusable, match="1 of 2"):
        inclusion_probabilities([0, 3], 2)
    with pytest.raises(SizeUnusable):
        inclusion_probabilities([-1, 3], 1)
    with pytest.raises(SizeUnusable):
        sampford_joint([0.5, 0.5])
    with pytest.raises(SizeUnusable):
        maximum_entropy_joint([1.0, 0.5, 0.5])


PIK = [0.2, 0.35, 0.5, 0.65, 0.8, 0.5]


def _by_enumeration(weight_of: object) -> np.ndarray:
    weights = {s: weight_of(s) for s in combinations(range(6), 3)}  # type: ignore[operator]
    joint = np.zeros((6, 6))
    for sample, weight in weights.items():
        for i in sample:
            for j in sample:
                joint[i, j] += weight
    return joint / sum(weights.values())


def test_sampford_joint_equals_enumeration() -> None:
    # Sampford (1967), equation 2: p(S) is proportional to the product of the odds
    # times the sum of the complements.
    def weight(sample: tuple[int, ...]) -> float:
        odds = prod(PIK[i] / (1 - PIK[i]) for i in sample)
        return odds * sum(1 - PIK[i] for i in sample)

    expected = _by_enumeration(weight)

    assert np.allclose(np.diag(expected), PIK)
    assert np.allclose(sampford_joint(PIK), expected, rtol=1e-12)


def test_maximum_entropy_joint_has_the_right_margins_and_form() -> None:
    joint = maximum_entropy_joint(PIK)

    assert np.allclose(joint, joint.T)
    assert np.allclose(joint.sum(axis=1), 3 * np.array(PIK))
    # Conditional Poisson: odds ratios of pairs determine a weight per unit.
    assert joint[0, 1] < PIK[0] * PIK[1]
