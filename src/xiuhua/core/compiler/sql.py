"""The few SQL pieces the compiler is made of, with brackets where they are needed.

A part may stand in several places: it is copied once it stands somewhere.
"""

from __future__ import annotations

from typing import TypeAlias

from sqlglot import expressions as exp


Sql: TypeAlias = exp.Expr


def column(name: str) -> Sql:
    """Return a quoted column."""
    return exp.column(exp.to_identifier(name, quoted=True))


def table(name: str) -> exp.Table:
    """Return a table by name; a name given as text would be parsed anew each time."""
    return exp.Table(this=exp.to_identifier(name))


def whole(value: int) -> Sql:
    """Return a whole number."""
    return exp.Literal.number(value)


def text(value: str) -> Sql:
    """Return a text; quotes in it are escaped by the writer."""
    return exp.Literal.string(value)


def day(value: object) -> Sql:
    """Return a date."""
    return exp.cast(exp.Literal.string(str(value)), "date")


def null() -> Sql:
    """Return the unknown value."""
    return exp.null()


def part(item: Sql) -> Sql:
    """Return an expression to put somewhere: itself, or a copy if it stands."""
    return item if item.parent is None else item.copy()


def bracketed(item: Sql) -> Sql:
    """Return an operand that keeps together inside a larger expression."""
    plain = exp.Column | exp.Literal | exp.Paren | exp.Func | exp.Case | exp.Boolean
    # AND and OR are functions too in sqlglot's eyes; they bind weaker than most.
    alone = isinstance(item, plain) and not isinstance(item, exp.Binary)
    return part(item) if alone else exp.Paren(this=part(item))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """Return `left op right`."""
    other = right.copy() if right is left else right
    return kind(this=bracketed(left), expression=bracketed(other))


def plus(left: Sql, right: Sql) -> Sql:
    """Return a sum."""
    return binary(exp.Add, left, right)


def minus(left: Sql, right: Sql) -> Sql:
    """Return a difference."""
    return binary(exp.Sub, left, right)


def times(left: Sql | None, right: Sql | None) -> Sql | None:
    """Return a product; None is the factor one."""
    if left is None or right is None:
        return left if right is None else right
    return binary(exp.Mul, left, right)


def both(*conditions: Sql) -> Sql:
    """Return the conjunction, three-valued as SQL has it."""
    return exp.and_(*conditions, copy=True)


def either(*conditions: Sql) -> Sql:
    """Return the disjunction, three-valued as SQL has it."""
    return exp.or_(*conditions, copy=True)


def negation(condition: Sql) -> Sql:
    """Return the negation, three-valued as SQL has it."""
    return exp.not_(bracketed(condition), copy=False)


def is_null(item: Sql) -> Sql:
    """Test for unknown."""
    return exp.Is(this=bracketed(item), expression=exp.null())


def when(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """Return a CASE over conditions."""
    ifs = [exp.If(this=part(test), true=part(value)) for test, value in branches]
    return exp.Case(ifs=ifs, default=part(otherwise) if otherwise else None)


def function(name: str, *args: Sql) -> Sql:
    """Return a call of a function that is written alike on every engine."""
    return exp.Anonymous(this=name, expressions=[part(a) for a in args])


def as_bigint(item: Sql) -> Sql:
    """Widen to 64 bits: no engine may overflow 32."""
    return _cast(item, exp.DType.BIGINT)


def as_tinyint(item: Sql) -> Sql:
    """Narrow a verdict to one byte."""
    return _cast(item, exp.DType.TINYINT)


def _cast(item: Sql, to: exp.DType) -> Sql:
    return exp.Cast(this=part(item), to=exp.DataType(this=to))
