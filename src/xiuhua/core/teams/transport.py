"""The transportation problem: rows to columns with room, at least total cost, exactly.

Rows whose costs are the same (households of one village with the same needs) are one
source; a flow of least cost from the sources through the columns is an assignment of
least cost. Costs are whole numbers, so the flow is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xiuhua.core.errors import XiuhuaError


try:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
except ModuleNotFoundError:  # the extra `teams` is not installed
    SimpleMinCostFlow = None


Whole = npt.NDArray[np.int64]


class TransportUnsolved(XiuhuaError):
    """The solver gave up, or the room does not suffice."""

    code = "teams.transport_unsolved"


class SolverMissing(XiuhuaError):
    """The solver of large assignments is not installed."""

    code = "teams.solver_missing"


def least_cost_pairs(costs: Whole, room: Sequence[int]) -> list[tuple[int, int]]:
    """Return (row, column) for every row, at most `room` rows per column.

    Among rows with the same costs the first row gets the first of their columns.

    Raises:
        TransportUnsolved: when the room is less than the rows, or the solver fails.
        SolverMissing: when the extra `teams` is not installed.
    """
    if SimpleMinCostFlow is None:
        raise SolverMissing(
            "matching needs the package {package}",
            package="ortools",
            hint='install it with: pip install "xiuhua[teams]"',
        )
    if sum(room) < len(costs):
        raise TransportUnsolved(
            "{rows} rows do not fit into room for {room}",
            rows=len(costs),
            room=sum(room),
        )
    kinds, kind_of_row, rows_of_kind = np.unique(
        costs, axis=0, return_inverse=True, return_counts=True
    )
    flow = _least_cost_flow(kinds, rows_of_kind, np.asarray(room, dtype=np.int64))
    kind, column = np.nonzero(flow)
    columns = np.repeat(column, flow[kind, column])
    rows = np.argsort(kind_of_row.ravel(), kind="stable")
    return sorted(zip(rows.tolist(), columns.tolist(), strict=True))


def _least_cost_flow(costs: Whole, supply: Whole, room: Whole) -> Whole:
    """Return how much goes from each source to each column."""
    sources, columns = costs.shape
    end = sources + columns
    network = SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(
        np.repeat(np.arange(sources), columns),
        np.tile(np.arange(sources, end), sources),
        np.minimum(supply[:, None], room).ravel(),
        costs.ravel(),
    )
    network.add_arcs_with_capacity_and_unit_cost(
        np.arange(sources, end), np.full(columns, end), room, np.zeros_like(room)
    )
    network.set_nodes_supplies(
        np.array([*range(sources), end]), np.array([*supply, -supply.sum()])
    )
    status = network.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise TransportUnsolved("the solver failed: {reason}", reason=status.name)
    return np.asarray(network.flows(arcs)).reshape(costs.shape)
