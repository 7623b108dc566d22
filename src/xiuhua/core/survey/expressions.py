"""Arithmetic expressions over named totals, with their gradient.

A small language (numbers, names, + - * / ^, parentheses, exp, log, sqrt) read by a
parser of its own: nothing is evaluated as code. The gradient comes by forward
differentiation, for the delta method.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xiuhua.core.errors import Place, XiuhuaError


TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_.]*)|(?P<op>\*\*|[-+*/^()]))"
)
MAX_DEPTH = 50


class ExpressionInvalid(XiuhuaError):
    """An expression cannot be read or names an unknown total."""

    code = "survey.expression_invalid"


@dataclass(frozen=True)
class Dual:
    """A value with its partial derivatives by name."""

    value: float
    slopes: Mapping[str, float]

    def chain(self, value: float, factor: float) -> Dual:
        """Return a function of this value with the derivative `factor`."""
        return Dual(value, {k: factor * s for k, s in self.slopes.items()})

    def combine(self, other: Dual, value: float, left: float, right: float) -> Dual:
        """Return a function of two values with the derivatives given."""
        names = {**self.slopes, **other.slopes}
        slopes = {
            k: left * self.slopes.get(k, 0.0) + right * other.slopes.get(k, 0.0)
            for k in names
        }
        return Dual(value, slopes)


def differentiate(text: str, values: Mapping[str, float]) -> Dual:
    """Return the value of an expression and its derivative by every name.

    A division by zero gives NaN, for the caller to report as absent.

    Raises:
        ExpressionInvalid: with the column of the fault.

    >>> d = differentiate("2 * a / b", {"a": 3.0, "b": 4.0})
    >>> d.value, d.slopes["a"], d.slopes["b"]
    (1.5, 0.5, -0.375)
    """
    parser = _Parser(text, values)
    result = parser.sum()
    parser.end()
    return result


class _Parser:
    """A recursive-descent reader: sum > product > sign > power > atom."""

    def __init__(self, text: str, values: Mapping[str, float]) -> None:
        self.text = text
        self.values = values
        self.position = 0
        self.depth = 0

    def fail(self, message: str, name: str = "") -> ExpressionInvalid:
        rest = self.text[self.position :]
        place = self.position + len(rest) - len(rest.lstrip())
        where = Place(line=1, column=place + 1)
        return ExpressionInvalid(message, where=where, name=name)

    def peek(self) -> re.Match[str] | None:
        return TOKEN.match(self.text, self.position)

    def accept(self, *operators: str) -> str:
        """Return the next token when it is one of the operators, else nothing."""
        token = self.peek()
        found = token.group("op") if token else None
        if token is None or found not in operators:
            return ""
        self.position = token.end()
        return str(found)

    def end(self) -> None:
        if self.text[self.position :].strip():
            raise self.fail("unexpected text in the expression")

    def sum(self) -> Dual:
        left = self.product()
        while operator := self.accept("+", "-"):
            right = self.product()
            sign = 1.0 if operator == "+" else -1.0
            left = left.combine(right, left.value + sign * right.value, 1.0, sign)
        return left

    def product(self) -> Dual:
        left = self.signed()
        while operator := self.accept("*", "/"):
            right = self.signed()
            a, b = left.value, right.value
            if operator == "*":
                left = left.combine(right, a * b, b, a)
            elif b == 0:
                left = left.combine(right, math.nan, math.nan, math.nan)
            else:
                left = left.combine(right, a / b, 1 / b, -a / (b * b))
        return left

    def signed(self) -> Dual:
        operator = self.accept("+", "-")
        if not operator:
            return self.power()
        inner = self.signed()
        return inner if operator == "+" else inner.chain(-inner.value, -1.0)

    def power(self) -> Dual:
        base = self.atom()
        if not self.accept("^", "**"):
            return base
        exponent = self.signed()
        a, b = base.value, exponent.value
        try:
            value = float(a**b)
            by_base = b * a ** (b - 1)
            by_exponent = value * math.log(a) if exponent.slopes else 0.0
        except (ValueError, ZeroDivisionError, OverflowError, TypeError):
            value = by_base = by_exponent = math.nan
        return base.combine(exponent, value, by_base, by_exponent)

    def atom(self) -> Dual:
        if self.accept("("):
            return self.bracket()
        token = self.peek()
        if token is None or token.group("op"):
            raise self.fail("a number or a name is missing")
        if number := token.group("number"):
            self.position = token.end()
            return Dual(float(number), {})
        return self.named(token)

    def named(self, token: re.Match[str]) -> Dual:
        name = token.group("name")
        if name in FUNCTIONS:
            self.position = token.end()
            if not self.accept("("):
                raise self.fail("{name} needs an argument in parentheses", name)
            return _apply(name, self.bracket())
        if name not in self.values:
            raise self.fail("no total is called {name}", name)
        self.position = token.end()
        return Dual(self.values[name], {name: 1.0})

    def bracket(self) -> Dual:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("the expression is nested too deeply")
        inner = self.sum()
        if not self.accept(")"):
            raise self.fail("a closing parenthesis is missing")
        self.depth -= 1
        return inner


def _apply(name: str, argument: Dual) -> Dual:
    x = argument.value
    try:
        value, factor = FUNCTIONS[name](x)
    except (ValueError, ZeroDivisionError, OverflowError):
        value = factor = math.nan
    return argument.chain(value, factor)


FUNCTIONS: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "exp": lambda x: (math.exp(x), math.exp(x)),
    "log": lambda x: (math.log(x), 1 / x),
    "sqrt": lambda x: (math.sqrt(x), 0.5 / math.sqrt(x)),
}
