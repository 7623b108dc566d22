"""Counts, sums and shares over the level below, as columns of three steps.

`row_parts` are computed for each row below, `group_parts` add them up, `after_join`
says what an empty group means, and `values` is how rules read the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlglot import expressions as exp

from xiuhua.core.compiler.lower import Lowering
from xiuhua.core.compiler.numbers import Number, Ratio, exactly, plain_compare
from xiuhua.core.compiler.sql import (
    Sql,
    as_bigint,
    column,
    is_null,
    negation,
    null,
    when,
    whole,
)
from xiuhua.core.standards.expressions import Aggregate


_FALSE, _UNKNOWN, _TRUE = 0, 1, 2
ROWS: Final = "n_rows"


class AggregateColumns:
    """The columns of all aggregates of one level."""

    def __init__(self, aggregates: tuple[Aggregate, ...]):
        self._names = {a: f"a{i}" for i, a in enumerate(aggregates)}

    def columns_of(self, aggregate: Aggregate) -> list[str]:
        """Return the names of the columns an aggregate is kept in."""
        return _column_names(aggregate, self._names[aggregate])

    def row_parts(self, level: str, lowering: Lowering) -> list[Sql]:
        """Return what each row of the level below contributes."""
        return [
            part
            for aggregate, name in self._names.items()
            if aggregate.level == level
            for part in _row_parts(aggregate, name, lowering)
        ]

    def group_parts(self) -> list[Sql]:
        """Return the sums over a group."""
        rows = as_bigint(exp.Count(this=exp.Star())).as_(ROWS, copy=False)
        return [rows] + [
            part for a, name in self._names.items() for part in _group_parts(a, name)
        ]

    def after_join(self) -> list[Sql]:
        """Return the columns after the join: a row without rows below counts none."""
        names = [ROWS, *self.names()]
        empty = {
            f"{name}t": _TRUE if a.function == "all" else _FALSE
            for a, name in self._names.items()
        }
        return [
            exp.Coalesce(
                this=column(name), expressions=[whole(empty.get(name, 0))]
            ).as_(name, copy=False)
            for name in names
        ]

    def names(self) -> list[str]:
        """Return the names of all columns besides the number of rows."""
        return [
            part for a, name in self._names.items() for part in _column_names(a, name)
        ]

    def values(self) -> dict[Aggregate, Number | Sql]:
        """Return how rules read each aggregate."""
        return {a: _value(a, name) for a, name in self._names.items()}


def _column_names(aggregate: Aggregate, name: str) -> list[str]:
    if aggregate.function in ("any", "all"):
        return [f"{name}t"]
    if aggregate.where is None and aggregate.function != "sum":
        return []
    gap = [f"{name}gap"] if aggregate.function == "sum" else []
    return [f"{name}low", f"{name}high", *gap]


def _row_parts(aggregate: Aggregate, name: str, lowering: Lowering) -> Iterator[Sql]:
    where = aggregate.where
    condition = lowering.condition(where) if where is not None else None
    if aggregate.function in ("any", "all"):
        yield _truth(condition).as_(f"{name}t", copy=False)
    elif aggregate.function == "sum":
        yield from _sum_parts(aggregate, name, condition, lowering)
    elif condition is not None:
        yield when((condition, whole(1)), otherwise=whole(0)).as_(
            f"{name}low", copy=False
        )
        no = negation(condition)
        yield when((no, whole(0)), otherwise=whole(1)).as_(f"{name}high", copy=False)


def _truth(condition: Sql | None) -> Sql:
    if condition is None:
        return whole(_TRUE)
    no = negation(condition)
    return when(
        (condition, whole(_TRUE)), (no, whole(_FALSE)), otherwise=whole(_UNKNOWN)
    )


def _sum_parts(
    aggregate: Aggregate, name: str, condition: Sql | None, lowering: Lowering
) -> Iterator[Sql]:
    """A row that may or may not count widens the bounds by its value.

    `gap` marks a row that counts, or may, and whose value is unknown.
    """
    assert aggregate.value is not None  # noqa: S101  a sum has a value
    value = lowering.whole(aggregate.value)
    amount = exp.Coalesce(this=value, expressions=[whole(0)])
    missing = is_null(value)
    if condition is None:
        yield amount.as_(f"{name}low", copy=False)
        yield amount.as_(f"{name}high", copy=False)
        yield when((missing, whole(1)), otherwise=whole(0)).as_(
            f"{name}gap", copy=False
        )
        return
    no = negation(condition)
    below_zero = plain_compare("<", amount, whole(0))
    above_zero = plain_compare(">", amount, whole(0))
    yield when(
        (condition, amount),
        (no, whole(0)),
        (below_zero, amount),
        otherwise=whole(0),
    ).as_(f"{name}low", copy=False)
    yield when(
        (condition, amount),
        (no, whole(0)),
        (above_zero, amount),
        otherwise=whole(0),
    ).as_(f"{name}high", copy=False)
    yield when((no, whole(0)), (missing, whole(1)), otherwise=whole(0)).as_(
        f"{name}gap", copy=False
    )


def _group_parts(aggregate: Aggregate, name: str) -> Iterator[Sql]:
    for part in _column_names(aggregate, name):
        if part.endswith("t") and aggregate.function in ("any", "all"):
            worst = exp.Max if aggregate.function == "any" else exp.Min
            yield worst(this=column(part)).as_(part, copy=False)
        else:
            # SUM widens to 128 bits; the type check has kept sums within 64.
            yield as_bigint(exp.Sum(this=column(part))).as_(part, copy=False)


def _value(aggregate: Aggregate, name: str) -> Number | Sql:
    if aggregate.function in ("any", "all"):
        state = column(f"{name}t")
        return when(
            (plain_compare("=", state, whole(_TRUE)), exp.true()),
            (plain_compare("=", state, whole(_FALSE)), exp.false()),
        )
    if aggregate.function == "sum":
        return _sum_value(aggregate, name)
    if aggregate.where is None:
        return exactly(column(ROWS))
    low, high = column(f"{name}low"), column(f"{name}high")
    if aggregate.function == "count":
        return Number(Ratio(low), Ratio(high))
    rows = exp.Nullif(this=column(ROWS), expression=whole(0))
    return Number(Ratio(low, 0, rows), Ratio(high, 0, rows))


def _sum_value(aggregate: Aggregate, name: str) -> Number:
    assert aggregate.value is not None  # noqa: S101  a sum has a value
    scale = aggregate.type.scale
    whole_known = plain_compare("=", column(f"{name}gap"), whole(0))
    low: Sql = column(f"{name}low")
    if not aggregate.value.type.nonnegative:
        low = when((whole_known, low), otherwise=null())
    high = when((whole_known, column(f"{name}high")), otherwise=null())
    return Number(Ratio(low, scale), Ratio(high, scale))
