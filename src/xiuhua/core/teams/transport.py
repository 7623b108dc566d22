"""The transportation problem: rows to columns with room, at least total cost, exactly.

A table of moderate size is solved as it is, each column standing once per seat. For a
larger one a linear program over few pairs is solved; its prices show which left-out
pairs would still lower the cost; those are added until none does (column generation).
The result is optimal over all pairs although most are never in the program. Vertices
of this polytope are whole numbers, so no integer program is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array

from xiuhua.core.errors import XiuhuaError


DENSE_CELLS: Final = 12_000_000
FIRST_PAIRS: Final = 8
MORE_PAIRS: Final = 8
MAX_ROUNDS: Final = 60


class TransportUnsolved(XiuhuaError):
    """The solver gave up, or the room does not suffice."""

    code = "teams.transport_unsolved"


def least_cost_pairs(
    costs: npt.NDArray[np.int64], room: Sequence[int], *, dense_cells: int = DENSE_CELLS
) -> list[tuple[int, int]]:
    """Return (row, column) for every row, at most `room` rows per column.

    Raises:
        TransportUnsolved: when the room is less than the rows, or the solver fails.
    """
    n = len(costs)
    if sum(room) < n:
        raise TransportUnsolved(
            "{rows} rows do not fit into room for {room}", rows=n, room=sum(room)
        )
    # No column needs more seats than there are rows.
    seats = np.repeat(np.arange(len(room)), np.minimum(room, n))
    if n * len(seats) <= dense_cells:
        rows, places = linear_sum_assignment(costs[:, seats])
        return [(int(r), int(seats[k])) for r, k in zip(rows, places, strict=True)]
    return _by_prices(costs, room)


def _by_prices(
    costs: npt.NDArray[np.int64], room: Sequence[int]
) -> list[tuple[int, int]]:
    n = len(costs)
    chosen = _first_pairs(costs, room)
    for _ in range(MAX_ROUNDS):
        rows, columns = np.nonzero(chosen)
        flow, row_price, column_price = _solve(
            costs[rows, columns], rows, columns, n, np.asarray(room)
        )
        reduced = costs - row_price[:, None] - column_price[None, :]
        reduced[chosen] = 0
        better = _most_negative(reduced)
        if not better.any():
            used = flow > 0.5
            if np.count_nonzero(used) != n:
                raise TransportUnsolved("the solver stopped beside a vertex")
            return [
                (int(r), int(c)) for r, c in zip(rows[used], columns[used], strict=True)
            ]
        chosen |= better
    raise TransportUnsolved("no optimum within {rounds} rounds", rounds=MAX_ROUNDS)


def _first_pairs(
    costs: npt.NDArray[np.int64], room: Sequence[int]
) -> npt.NDArray[np.bool_]:
    """The cheapest columns of each row, and one assignment that surely fits."""
    chosen = np.zeros(costs.shape, dtype=bool)
    cheapest = np.argsort(costs, axis=1, kind="stable")[:, :FIRST_PAIRS]
    np.put_along_axis(chosen, cheapest, True, axis=1)
    seats = np.repeat(np.arange(len(room)), room)[: len(costs)]
    chosen[np.arange(len(costs)), seats] = True
    return chosen


def _solve(
    weights: npt.NDArray[np.int64],
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    n: int,
    room: npt.NDArray[np.int_],
) -> tuple[npt.NDArray[np.float64], ...]:
    pairs = np.arange(len(rows))
    ones = np.ones(len(rows))
    result = linprog(
        weights,
        A_eq=coo_array((ones, (rows, pairs)), shape=(n, len(rows))).tocsr(),
        b_eq=np.ones(n),
        A_ub=coo_array((ones, (columns, pairs)), shape=(len(room), len(rows))).tocsr(),
        b_ub=room,
        # The interior point is crossed over to a vertex; it is the faster way here.
        method="highs-ipm",
    )
    if result.x is None:
        raise TransportUnsolved("the solver failed: {reason}", reason=result.message)
    return result.x, result.eqlin.marginals, result.ineqlin.marginals


def _most_negative(reduced: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Mark per row the pairs that would lower the cost most, a few at a time."""
    width = min(MORE_PAIRS, reduced.shape[1])
    lowest = np.argpartition(reduced, width - 1, axis=1)[:, :width]
    marked = np.zeros(reduced.shape, dtype=bool)
    np.put_along_axis(marked, lowest, True, axis=1)
    return np.asarray(marked & (reduced < -1e-6))
