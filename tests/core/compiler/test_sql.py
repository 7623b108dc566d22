"""Pieces of SQL keep together inside larger ones."""

from __future__ import annotations

import pytest
from sqlglot import expressions as exp

from xiuhua.core.compiler import sql


A, B, C = (sql.column(name) for name in "abc")


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        (sql.both(A, B), '("a" AND "b") = "c"'),
        (sql.either(A, B), '("a" OR "b") = "c"'),
        (sql.plus(A, B), '("a" + "b") = "c"'),
        (exp.IntDiv(this=A, expression=B), '("a" // "b") = "c"'),
        (sql.negation(A), '(NOT "a") = "c"'),
        (exp.Length(this=A), 'LENGTH("a") = "c"'),
    ],
)
def test_operands_are_bracketed_where_they_must_be(inner, written) -> None:
    assert sql.binary(exp.EQ, inner, C).sql(dialect="duckdb") == written
