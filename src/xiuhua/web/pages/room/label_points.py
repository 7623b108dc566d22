"""Find where in a region its number stands: the point farthest from its borders.

The middle of a crescent lies outside it; the pole of inaccessibility never does. It is
found by halving squares and keeping those that may still hold a better point, as far as
it matters for a label (the method is that of Garcia-Castellanos and Lombardo 2007,
refined by quartering).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from math import inf, sqrt
from typing import Final


Point = tuple[float, float]
Ring = Sequence[Point]
Polygon = Sequence[Ring]
_ROOT2: Final = sqrt(2)
# A label need not stand more exactly than this part of the region's smaller side.
_EXACT: Final = 0.02


@dataclass(frozen=True)
class LabelPoint:
    """A point inside, and how far the nearest border is."""

    x: float
    y: float
    room: float


def area(ring: Ring) -> float:
    """Return the surface a closed ring encloses."""
    doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    return abs(doubled) / 2


def label_point(polygons: Sequence[Polygon]) -> LabelPoint:
    """Return the best place in the largest polygon (holes are kept clear of).

    Raises:
        ValueError: without any polygon.
    """
    polygon = max(polygons, key=lambda p: area(p[0]))
    edges = [edge for ring in polygon for edge in pairwise(ring)]
    xs, ys = [x for x, _ in polygon[0]], [y for _, y in polygon[0]]
    west, north = min(xs), min(ys)
    wide, high = max(xs) - west, max(ys) - north
    side = min(wide, high)
    if not side:
        return LabelPoint(west + wide / 2, north + high / 2, 0.0)
    best = _at(west + wide / 2, north + high / 2, edges)
    waiting: list[tuple[float, float, float, float]] = []
    for x, y in _middles(west, north, wide, high, side):
        best = _wait(waiting, x, y, side / 2, edges, best)
    while waiting:
        promised, x, y, half = heappop(waiting)
        if -promised - best.room <= side * _EXACT:
            break
        quarter = half / 2
        for dx in (-quarter, quarter):
            for dy in (-quarter, quarter):
                best = _wait(waiting, x + dx, y + dy, quarter, edges, best)
    return best


def _middles(
    west: float, north: float, wide: float, high: float, side: float
) -> Iterator[Point]:
    """Yield the middles of squares that cover the box."""
    for column in range(int(wide / side) + 1):
        for row in range(int(high / side) + 1):
            yield west + (column + 0.5) * side, north + (row + 0.5) * side


def _wait(
    waiting: list[tuple[float, float, float, float]],
    x: float,
    y: float,
    half: float,
    edges: list[tuple[Point, Point]],
    best: LabelPoint,
) -> LabelPoint:
    """Queue a square by the most it can promise; return the best point so far."""
    here = _at(x, y, edges)
    heappush(waiting, (-(here.room + half * _ROOT2), x, y, half))
    return here if here.room > best.room else best


def _at(x: float, y: float, edges: list[tuple[Point, Point]]) -> LabelPoint:
    """Return a point with its distance from the border, negative outside."""
    inside, nearest = False, inf
    for (x1, y1), (x2, y2) in edges:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        dx, dy = x2 - x1, y2 - y1
        along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy or 1.0)
        along = min(1.0, max(0.0, along))
        apart = (x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2
        nearest = min(nearest, apart)
    return LabelPoint(x, y, sqrt(nearest) if inside else -sqrt(nearest))
