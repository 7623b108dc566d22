"""What every operator and function of the rule language means, on plain values.

The reference all engines agree with. Numbers are exact fractions; a count over
unknowns is a `Bounds`; whatever nobody knows is UNKNOWN.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.periods import full_years
from xiuhua.core.truth import UNKNOWN, Truth, Unknown, Verdict


Number = Fraction | int


@dataclass(frozen=True)
class Bounds:
    """A number known to lie between `low` and `high`; None is open to that side."""

    low: Number | None
    high: Number | None


def bounds_of(value: Any) -> Bounds:
    """Return any number as bounds; an unknown number is open to both sides."""
    if isinstance(value, Bounds):
        return value
    if value is UNKNOWN:
        return Bounds(None, None)
    return Bounds(value, value)


def narrowed(low: Number | None, high: Number | None) -> Any:
    """Return a plain number when both bounds agree, UNKNOWN when there are none."""
    if low is None and high is None:
        return UNKNOWN
    return low if low == high else Bounds(low, high)


# comparisons ---------------------------------------------------------------------

_PLAIN: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_NEGATION: Final = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def compare(op: str, left: Any, right: Any) -> Truth:
    """Return a comparison; unknown when an operand is or the bounds overlap.

    >>> compare("<", Bounds(Fraction(1), Fraction(3)), 4)
    True
    >>> compare("<", Bounds(Fraction(1), Fraction(3)), 2)
    UNKNOWN
    """
    if isinstance(left, Bounds) or isinstance(right, Bounds):
        return _compare_bounds(op, bounds_of(left), bounds_of(right))
    if left is UNKNOWN or right is UNKNOWN:
        return Unknown.UNKNOWN
    return bool(_PLAIN[op](left, right))


def _compare_bounds(op: str, left: Bounds, right: Bounds) -> Truth:
    if _certain(op, left, right):
        return True
    return False if _certain(_NEGATION[op], left, right) else UNKNOWN


def _certain(op: str, left: Bounds, right: Bounds) -> bool:
    """Whether a comparison holds for every pair of numbers within the bounds."""
    if op in (">", ">="):
        return _certain({">": "<", ">=": "<="}[op], right, left)
    if op == "!=":
        return _certain("<", left, right) or _certain("<", right, left)
    if op == "=":
        return _certain("<=", left, right) and _certain("<=", right, left)
    if left.high is None or right.low is None:
        return False
    return _PLAIN[op](left.high, right.low)


def compare_verdict(op: str, given: Verdict, word: str) -> Truth:
    """Return a comparison of a verdict with a word.

    An unknown verdict might be any other, so only `= 'unknown'` is certain of it.
    """
    if word == Verdict.UNKNOWN.word:
        return (given is Verdict.UNKNOWN) == (op == "=")
    if given is Verdict.UNKNOWN:
        return UNKNOWN
    return (given.word == word) == (op == "=")


# arithmetic ------------------------------------------------------------------------


def arithmetic(op: str, left: Any, right: Any) -> Any:
    """Return a sum, difference, product, quotient or remainder.

    Division by zero is unknown. Bounds of products and quotients assume numbers that
    are not negative, which the type check has made sure of.
    """
    if isinstance(left, Bounds) or isinstance(right, Bounds):
        return _BOUNDED[op](bounds_of(left), bounds_of(right))
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    if op == "*":
        return left * right
    if right == 0:
        return UNKNOWN
    return left % right if op == "%" else Fraction(left) / right


def _each(
    function: Callable[[Number, Number], Number | None],
    a: Number | None,
    b: Number | None,
) -> Number | None:
    return None if a is None or b is None else function(a, b)


def _divide(a: Number, b: Number) -> Number | None:
    return None if b == 0 else Fraction(a) / b


def _quotient(left: Bounds, right: Bounds) -> Any:
    # A divisor that may be zero may leave nothing to compare: what is said now must
    # still hold when the gaps are filled.
    if not right.low:
        return UNKNOWN
    low = _each(_divide, left.low, right.high)
    return narrowed(low, _each(_divide, left.high, right.low))


_BOUNDED: Final[dict[str, Callable[[Bounds, Bounds], Any]]] = {
    "+": lambda a, b: narrowed(
        _each(lambda x, y: x + y, a.low, b.low),
        _each(lambda x, y: x + y, a.high, b.high),
    ),
    "-": lambda a, b: narrowed(
        _each(lambda x, y: x - y, a.low, b.high),
        _each(lambda x, y: x - y, a.high, b.low),
    ),
    "*": lambda a, b: narrowed(
        _each(lambda x, y: x * y, a.low, b.low),
        _each(lambda x, y: x * y, a.high, b.high),
    ),
    "/": _quotient,
}


# functions -------------------------------------------------------------------------


def rounded(value: Number, decimals: int) -> Fraction:
    """Return a number rounded half away from zero.

    >>> rounded(Fraction(-5, 2), 0)
    Fraction(-3, 1)
    """
    scaled = abs(Fraction(value)) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def _round(value: Any, decimals: Any) -> Any:
    places = int(decimals)
    if isinstance(value, Bounds):
        return narrowed(
            None if value.low is None else rounded(value.low, places),
            None if value.high is None else rounded(value.high, places),
        )
    return UNKNOWN if value is UNKNOWN else rounded(value, places)


def _date(year: int, month: int, day: int) -> Any:
    if not (1 <= year <= 9999 and 1 <= month <= 12 and day >= 1):
        return UNKNOWN
    if day > calendar.monthrange(int(year), int(month))[1]:
        return UNKNOWN
    return date(int(year), int(month), int(day))


def _number(text: str) -> Any:
    plain = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if plain else UNKNOWN


def _substring(text: str, start: int, length: int) -> Any:
    # A start before the text or an empty part is no part of it.
    if start < 1 or length < 1 or start > len(text):
        return UNKNOWN
    return text[int(start) - 1 : int(start) - 1 + int(length)]


_STRICT: Final[dict[str, Callable[..., Any]]] = {
    "full_years": full_years,
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "date": _date,
    "number": _number,
    "length": len,
    "substring": _substring,
    "has": lambda codes, code: code in codes.split(","),
}


def call(function: str, args: tuple[Any, ...]) -> Any:
    """Return the value of a function; unknown when an argument is unknown.

    `if` asks for its condition only, `round` also takes bounds.
    """
    if function == "if":
        if args[0] is UNKNOWN:
            return UNKNOWN
        return args[1] if args[0] else args[2]
    if function == "round":
        return _round(*args)
    if any(arg is UNKNOWN for arg in args):
        return UNKNOWN
    return _STRICT[function](*args)
