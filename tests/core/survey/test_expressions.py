"""Values, gradients and refusals of expressions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.core.survey.expressions import ExpressionInvalid, differentiate


POSITIVE = st.floats(0.5, 5.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("2 ** -1", 0.5),
        ("(1 + 2) * 3", 9.0),
        ("8 / 4 / 2", 1.0),
        ("1e-3 + .5", 0.501),
        ("exp(0) + log(1) + sqrt(9)", 4.0),
        ("- - 3", 3.0),
    ],
)
def test_values_follow_the_rules_of_r(text: str, value: float) -> None:
    assert differentiate(text, {}).value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "(310 + 10685*a/b + 88608*b/a)/99603",
        "a^b - sqrt(a) * log(b)",
        "(a - b)/b",
        "exp(-a / b) + a^2",
    ],
)
@given(a=POSITIVE, b=POSITIVE)
def test_gradient_equals_differences(text: str, a: float, b: float) -> None:
    step = 1e-6
    found = differentiate(text, {"a": a, "b": b})

    for name, up, down in (
        ("a", {"a": a + step, "b": b}, {"a": a - step, "b": b}),
        ("b", {"a": a, "b": b + step}, {"a": a, "b": b - step}),
    ):
        high, low = differentiate(text, up).value, differentiate(text, down).value
        slope = (high - low) / (2 * step)
        assert found.slopes[name] == pytest.approx(slope, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a + c", 5),
        ("a +", 4),
        ("(a", 3),
        ("a b", 3),
        ("log a", 5),
        ("__import__('os')", 1),
        ("(" * 60 + "a" + ")" * 60, 52),
    ],
)
def test_refusals_name_the_column(text: str, column: int) -> None:
    with pytest.raises(ExpressionInvalid) as caught:
        differentiate(text, {"a": 1.0, "b": 2.0})

    assert caught.value.where is not None
    assert caught.value.where.column == column


@pytest.mark.parametrize("text", ["1 / 0", "log(0 - 1)", "(0 - 8)^0.5", "sqrt(0)"])
def test_what_has_no_value_or_slope_is_not_a_number(text: str) -> None:
    found = differentiate(f"a * 0 + {text}", {"a": 1.0})

    assert math.isnan(found.value)
