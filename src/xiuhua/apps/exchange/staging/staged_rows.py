"""Rows of a staged table, narrowed, ordered and sliced without making them all.

It answers like a queryset as far as tables of pages ask: `where`, `order_by`, `count`,
slices and `iterator`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import duckdb
import pyarrow as pa


_BATCH: Final = 2_000


class StagedRows:
    """A view of a staged table; each call returns a narrower or reordered one."""

    def __init__(
        self,
        table: pa.Table,
        conditions: tuple[tuple[str, tuple[Any, ...]], ...] = (),
        order: tuple[str, ...] = (),
    ):
        self._table = table
        self._conditions = conditions
        self._order = order

    def where(self, condition: str, *values: Any) -> StagedRows:
        """Return the rows that meet a condition too.

        The condition is a text of the program; what users say travels in `values`.
        """
        more = (*self._conditions, (condition, values))
        return StagedRows(self._table, more, self._order)

    def order_by(self, *names: str) -> StagedRows:
        """Return the rows ordered by columns, `-` before a name for descending."""
        known = set(self._table.column_names)
        fit = tuple(n for n in names if n.removeprefix("-") in known)
        return StagedRows(self._table, self._conditions, fit)

    def count(self) -> int:
        """Return how many rows there are."""
        return int(self._asked("count(*)", "").to_pylist()[0]["count_star()"])

    def counts(self, name: str) -> dict[str, int]:
        """Return how many rows there are by the values of a column."""
        table = self._asked(f"{name} AS k, count(*) AS n", "GROUP BY 1")
        return {row["k"]: row["n"] for row in table.to_pylist()}

    def __getitem__(self, part: slice) -> list[dict[str, Any]]:
        start = part.start or 0
        limit = "" if part.stop is None else f" LIMIT {part.stop - start}"
        return self._asked("*", f"{self._by()}{limit} OFFSET {start}").to_pylist()

    def iterator(self, _: int = _BATCH) -> Iterator[dict[str, Any]]:
        """Yield every row."""
        for batch in self._asked("*", self._by()).to_batches(_BATCH):
            yield from batch.to_pylist()

    def _by(self) -> str:
        names = [
            f'"{n.removeprefix("-")}"{" DESC" if n.startswith("-") else ""}'
            for n in self._order
        ]
        return f"ORDER BY {', '.join(names)}" if names else ""

    def _asked(self, what: str, rest: str) -> pa.Table:
        met = " AND ".join(f"({text})" for text, _ in self._conditions) or "true"
        values = [value for _, given in self._conditions for value in given]
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("staged", self._table)
            # Conditions and columns are the program's own texts, values travel apart.
            sql = f"SELECT {what} FROM staged WHERE {met} {rest}"  # noqa: S608
            return connection.sql(sql, params=values).to_arrow_table()
