"""The few SQL pieces the compiler is made of, with brackets where they are needed.

Every piece copies what it is made of, so that one part can stand in several places.
"""

from __future__ import annotations

from typing import TypeAlias

from sqlglot import expressions as exp


Sql: TypeAlias = exp.Expr


def column(name: str) -> Sql:
    """Return a quoted column."""
    return exp.column(exp.to_identifier(name, quoted=True))


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


def bracketed(item: Sql) -> Sql:
    """Return an operand that keeps together inside a larger expression."""
    plain = exp.Column | exp.Literal | exp.Paren | exp.Func | exp.Case | exp.Boolean
    # AND and OR are functions too in sqlglot's eyes; they bind weaker than most.
    alone = isinstance(item, plain) and not isinstance(item, exp.Binary)
    return item.copy() if alone else exp.paren(item, copy=True)


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """Return `left op right`."""
    return kind(this=bracketed(left), expression=bracketed(right))


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
    ifs = [exp.If(this=test.copy(), true=value.copy()) for test, value in branches]
    return exp.Case(ifs=ifs, default=otherwise.copy() if otherwise else None)


def function(name: str, *args: Sql) -> Sql:
    """Return a call of a function that is written alike on every engine."""
    return exp.Anonymous(this=name, expressions=[a.copy() for a in args])


def as_bigint(item: Sql) -> Sql:
    """Widen to 64 bits: no engine may overflow 32."""
    return _cast(item, exp.DType.BIGINT)


def as_tinyint(item: Sql) -> Sql:
    """Narrow a verdict to one byte."""
    return _cast(item, exp.DType.TINYINT)


def _cast(item: Sql, to: exp.DType) -> Sql:
    return exp.Cast(this=item.copy(), to=exp.DataType(this=to))
