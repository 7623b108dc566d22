"""Numbers in SQL: whole numerators over whole divisors, with bounds where needed.

No engine ever divides: comparisons multiply crosswise, so that every figure is exact
and equal everywhere. A missing part is NULL and makes the comparison unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlglot import expressions as exp

from xiuhua.core.compiler.sql import (
    Sql,
    binary,
    minus,
    null,
    plus,
    times,
    when,
    whole,
)


@dataclass(frozen=True)
class Ratio:
    """numerator / divisor / 10**scale; no divisor means one. Divisors are positive."""

    numerator: Sql
    scale: int = 0
    divisor: Sql | None = None


@dataclass(frozen=True)
class Number:
    """A number between two ratios; exact when both are the same object."""

    low: Ratio
    high: Ratio

    @property
    def exact(self) -> bool:
        """Whether the number has no bounds."""
        return self.low is self.high


def exactly(numerator: Sql, scale: int = 0) -> Number:
    """Return a number without bounds or divisor."""
    ratio = Ratio(numerator, scale)
    return Number(ratio, ratio)


def scaled(item: Sql, power: int) -> Sql:
    """Return a numerator multiplied by a power of ten."""
    return item if power == 0 else binary(exp.Mul, item, whole(10**power))


def aligned(left: Ratio, right: Ratio) -> tuple[Sql, Sql, int]:
    """Return both numerators over the same divisor and scale, and that scale."""
    scale = max(left.scale, right.scale)
    a = times(scaled(left.numerator, scale - left.scale), right.divisor)
    b = times(scaled(right.numerator, scale - right.scale), left.divisor)
    assert a is not None and b is not None  # noqa: S101  numerators are never None
    return a, b, scale


_OPERATORS: Final[dict[str, type[exp.Binary]]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_NEGATION: Final = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def plain_compare(op: str, left: Sql, right: Sql) -> Sql:
    """Return a comparison of two SQL values of one type."""
    return binary(_OPERATORS[op], left, right)


def compare(op: str, left: Number, right: Number) -> Sql:
    """Return the comparison of two numbers, unknown when their bounds overlap."""
    if left.exact and right.exact:
        return _compare_ratios(op, left.low, right.low)
    return when(
        (_certain(op, left, right), exp.true()),
        (_certain(_NEGATION[op], left, right), exp.false()),
    )


def _compare_ratios(op: str, left: Ratio, right: Ratio) -> Sql:
    a, b, _ = aligned(left, right)
    return plain_compare(op, a, b)


def _certain(op: str, left: Number, right: Number) -> Sql:
    if op in (">", ">="):
        return _certain({">": "<", ">=": "<="}[op], right, left)
    if op == "!=":
        return exp.or_(
            _compare_ratios("<", left.high, right.low),
            _compare_ratios("<", right.high, left.low),
        )
    if op == "=":
        return exp.and_(
            _compare_ratios("<=", left.high, right.low),
            _compare_ratios("<=", right.high, left.low),
        )
    return _compare_ratios(op, left.high, right.low)


def arithmetic(op: str, left: Number, right: Number) -> Number:
    """Return a sum, difference, product, quotient or remainder."""
    if op == "%":
        divisor = exp.Nullif(this=right.low.numerator, expression=whole(0))
        return exactly(binary(exp.Mod, left.low.numerator, divisor))
    if op == "+":
        ends = (_add(left.low, right.low), _add(left.high, right.high))
    elif op == "-":
        ends = (_subtract(left.low, right.high), _subtract(left.high, right.low))
    elif op == "*":
        ends = (_multiply(left.low, right.low), _multiply(left.high, right.high))
    else:
        ends = _quotient(left, right)
    if left.exact and right.exact:
        return Number(ends[0], ends[0])
    return Number(*ends)


def _quotient(left: Number, right: Number) -> tuple[Ratio, Ratio]:
    low, high = _divide(left.low, right.high), _divide(left.high, right.low)
    if right.exact:
        return low, high
    # A divisor that may be zero leaves both ends unknown.
    safe = plain_compare("!=", right.low.numerator, whole(0))
    return Ratio(when((safe, low.numerator)), low.scale, low.divisor), high


def _add(left: Ratio, right: Ratio) -> Ratio:
    a, b, scale = aligned(left, right)
    return Ratio(plus(a, b), scale, times(left.divisor, right.divisor))


def _subtract(left: Ratio, right: Ratio) -> Ratio:
    a, b, scale = aligned(left, right)
    return Ratio(minus(a, b), scale, times(left.divisor, right.divisor))


def _multiply(left: Ratio, right: Ratio) -> Ratio:
    numerator = binary(exp.Mul, left.numerator, right.numerator)
    scale = left.scale + right.scale
    return Ratio(numerator, scale, times(left.divisor, right.divisor))


def _divide(left: Ratio, right: Ratio) -> Ratio:
    numerator = times(scaled(left.numerator, right.scale), right.divisor)
    assert numerator is not None  # noqa: S101  numerators are never None
    # Division by zero differs on every engine: here it is unknown.
    nonzero = exp.Nullif(this=right.numerator, expression=whole(0))
    return Ratio(numerator, left.scale, times(left.divisor, nonzero))


def rounded(number: Number, decimals: int) -> Number:
    """Return a number rounded half away from zero, in units of 10**-decimals."""
    low = Ratio(round_ratio(number.low, decimals), decimals)
    if number.exact:
        return Number(low, low)
    return Number(low, Ratio(round_ratio(number.high, decimals), decimals))


def round_ratio(ratio: Ratio, decimals: int) -> Sql:
    """Return the whole number of 10**-decimals nearest to a ratio."""
    numerator = scaled(ratio.numerator, max(decimals - ratio.scale, 0))
    power = max(ratio.scale - decimals, 0)
    divisor = ratio.divisor
    if power:
        divisor = whole(10**power) if divisor is None else scaled(divisor, power)
    if divisor is None:
        return numerator
    double = binary(exp.Mul, exp.Abs(this=numerator), whole(2))
    # IntDiv of positive whole numbers: `//` in DuckDB, `DIV` in Spark.
    nearest = binary(
        exp.IntDiv,
        plus(double, divisor),
        binary(exp.Mul, divisor, whole(2)),
    )
    negative = plain_compare("<", numerator, whole(0))
    sign = when((negative, whole(-1)), otherwise=whole(1))
    return binary(exp.Mul, nearest, sign)


def value_when_exact(number: Number, decimals: int) -> Sql:
    """Return the rounded value for results, unknown when the bounds differ."""
    low = round_ratio(number.low, decimals)
    if number.exact:
        return low
    high = round_ratio(number.high, decimals)
    return when((plain_compare("=", low, high), low), otherwise=null())
