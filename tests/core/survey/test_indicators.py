"""Poverty, inequality, counting: identities and known traps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.survey.samples import households

from xiuhua.core.survey.alkire_foster import (
    Counting,
    Cutoff,
    Weighting,
    WeightingInvalid,
)
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.grouped_lorenz import fit_beta, fit_quadratic, measures
from xiuhua.core.survey.indicators import Incomes, Indicator
from xiuhua.core.survey.inequality import (
    GiniForm,
    atkinson,
    generalized_entropy,
    gini,
    quintile_ratio,
)
from xiuhua.core.survey.poverty import fgt, quantile, threshold, watts
from xiuhua.core.survey.sampling_design import declare


MEASURES = {
    "gini": gini,
    "rank": lambda i: gini(i, GiniForm.RANK),
    "fgt2": lambda i: fgt(i, 4000.0, 2),
    "watts": lambda i: watts(i, 4000.0),
    "atkinson1": lambda i: atkinson(i, 1.0),
    "atkinson05": lambda i: atkinson(i, 0.5),
    "theil": lambda i: generalized_entropy(i, 1.0),
    "mld": lambda i: generalized_entropy(i, 0.0),
    "ge2": lambda i: generalized_entropy(i, 2.0),
}


def incomes(weights: np.ndarray, seed: int = 2) -> Incomes:
    values = np.random.default_rng(seed).lognormal(8.6, 0.6, weights.size)
    return Incomes(values, weights, np.ones(weights.size, dtype=bool))


def value(found: Indicator | NoFigure) -> float:
    assert isinstance(found, Indicator)
    return found.value


@pytest.mark.parametrize("name", MEASURES)
def test_linearized_variable_is_the_derivative_by_the_weight(name: str) -> None:
    weights = np.random.default_rng(1).uniform(1, 4, 40)
    found = MEASURES[name](incomes(weights))
    assert isinstance(found, Indicator)

    for k in (0, 7, 39):
        step = 1e-5
        more, less = weights.copy(), weights.copy()
        more[k] += step
        less[k] -= step
        high, low = MEASURES[name](incomes(more)), MEASURES[name](incomes(less))
        slope = (value(high) - value(low)) / (2 * step)
        assert found.linearized[k] == pytest.approx(slope, rel=1e-4, abs=1e-9)


@given(factor=st.floats(0.001, 1000.0))
def test_lorenz_area_gini_does_not_change_with_the_scale_of_weights(
    factor: float,
) -> None:
    weights = np.random.default_rng(1).uniform(1, 4, 30)

    area = [value(gini(incomes(weights * f))) for f in (1.0, factor)]

    assert area[0] == pytest.approx(area[1], rel=1e-10)


def test_rank_gini_changes_with_the_scale_of_weights() -> None:
    weights = np.full(30, 2.0)

    rank = [value(gini(incomes(weights * f), GiniForm.RANK)) for f in (1.0, 0.01)]

    assert abs(rank[0] - rank[1]) > 0.1


def test_gini_of_equal_incomes_is_zero_and_of_two_known() -> None:
    equal = Incomes(np.full(4, 7.0), np.arange(1.0, 5), np.ones(4, dtype=bool))
    two = Incomes(np.array([0.0, 1.0]), np.ones(2), np.ones(2, dtype=bool))

    assert value(gini(equal)) == pytest.approx(0.0, abs=1e-15)
    assert value(gini(two)) == pytest.approx(0.5)


def test_quantile_is_the_first_value_reaching_the_share() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])

    assert [quantile(values, weights, q) for q in (0.25, 0.26, 0.75, 0.76)] == [
        1.0,
        2.0,
        2.0,
        3.0,
    ]


def test_equal_incomes_have_no_density_and_so_no_threshold_error() -> None:
    equal = Incomes(np.full(4, 7.0), np.ones(4), np.ones(4, dtype=bool))

    assert threshold(equal) == NoFigure(Reason.NO_VARIATION)
    assert quintile_ratio(equal) == NoFigure(Reason.NO_VARIATION)


def counting(numerator: int, denominator: int) -> Counting:
    seen = households()
    deprived = np.random.default_rng(4).integers(0, 2, (seen.village.size, 10))
    weighting = Weighting((3, 3, 3, 3, 1, 1, 1, 1, 1, 1), 18)
    cutoff = Cutoff(numerator, denominator)
    return Counting(seen.design, deprived.astype(np.int64), weighting, cutoff)


def test_cutoffs_are_compared_in_integers() -> None:
    deprived = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], dtype=np.int64)
    weighting = Weighting((1, 1, 1, 7), 10)
    # Three tenths summed in floating point are more than 0.3.
    assert 0.1 + 0.1 + 0.1 > 0.3

    third = Counting(declare(2), deprived, weighting, Cutoff(3, 10))
    above = Counting(declare(2), deprived, weighting, Cutoff(1, 3))

    assert third.poor.tolist() == [True, False]
    assert above.poor.tolist() == [False, False]


def test_contributions_and_subgroups_add_up_to_the_whole() -> None:
    found = counting(1, 3)
    levels = found.levels()
    seen = households()

    shares = [i.contribution_share for i in levels.indicators]
    groups = [found.subgroup(seen.stratum == h).contribution for h in range(3)]

    assert sum(float(str(s)) for s in shares) == pytest.approx(1.0)
    assert sum(float(str(g)) for g in groups) == pytest.approx(1.0)
    product = float(str(levels.incidence.estimate))
    product *= float(str(levels.intensity.estimate))
    assert levels.adjusted.estimate == pytest.approx(product)


def test_weights_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(WeightingInvalid):
        Weighting((1, 1, 1), 4)
    with pytest.raises(WeightingInvalid):
        Weighting((4, 0), 4)


def test_grouped_curves_recover_a_lognormal_population() -> None:
    grid = np.linspace(0.05, 1.0, 20)
    people = np.sort(np.random.default_rng(8).lognormal(8.6, 0.5, 200_000))
    cumulated = np.cumsum(people) / people.sum()
    shares = np.array([cumulated[round(p * people.size) - 1] for p in grid])
    line = 4000.0

    for curve in (fit_quadratic(grid, shares), fit_beta(grid, shares)):
        found = measures(curve, people.mean(), line)
        gaps = np.where(people <= line, 1 - people / line, 0.0)
        assert found.headcount == pytest.approx((people <= line).mean(), abs=0.01)
        assert found.poverty_gap == pytest.approx(gaps.mean(), abs=0.01)
        assert found.severity == pytest.approx((gaps**2).mean(), abs=0.01)
