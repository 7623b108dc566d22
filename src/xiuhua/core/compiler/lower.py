"""An expression → SQL, one small function per node.

Conditions become SQL conditions (NULL is unknown), numbers become `Number`s, dates
stay dates where they can and become whole numbers yyyymmdd where they are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from sqlglot import expressions as exp

from xiuhua.core.compiler import numbers
from xiuhua.core.compiler.numbers import Number, Ratio, exactly
from xiuhua.core.compiler.sql import (
    Sql,
    as_bigint,
    binary,
    both,
    bracketed,
    column,
    day,
    either,
    function,
    is_null,
    minus,
    negation,
    null,
    plus,
    text,
    when,
    whole,
)
from xiuhua.core.standards.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Derived,
    FieldRef,
    In,
    IsKnown,
    Kind,
    Node,
    Not,
    Or,
    VerdictRef,
)
from xiuhua.core.truth import UNKNOWN, Verdict


RestOfCodes = Callable[[str, tuple[str, ...]], tuple[str, ...] | None]


def no_rest(codes: str, options: tuple[str, ...]) -> tuple[str, ...] | None:
    """Know of no other codes."""
    return None


@dataclass(frozen=True)
class Lowering:
    """Turns the expressions of one level into SQL.

    `aggregates` gives the SQL of counts and sums over the level below, which an
    earlier step has computed; `verdict_column` names the column of a verdict;
    `rest_of_codes` gives the other codes of a list, None when they are not known.
    """

    aggregates: Mapping[Aggregate, Number | Sql]
    verdict_column: Callable[[str], str] = str
    rest_of_codes: RestOfCodes = no_rest

    # conditions -----------------------------------------------------------------

    def condition(self, node: Node) -> Sql:
        """Return a boolean expression as an SQL condition."""
        node = bare(node)
        if isinstance(node, Constant):
            return _constant(node, "boolean", lambda v: exp.convert(bool(v)))
        if isinstance(node, FieldRef):
            return column(node.name)
        if isinstance(node, Not):
            return negation(self.condition(node.item))
        if isinstance(node, And):
            return both(*(bracketed(self.condition(i)) for i in node.items))
        if isinstance(node, Or):
            return either(*(bracketed(self.condition(i)) for i in node.items))
        if isinstance(node, Compare):
            return self._compare(node)
        return self._predicate(node)

    def _predicate(self, node: Node) -> Sql:
        if isinstance(node, In):
            return self._in(node)
        if isinstance(node, IsKnown):
            return self._is_known(node.item)
        if isinstance(node, Aggregate):
            found = self.aggregates[node]
            assert not isinstance(found, Number)  # noqa: S101  any() and all()
            return found
        assert isinstance(node, Call)  # noqa: S101  the only kind left
        if node.function == "has":
            return self._has(node)
        return self._choice(node, self.condition)

    def _in(self, node: In) -> Sql:
        """One of a list; the shorter of a code list and its rest is written out."""
        item = self.plain(node.item)
        if not node.options:  # nothing ranks below the lowest code
            return when((negation(is_null(item)), exp.false()))
        rest = self.rest_of_codes(node.item.type.codes, node.options)
        short = rest is not None and len(rest) < len(node.options)
        options = [text(o) for o in (rest if short and rest else node.options)]
        found = exp.In(this=bracketed(item), expressions=options)
        return negation(found) if short and rest else found

    def _compare(self, node: Compare) -> Sql:
        kind = node.left.type.kind
        if kind is Kind.NUMBER:
            return self._compare_ages(node) or numbers.compare(
                node.op, self.number(node.left), self.number(node.right)
            )
        if kind is Kind.DATE:
            return self._compare_dates(node.op, node.left, node.right)
        if kind is Kind.VERDICT:
            return self._compare_verdict(node)
        as_sql = self.condition if kind is Kind.BOOLEAN else self.plain
        return numbers.plain_compare(node.op, as_sql(node.left), as_sql(node.right))

    def _compare_verdict(self, node: Compare) -> Sql:
        assert isinstance(node.left, VerdictRef)  # noqa: S101
        assert isinstance(node.right, Constant)  # noqa: S101
        given = column(self.verdict_column(node.left.name))
        wanted = Verdict[str(node.right.value).upper()]
        test = numbers.plain_compare(node.op, given, whole(wanted.value))
        if wanted is Verdict.UNKNOWN:
            return test
        unknown = numbers.plain_compare("=", given, whole(Verdict.UNKNOWN.value))
        return when((unknown, null()), otherwise=test)

    def _compare_ages(self, node: Compare) -> Sql | None:
        """A comparison of full years with a whole number, as one of birth dates.

        Same meaning, but a scan of persons compares dates instead of computing ages.
        """
        call, limit = bare(node.left), bare(node.right)
        if not (isinstance(call, Call) and call.function == "full_years"):
            return None
        start, end = (bare(a) for a in call.args)
        plain = isinstance(start, FieldRef) and isinstance(end, Constant)
        if (
            not plain
            or not isinstance(limit, Constant)
            or not isinstance(end, Constant)
        ):
            return None
        years, on = limit.value, end.value
        if not isinstance(years, Fraction) or years.denominator != 1:
            return None
        if not isinstance(on, date) or not 0 <= years < on.year - 1:
            return None
        born = self._plain_date(start)
        return None if born is None else _born_compare(node.op, born, int(years), on)

    def _is_known(self, item: Node) -> Sql:
        kind = item.type.kind
        if kind is Kind.NUMBER:
            number = self.number(item)
            known = _known(number.low)
            if number.exact:
                return known
            # A count within bounds is known when the bounds meet.
            meet = numbers.compare(
                "=", *(Number(r, r) for r in (number.low, number.high))
            )
            return both(known, _known(number.high), bracketed(meet))
        if kind is Kind.DATE:
            value = self._plain_date(item) or self.day_number(item)
        else:
            value = self.condition(item) if kind is Kind.BOOLEAN else self.plain(item)
        return negation(is_null(value))

    def _has(self, node: Call) -> Sql:
        field, code = node.args
        assert isinstance(code, Constant)  # noqa: S101  the checker made sure
        joined = exp.DPipe(
            this=exp.DPipe(this=text(","), expression=self.plain(field)),
            expression=text(","),
        )
        found = exp.StrPosition(this=joined, substr=text(f",{code.value},"))
        return numbers.plain_compare(">", found, whole(0))

    def _choice(self, node: Call, as_sql: Callable[[Node], Sql]) -> Sql:
        condition, first, second = node.args
        test = self.condition(condition)
        negative = negation(test)
        return when((test, as_sql(first)), (negative, as_sql(second)))

    # texts and codes --------------------------------------------------------------

    def plain(self, node: Node) -> Sql:
        """Return a text or code expression as SQL."""
        node = bare(node)
        if isinstance(node, Constant):
            return _constant(node, "text", lambda v: text(str(v)))
        if isinstance(node, FieldRef):
            return column(node.name)
        assert isinstance(node, Call)  # noqa: S101  the only kind left
        if node.function == "if":
            return self._choice(node, self.plain)
        source, start, length = node.args
        of = self.plain(source)
        first, count = self.whole(start), self.whole(length)
        inside = both(
            numbers.plain_compare(">=", first, whole(1)),
            numbers.plain_compare(">=", count, whole(1)),
            numbers.plain_compare("<=", first, exp.Length(this=of)),
        )
        part = exp.Substring(
            this=of,
            start=exp.cast(first, "int"),
            length=exp.cast(count, "int"),
        )
        return when((inside, part))

    # numbers ------------------------------------------------------------------------

    def number(self, node: Node) -> Number:
        """Return a number expression."""
        node = bare(node)
        if isinstance(node, Constant):
            return _constant_number(node)
        if isinstance(node, FieldRef):
            return exactly(column(node.name), node.type.scale)
        if isinstance(node, Arithmetic):
            left, right = self.number(node.left), self.number(node.right)
            return numbers.arithmetic(node.op, left, right)
        if isinstance(node, Aggregate):
            found = self.aggregates[node]
            assert isinstance(found, Number)  # noqa: S101  count, sum, share
            return found
        assert isinstance(node, Call)  # noqa: S101  the only kind left
        return self._number_call(node)

    def whole(self, node: Node) -> Sql:
        """Return a whole number without divisor as SQL."""
        return self.number(node).low.numerator

    def _number_call(self, node: Call) -> Number:
        if node.function == "if":
            return self._number_choice(node)
        if node.function == "round":
            decimals = node.args[1]
            assert isinstance(decimals, Constant)  # noqa: S101  the checker made sure
            assert isinstance(decimals.value, Fraction)  # noqa: S101
            return numbers.rounded(self.number(node.args[0]), int(decimals.value))
        if node.function == "length":
            return exactly(as_bigint(exp.Length(this=self.plain(node.args[0]))))
        if node.function == "number":
            return exactly(_number_of_text(self.plain(node.args[0])))
        parts = [self._parts(arg) for arg in node.args]
        if node.function == "full_years":
            return exactly(_full_years(*parts))
        return exactly(parts[0]["year month day".split().index(node.function)])

    def _number_choice(self, node: Call) -> Number:
        condition, *values = node.args
        first, second = (self.number(v).low for v in values)
        scale = max(first.scale, second.scale)
        test = self.condition(condition)
        negative = negation(test)
        numerator = when(
            (test, numbers.scaled(first.numerator, scale - first.scale)),
            (negative, numbers.scaled(second.numerator, scale - second.scale)),
        )
        divisor = None
        if first.divisor is not None or second.divisor is not None:
            divisor = when(
                (test, first.divisor or whole(1)),
                (negative, second.divisor or whole(1)),
            )
        ratio = Ratio(numerator, scale, divisor)
        return Number(ratio, ratio)

    # dates --------------------------------------------------------------------------

    def _plain_date(self, node: Node) -> Sql | None:
        """Return a date that needs no computing, None otherwise."""
        node = bare(node)
        if isinstance(node, FieldRef):
            return column(node.name)
        if isinstance(node, Constant):
            return _constant(node, "date", day)
        return None

    def day_number(self, node: Node) -> Sql:
        """Return a date as the whole number yyyymmdd."""
        node = bare(node)
        if isinstance(node, Call) and node.function == "if":
            return self._choice(node, self.day_number)
        if isinstance(node, Call):
            return _checked_date(*(self.whole(a) for a in node.args))
        year, month, day_ = self._parts(node)
        return plus(
            binary(exp.Mul, year, whole(10_000)),
            plus(binary(exp.Mul, month, whole(100)), day_),
        )

    def _parts(self, node: Node) -> tuple[Sql, Sql, Sql]:
        """Return year, month and day of a date."""
        plain = self._plain_date(node)
        if plain is not None:
            return (
                as_bigint(exp.Year(this=plain)),
                as_bigint(exp.Month(this=plain)),
                as_bigint(exp.Day(this=plain)),
            )
        number = self.day_number(node)
        return (
            binary(exp.IntDiv, number, whole(10_000)),
            binary(exp.Mod, binary(exp.IntDiv, number, whole(100)), whole(100)),
            binary(exp.Mod, number, whole(100)),
        )

    def _compare_dates(self, op: str, left: Node, right: Node) -> Sql:
        a, b = self._plain_date(left), self._plain_date(right)
        if a is None or b is None:
            a, b = self.day_number(left), self.day_number(right)
        return numbers.plain_compare(op, a, b)


def bare(node: Node) -> Node:
    """Return an expression without the names of derived fields around it."""
    while isinstance(node, Derived):
        node = node.body
    return node


def _constant(node: Constant, sql_type: str, known: Callable[[object], Sql]) -> Sql:
    # A bare NULL has no type: functions of engines could not tell what it is.
    return exp.cast(null(), sql_type) if node.value is UNKNOWN else known(node.value)


def _known(ratio: Ratio) -> Sql:
    known = negation(is_null(ratio.numerator))
    if ratio.divisor is None:
        return known
    return both(known, negation(is_null(ratio.divisor)))


def _constant_number(node: Constant) -> Number:
    if node.value is UNKNOWN:
        return exactly(exp.cast(null(), "bigint"))
    value = Fraction(node.value)  # type: ignore[arg-type]
    scale = node.type.scale
    while scale and (value * 10 ** (scale - 1)).denominator == 1:
        scale -= 1
    scaled = value * 10**scale
    if scaled.denominator == 1:
        return exactly(whole(int(scaled)), scale)
    ratio = Ratio(whole(value.numerator), 0, whole(value.denominator))
    return Number(ratio, ratio)


def _number_of_text(source: Sql) -> Sql:
    """Digits only and at most nine of them; regular expressions differ by engine."""
    rest = function("TRANSLATE", source, text("0123456789"), text(""))
    length = exp.Length(this=source)
    digits = both(
        numbers.plain_compare("=", rest, text("")),
        numbers.plain_compare(">=", length, whole(1)),
        numbers.plain_compare("<=", length, whole(9)),
    )
    number = exp.TryCast(this=source, to=exp.DataType.build("bigint"))
    return when((digits, number))


def _full_years(start: tuple[Sql, Sql, Sql], end: tuple[Sql, Sql, Sql]) -> Sql:
    def in_year(parts: tuple[Sql, Sql, Sql]) -> Sql:
        return plus(binary(exp.Mul, parts[1], whole(100)), parts[2])

    before = numbers.plain_compare("<", in_year(end), in_year(start))
    early = when((before, whole(1)), otherwise=whole(0))
    return minus(minus(end[0], start[0]), early)


_DAYS: Final = {4: 30, 6: 30, 9: 30, 11: 30}


def _checked_date(year: Sql, month: Sql, day_: Sql) -> Sql:
    """yyyymmdd of a day that exists, else unknown."""
    leap = either(
        both(_divides(year, 4), negation(_divides(year, 100))),
        _divides(year, 400),
    )
    is_month = [
        (numbers.plain_compare("=", month, whole(m)), whole(d))
        for m, d in _DAYS.items()
    ]
    february = numbers.plain_compare("=", month, whole(2))
    last = when(
        (february, when((leap, whole(29)), otherwise=whole(28))),
        *is_month,
        otherwise=whole(31),
    )
    exists = both(
        _between(year, 1, 9999),
        _between(month, 1, 12),
        numbers.plain_compare(">=", day_, whole(1)),
        numbers.plain_compare("<=", day_, last),
    )
    number = plus(
        binary(exp.Mul, year, whole(10_000)),
        plus(binary(exp.Mul, month, whole(100)), day_),
    )
    return when((exists, number))


def _divides(item: Sql, divisor: int) -> Sql:
    remainder = binary(exp.Mod, item, whole(divisor))
    return bracketed(numbers.plain_compare("=", remainder, whole(0)))


def _between(item: Sql, low: int, high: int) -> Sql:
    return both(
        numbers.plain_compare(">=", item, whole(low)),
        numbers.plain_compare("<=", item, whole(high)),
    )


def _born_compare(op: str, born: Sql, years: int, on: date) -> Sql:
    """full_years(born, on) op years, said of the birth date.

    Whoever is at least n is born on or before the same day n years earlier.
    """
    at_least, over = day(_years_before(on, years)), day(_years_before(on, years + 1))
    if op in (">=", "<"):
        return numbers.plain_compare("<=" if op == ">=" else ">", born, at_least)
    if op in (">", "<="):
        return numbers.plain_compare("<=" if op == ">" else ">", born, over)
    exactly_ = both(
        numbers.plain_compare(">", born, over),
        numbers.plain_compare("<=", born, at_least),
    )
    return exactly_ if op == "=" else negation(exactly_)


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February in a common year: the last day before it
        return date(on.year - years, 2, 28)
