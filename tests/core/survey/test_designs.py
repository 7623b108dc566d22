from __future__ import annotations

from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from xiuhua.core.survey.designs import (
    AllocationImpossible,
    SizeUnreachable,
    Stratum,
    allocate,
    cluster_design_effect,
    cost_optimal,
    neyman,
    plan_decision,
    size_for_margin,
    size_for_zero_events,
    variance_of_mean,
)


sizes = st.lists(st.integers(0, 500), min_size=1, max_size=12)


@given(sizes, st.floats(0, 1), st.integers(0, 5))
def test_allocate_adds_up_within_bounds(
    counts: list[int], share: float, minimum: int
) -> None:
    strata = [Stratum(f"s{i:02}", size) for i, size in enumerate(counts)]
    least = sum(min(minimum, size) for size in counts)
    n = least + floor(share * (sum(counts) - least))

    result = allocate(strata, n, minimum=minimum)

    assert sum(result.values()) == n
    assert all(min(minimum, s.size) <= result[s.name] <= s.size for s in strata)


@given(sizes, st.floats(0, 1))
def test_allocate_without_minimum_stays_within_one_of_the_share(
    counts: list[int], share: float
) -> None:
    strata = [Stratum(f"s{i:02}", size) for i, size in enumerate(counts)]
    n = floor(share * sum(counts))

    result = allocate(strata, n)

    for stratum in strata:
        exact = n * stratum.size / max(sum(counts), 1)
        assert abs(result[stratum.name] - exact) < 1 + 1e-6


def test_allocate_does_not_depend_on_the_order_of_strata() -> None:
    strata = [Stratum(name, 10) for name in "abc"]

    assert (
        allocate(strata, 10)
        == allocate(strata[::-1], 10)
        == {
            "a": 4,
            "b": 3,
            "c": 3,
        }
    )


def test_allocate_names_what_contradicts() -> None:
    with pytest.raises(AllocationImpossible, match="minimums need 6"):
        allocate([Stratum("a", 3), Stratum("b", 9)], 5, minimum=3)
    with pytest.raises(AllocationImpossible, match="hold 12"):
        allocate([Stratum("a", 3), Stratum("b", 9)], 13)
    with pytest.raises(AllocationImpossible, match="same name"):
        allocate([Stratum("a", 3), Stratum("a", 9)], 2)


def test_neyman_is_no_worse_than_any_other_split() -> None:
    strata = [Stratum("a", 100, 0.5), Stratum("b", 300, 0.1)]
    best = variance_of_mean(strata, neyman(strata, 40))

    assert all(
        best <= variance_of_mean(strata, [k, 40 - k]) + 1e-15 for k in range(1, 40)
    )


def test_cost_draws_less_where_a_visit_costs_more() -> None:
    cheap, dear = cost_optimal([Stratum("a", 100), Stratum("b", 100, cost=4.0)], 30)

    assert cheap == pytest.approx(2 * dear)


def test_margin_shrinks_with_a_finite_population_and_grows_with_the_effect() -> None:
    size = size_for_margin(0.5, 0.05)
    assert size.infinite == size.finite == pytest.approx(384.145882)
    assert size_for_margin(0.5, 0.05, population=384).finite < 193
    doubled = size_for_margin(0.5, 0.05, design_effect=2.0)
    assert doubled.infinite == pytest.approx(2 * size.infinite)
    with pytest.raises(SizeUnreachable):
        size_for_margin(0.0, 0.05)


def test_zero_events_size_is_the_rule_of_three() -> None:
    n = size_for_zero_events(0.02)

    assert (1 - 0.02) ** n == pytest.approx(0.05)
    assert cluster_design_effect(30, 0.03) == pytest.approx(1.87)


@pytest.mark.parametrize(("threshold", "believed"), [(0.02, 0.002), (0.10, 0.03)])
def test_decision_plan_keeps_both_risks_and_is_smallest(
    threshold: float, believed: float
) -> None:
    plan = plan_decision(threshold, believed)

    assert binom.cdf(plan.most_events, plan.n, threshold) <= 0.05
    assert 1 - binom.cdf(plan.most_events, plan.n, believed) <= 0.20
    # One household fewer breaks a risk, whatever number of events is allowed.
    assert not any(
        binom.cdf(c, plan.n - 1, threshold) <= 0.05
        and 1 - binom.cdf(c, plan.n - 1, believed) <= 0.20
        for c in range(plan.n)
    )


def test_decision_plan_uses_population_and_design_effect() -> None:
    plain = plan_decision(0.02, 0.002)
    small = plan_decision(0.02, 0.002, population=600)
    clustered = plan_decision(0.02, 0.002, design_effect=1.5)

    assert small.n < plain.n < clustered.n
    assert plan_decision(0.02, 0.0).most_events == 0


def test_decision_plan_refuses_what_cannot_be_decided() -> None:
    with pytest.raises(SizeUnreachable, match="below the threshold"):
        plan_decision(0.02, 0.02)
    with pytest.raises(SizeUnreachable, match="no sample of up to 100"):
        plan_decision(0.02, 0.019, population=100, design_effect=2.0)
    # Without clusters a census of the 100 does decide.
    assert plan_decision(0.02, 0.019, population=100).n == 98
    with pytest.raises(SizeUnreachable, match="at least 1"):
        plan_decision(0.02, 0.001, design_effect=0.5)
