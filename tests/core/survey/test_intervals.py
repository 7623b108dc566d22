"""Properties of the intervals."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from xiuhua.core.survey.binomial import (
    METHODS,
    CountsInvalid,
    binomial_limits,
    hypergeometric_limits,
)
from xiuhua.core.survey.decisions import Decision, Direction, Threshold, decide
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.intervals import (
    Interval,
    Method,
    Spread,
    korn_graubard,
    proportion_interval,
)


INSIDE = [m for m in Method if m in {"logit", "asin", "beta", "wilson", "likelihood"}]
SHARES = st.floats(0.001, 0.999)
DEFFS = st.floats(0.3, 10.0)
SIZES = st.integers(2, 5000)
DEGREES = st.integers(1, 200)


def spread(p: float, deff: float, n: int, df: int, level: float = 0.95) -> Spread:
    return Spread(p, deff * p * (1 - p) / n, n, df, level)


@pytest.mark.parametrize("method", INSIDE)
@given(p=SHARES, deff=DEFFS, n=SIZES, df=DEGREES)
def test_intervals_hold_the_estimate_and_stay_in_range(
    method: Method, p: float, deff: float, n: int, df: int
) -> None:
    found = proportion_interval(method, spread(p, deff, n, df))

    assert isinstance(found, Interval)
    assert -1e-12 <= found.lower <= p + 1e-9
    assert p - 1e-9 <= found.upper <= 1 + 1e-12


@given(p=SHARES, n=SIZES, df=DEGREES)
def test_intervals_of_events_and_of_non_events_mirror_each_other(
    p: float, n: int, df: int
) -> None:
    for method in INSIDE:
        one = proportion_interval(method, spread(p, 1.5, n, df))
        other = proportion_interval(method, spread(1 - p, 1.5, n, df))
        assert isinstance(one, Interval)
        assert isinstance(other, Interval)
        assert one.lower == pytest.approx(1 - other.upper, abs=1e-8)


@given(p=st.floats(0.002, 0.9), n=st.integers(30, 5000), df=DEGREES)
def test_likelihood_limits_are_roots(p: float, n: int, df: int) -> None:
    given_spread = spread(p, 1.3, n, df)
    found = proportion_interval(Method.LIKELIHOOD, given_spread)

    assert isinstance(found, Interval)
    ceiling = stats.f.ppf(0.95, 1, df)
    for x in (found.lower, found.upper):
        assume(1e-12 < x < 1 - 1e-9)
        distance = p * math.log(p / x) + (1 - p) * math.log((1 - p) / (1 - x))
        assert 2 * given_spread.effective_n * distance == pytest.approx(ceiling, 1e-5)


@given(events=st.integers(0, 40), n=SIZES, df=DEGREES, deff=DEFFS)
def test_korn_graubard_is_given_whenever_n_and_df_are_positive(
    events: int, n: int, df: int, deff: float
) -> None:
    p = min(events, n) / n
    found = korn_graubard(spread(p, deff, n, df), assumed_deff=1.5)

    assert isinstance(found, Interval)
    assert 0 <= found.lower <= p <= found.upper <= 1


@given(p=SHARES, n=SIZES, df=DEGREES, deff=st.floats(0.1, 1.0))
def test_assumed_design_effect_never_shortens_the_interval(
    p: float, n: int, df: int, deff: float
) -> None:
    plain = korn_graubard(spread(p, deff, n, df))
    floored = korn_graubard(spread(p, deff, n, df), assumed_deff=2.0)

    assert isinstance(plain, Interval)
    assert isinstance(floored, Interval)
    assert floored.lower <= plain.lower + 1e-12
    assert floored.upper >= plain.upper - 1e-12


@pytest.mark.parametrize(
    ("given_spread", "reason"),
    [
        (Spread(0.1, 0.01, 0, 5, 0.95), Reason.EMPTY_DOMAIN),
        (Spread(0.1, 0.01, 9, 0, 0.95), Reason.NO_DEGREES_OF_FREEDOM),
        (Spread(0.0, 0.0, 9, 5, 0.95), Reason.NO_VARIATION),
        (Spread(1.2, 0.01, 9, 5, 0.95), Reason.OUTSIDE_UNIT_INTERVAL),
        (Spread(math.nan, 0.01, 9, 5, 0.95), Reason.UNDEFINED),
    ],
)
def test_where_there_is_no_interval_there_is_a_reason(
    given_spread: Spread, reason: Reason
) -> None:
    assert proportion_interval(Method.WILSON, given_spread) == NoFigure(reason)


def test_arcsine_limit_below_zero_is_zero_not_folded_back() -> None:
    found = proportion_interval(Method.ASIN, spread(0.001, 3.0, 100, 5))

    assert isinstance(found, Interval)
    assert found.lower == 0.0


@given(
    population=st.integers(1, 60), data=st.data(), level=st.sampled_from([0.8, 0.95])
)
def test_hypergeometric_limits_equal_enumeration(
    population: int, data: st.DataObject, level: float
) -> None:
    n = data.draw(st.integers(1, population))
    events = data.draw(st.integers(0, n))
    tail = (1 - level) / 2

    possible = [
        cases
        for cases in range(events, population - n + events + 1)
        if stats.hypergeom.sf(events - 1, population, cases, n) > tail
        and stats.hypergeom.cdf(events, population, cases, n) > tail
    ]

    lower, upper = hypergeometric_limits(events, n, population, level)
    assert (lower, upper) == (possible[0] / population, possible[-1] / population)


@given(n=st.integers(1, 3000), data=st.data())
def test_clopper_pearson_is_within_its_tails(n: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, n))

    lower, upper = binomial_limits("clopper_pearson", events, n)

    if events > 0:
        assert stats.binom.sf(events - 1, n, lower) == pytest.approx(0.025, rel=1e-6)
    if events < n:
        assert stats.binom.cdf(events, n, upper) == pytest.approx(0.025, rel=1e-6)


def test_impossible_counts_and_unknown_methods_are_refused() -> None:
    with pytest.raises(CountsInvalid, match="5 events among 4"):
        binomial_limits("wilson", 5, 4)
    with pytest.raises(CountsInvalid, match="no interval"):
        binomial_limits("guess", 1, 4)
    with pytest.raises(CountsInvalid, match="larger"):
        hypergeometric_limits(1, 9, 8)
    assert set(METHODS) >= {"clopper_pearson", "wilson", "jeffreys"}


@pytest.mark.parametrize(
    ("lower", "upper", "strict", "decision"),
    [
        (0.0, 0.019, True, Decision.MET),
        (0.0, 0.02, True, Decision.UNDECIDED),
        (0.0, 0.02, False, Decision.MET),
        (0.02, 0.05, True, Decision.UNMET),
        (0.02, 0.05, False, Decision.UNDECIDED),
        (0.01, 0.05, True, Decision.UNDECIDED),
    ],
)
def test_decision_below_a_threshold(
    lower: float, upper: float, strict: bool, decision: Decision
) -> None:
    interval = Interval(lower, upper, 0.95, Method.WALD)

    assert decide(interval, Threshold(0.02, Direction.BELOW, strict)) is decision


@pytest.mark.parametrize(
    ("lower", "upper", "strict", "decision"),
    [
        (0.9, 0.95, False, Decision.MET),
        (0.9, 0.95, True, Decision.UNDECIDED),
        (0.8, 0.9, False, Decision.UNDECIDED),
        (0.8, 0.9, True, Decision.UNMET),
        (0.8, 0.89, False, Decision.UNMET),
    ],
)
def test_decision_above_a_threshold(
    lower: float, upper: float, strict: bool, decision: Decision
) -> None:
    interval = Interval(lower, upper, 0.95, Method.WALD)

    assert decide(interval, Threshold(0.9, Direction.ABOVE, strict)) is decision
