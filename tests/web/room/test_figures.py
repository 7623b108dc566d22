"""How figures are written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.web.pages.room.figures import (
    Share,
    bounds_text,
    change_text,
    count_text,
    percent_text,
    points_text,
)


SHARES = st.fractions(min_value=0, max_value=1, max_denominator=10**8)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction(28, 100_000), "0.028%"),
        (Fraction(1320, 178378), "0.74%"),
        (Fraction(741800, 1551900), "47.8%"),
        (Fraction(96, 1000), "9.60%"),
        (Fraction(99999, 100_000), "99.999%"),
        (Fraction(1, 10**7), "0.000010%"),
        (Fraction(125, 10_000), "1.25%"),
    ],
)
def test_a_rate_has_the_decimals_it_needs(value, shown):
    assert percent_text(value) == shown


def test_a_rate_below_a_limit_is_not_written_as_the_limit():
    limit = Fraction(2, 100)

    assert percent_text(Fraction(19999, 10**6), apart_from=[limit]) == "1.9999%"
    assert percent_text(limit, apart_from=[limit]) == "2.00%"


@given(SHARES)
def test_something_is_never_written_as_nothing_or_all(value):
    shown = percent_text(value)

    number = Fraction(shown.rstrip("%").replace("\u202f", ""))
    assert (number == 0) == (value == 0)
    assert (number == 100) == (value == 1)
    assert abs(number - value * 100) <= Fraction(1, 20)


def test_unknown_is_a_dash_and_not_zero():
    assert percent_text(None) == count_text(None) == change_text(None) == "—"
    assert points_text(None) == "—"
    assert Share(3, None).value is None
    assert Share(0, 0).value is None
    assert not Share(3, 0).known


def test_counts_keep_all_digits_of_the_huge():
    assert count_text(1_000_000_000_000) == "1\u202f000\u202f000\u202f000\u202f000"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Fraction(-19, 1000), "−1.9"),
        (Fraction(19, 1000), "+1.9"),
        (Fraction(-1, 100_000), "−0.0010"),
        (Fraction(0), "0"),
        (Fraction(-1, 3), "−33.3"),
    ],
)
def test_a_change_is_in_points_with_its_sign(change, shown):
    assert points_text(change) == shown


def test_a_change_of_a_count_has_its_sign():
    assert change_text(-1_080_000) == "−1\u202f080\u202f000"
    assert change_text(7) == "+7"


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_bounds_show_both_ends_when_they_differ(least, more):
    shown = bounds_text(least, least + more)

    assert ("–" in shown) == bool(more)
