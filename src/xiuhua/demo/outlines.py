"""Made-up outlines of the county, its townships and villages, in the open sea.

The ground is cut into many small cells (Voronoi). Each village grows over the cells
from its own, township by township, along a net of uneven lengths, so borders wind as
real ones do. Neighbours share the edges of cells: no gap, no overlap, no hole.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy.spatial import Voronoi

from xiuhua.core.synthetic.draws import Draws
from xiuhua.demo.places import COUNTY, Village


REVIEW_NUMBER: Final = "虚构边界，无审图号 (made up, no review number)"
Point = tuple[float, float]
Edge = tuple[int, int]
Graph = Mapping[int, Mapping[int, int]]

_SEED: Final = 17
_SIDE: Final = 64  # cells along one side of the square the county is cut from
_DEGREES: Final = 0.6
_DECIMALS: Final = 5
_LENGTHS: Final = (60, 160)


def outlines(villages: Sequence[Village]) -> dict[str, Any]:
    """Return a GeoJSON feature collection of the county, its townships and villages.

    Coordinates lie around 0° N 0° E, where there is no land.
    """
    ground = _Ground()
    of_village = _shared_ground(ground, villages)
    owners: dict[str, list[int]] = defaultdict(list)
    for cell, code in sorted(of_village.items()):
        for region in (code, code[: len(COUNTY) + 3], COUNTY):
            owners[region].append(cell)
    names = {village.code: village.name for village in villages}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "name": names.get(code, "")},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [ground.ring(owners[code])],
                },
            }
            for code in sorted(owners)
        ],
    }


class _Ground:
    """The cells of the county and the net between neighbouring cells."""

    def __init__(self) -> None:
        places, inside = _cells()
        self.places = places
        parts = Voronoi(places)
        self._corners = parts.vertices
        self._edges: dict[int, list[Edge]] = defaultdict(list)
        self.graph: dict[int, dict[int, int]] = defaultdict(dict)
        lengths = Draws(_SEED, np.arange(len(parts.ridge_points), dtype=np.int64))
        drawn = lengths.between("length", *_LENGTHS).tolist()
        for (a, b), corners, length in zip(
            parts.ridge_points.tolist(), parts.ridge_vertices, drawn, strict=True
        ):
            for cell in (a, b):
                if inside[cell]:
                    self._edges[cell].append((min(corners), max(corners)))
            if inside[a] and inside[b]:
                self.graph[a][b] = self.graph[b][a] = length

    def ring(self, cells: Iterable[int]) -> list[Point]:
        """Return the outline of cells that hang together, counter-clockwise.

        Raises:
            ValueError: when they leave a hole or fall apart.
        """
        seen = Counter(edge for cell in cells for edge in self._edges[cell])
        beside: dict[int, list[int]] = defaultdict(list)
        for (a, b), times in seen.items():
            if times == 1:
                beside[a].append(b)
                beside[b].append(a)
        if any(len(others) != 2 for others in beside.values()):
            raise ValueError("an outline touches itself")
        first = min(beside)
        ring, before, here = [first], first, beside[first][0]
        while here != first:
            ring.append(here)
            one, other = beside[here]
            before, here = here, other if one == before else one
        if len(ring) != len(beside):
            raise ValueError("an outline has a hole or falls apart")
        points = [self._point(corner) for corner in [*ring, first]]
        return points if _area(points) > 0 else points[::-1]

    def _point(self, corner: int) -> Point:
        x, y = (self._corners[corner] - _SIDE / 2) / _SIDE * _DEGREES
        return round(float(x), _DECIMALS), round(float(y), _DECIMALS)


def _cells() -> tuple[Any, list[bool]]:
    """Return the middles of all cells and which of them belong to the county."""
    at = np.arange(_SIDE * _SIDE, dtype=np.int64)
    draws = Draws(_SEED, at)
    x = at % _SIDE + draws.between("x", 8, 92) / 100
    y = at // _SIDE + draws.between("y", 8, 92) / 100
    angle = np.arctan2(y - _SIDE / 2, x - _SIDE / 2)
    reach = 0.4 + 0.035 * np.sin(2 * angle + 0.5) + 0.025 * np.sin(3 * angle + 2)
    reach += 0.015 * np.sin(7 * angle) + 0.01 * np.sin(11 * angle + 1)
    far = np.hypot(x - _SIDE / 2, y - _SIDE / 2)
    return np.column_stack([x, y]), (far < reach * _SIDE).tolist()


def _shared_ground(ground: _Ground, villages: Sequence[Village]) -> dict[int, str]:
    """Return the village of every cell: townships first, then villages in each."""
    parts: dict[str, list[str]] = defaultdict(list)
    for village in villages:
        parts[village.township].append(village.code)
    seats = _spread(ground, sorted(ground.graph), len(parts))
    towns = _grown(ground.graph, dict(zip(seats, sorted(parts), strict=True)))
    shared: dict[int, str] = {}
    for town, codes in sorted(parts.items()):
        cells = sorted(cell for cell, owner in towns.items() if owner == town)
        inside = set(cells)
        net = {
            c: {n: w for n, w in ground.graph[c].items() if n in inside} for c in cells
        }
        seats = _spread(ground, cells, len(codes))
        shared |= _grown(net, dict(zip(seats, codes, strict=True)))
    return shared


def _spread(ground: _Ground, cells: Sequence[int], count: int) -> list[int]:
    """Return cells far from one another: the middles of groups (Lloyd 1982)."""
    places = ground.places[list(cells)]
    chosen = [int(np.argmin(places.sum(axis=1)))]
    while len(chosen) < count:
        apart = np.min(_distances(places, places[chosen]), axis=1)
        chosen.append(int(np.argmax(apart)))
    centres = places[chosen]
    for _ in range(20):
        nearest = np.argmin(_distances(places, centres), axis=1)
        centres = np.array([places[nearest == n].mean(axis=0) for n in range(count)])
    return [cells[int(n)] for n in np.argmin(_distances(places, centres), axis=0)]


def _distances(places: Any, others: Any) -> Any:
    return np.hypot(*(places[:, None, :] - others[None, :, :]).transpose(2, 0, 1))


def _grown(graph: Graph, seats: Mapping[int, str]) -> dict[int, str]:
    """Return for every cell the seat it is nearest to along the net (Dijkstra)."""
    owner: dict[int, str] = {}
    ahead = [(0, cell, code) for cell, code in seats.items()]
    heapq.heapify(ahead)
    while ahead:
        far, cell, code = heapq.heappop(ahead)
        if cell in owner:
            continue
        owner[cell] = code
        for other, length in graph[cell].items():
            if other not in owner:
                heapq.heappush(ahead, (far + length, other, code))
    return owner


def _area(ring: Sequence[Point]) -> float:
    """Return twice the area of a closed ring, positive when counter-clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
