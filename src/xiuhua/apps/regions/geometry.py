"""Simplify outlines so that neighbours keep their common border.

Rings are cut where three or more regions meet; every piece between two cuts is
simplified once, in one direction, so both neighbours get the same points and no sliver
opens (Douglas and Peucker 1973 on shared arcs, as in TopoJSON).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError


Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]

# 1e-5 of a degree is about a metre.
_DECIMALS: Final = 5
_LEAST_RING: Final = 4


class OutlineWrong(XiuhuaError):
    """A geometry is neither Polygon nor MultiPolygon of closed rings in degrees."""

    code = "regions.outline_wrong"


def polygons_of(geometry: Mapping[str, Any]) -> list[Polygon]:
    """Return the polygons of a GeoJSON geometry; rings are closed, points rounded.

    Raises:
        OutlineWrong: when the kind is another, a ring is open, too short or outside
            the range of longitudes and latitudes.
    """
    parts = {"Polygon": lambda c: [c], "MultiPolygon": list}
    try:
        made = parts[geometry["type"]](geometry["coordinates"])
        polygons = [[_ring(ring) for ring in polygon] for polygon in made]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise OutlineWrong("no Polygon or MultiPolygon of closed rings") from error
    if not polygons or not all(polygons):
        raise OutlineWrong("a geometry without rings")
    return polygons


def simplified(
    outlines: Mapping[str, Sequence[Polygon]], *, tolerance: float
) -> dict[str, list[Polygon]]:
    """Return outlines with fewer points; none moves farther than `tolerance` degrees.

    A ring keeps at least three corners, so no region vanishes.
    """
    rings = [r for polygons in outlines.values() for p in polygons for r in p]
    meeting = _meeting_points(rings)
    done: dict[tuple[Point, ...], Ring] = {}
    return {
        key: [[_thinned(r, meeting, tolerance, done) for r in p] for p in polygons]
        for key, polygons in outlines.items()
    }


def _ring(raw: Sequence[Sequence[float]]) -> Ring:
    ring: Ring = []
    for longitude, latitude, *_ in raw:
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValueError("outside the globe")
        point = (round(float(longitude), _DECIMALS), round(float(latitude), _DECIMALS))
        if not ring or ring[-1] != point:
            ring.append(point)
    if len(ring) < _LEAST_RING or ring[0] != ring[-1]:
        raise ValueError("not a closed ring")
    return ring


def _meeting_points(rings: Sequence[Ring]) -> set[Point]:
    """Return the points where borders meet: more than two other points lie next."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for a, b in pairwise(ring):
            beside[a].add(b)
            beside[b].add(a)
    return {point for point, others in beside.items() if len(others) > 2}


def _thinned(
    ring: Ring,
    meeting: set[Point],
    tolerance: float,
    done: dict[tuple[Point, ...], Ring],
) -> Ring:
    thin: Ring = []
    for arc in _arcs(ring, meeting):
        key = tuple(arc)
        forward = key <= key[::-1]
        canonical = key if forward else key[::-1]
        if canonical not in done:
            done[canonical] = _fewer_points(list(canonical), tolerance)
        kept = done[canonical] if forward else done[canonical][::-1]
        thin.extend(kept if not thin else kept[1:])
    return thin if len(thin) >= _LEAST_RING else _least(ring)


def _arcs(ring: Ring, meeting: set[Point]) -> Iterator[Ring]:
    """Cut a ring at its meeting points, or at two far corners when it has none.

    The cut of a ring without meeting points depends on its points alone, so a ring and
    the hole around it are cut alike.
    """
    opened = ring[:-1]
    cuts = [i for i, point in enumerate(opened) if point in meeting]
    if len(cuts) < 2:
        first = cuts[0] if cuts else opened.index(min(opened))
        x, y = opened[first]
        far = max(opened, key=lambda p: ((p[0] - x) ** 2 + (p[1] - y) ** 2, p))
        cuts = sorted({first, opened.index(far)})
    turned = opened[cuts[0] :] + opened[: cuts[0] + 1]
    ends = [cut - cuts[0] for cut in cuts] + [len(opened)]
    for start, end in pairwise(ends):
        yield turned[start : end + 1]


def _fewer_points(arc: Ring, tolerance: float) -> Ring:
    """Return the points an arc needs to stay within `tolerance` of itself."""
    keep = {0, len(arc) - 1}
    spans = [(0, len(arc) - 1)]
    while spans:
        start, end = spans.pop()
        if end - start < 2:
            continue
        apart = [_apart(arc[i], arc[start], arc[end]) for i in range(start + 1, end)]
        widest = max(apart)
        if widest > tolerance:
            middle = start + 1 + apart.index(widest)
            keep.add(middle)
            spans += [(start, middle), (middle, end)]
    return [arc[i] for i in sorted(keep)]


def _apart(point: Point, start: Point, end: Point) -> float:
    """Return the distance of a point from a stretch, in degrees."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = ((x - x1) * dx + (y - y1) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return float(((x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2) ** 0.5)


def _least(ring: Ring) -> Ring:
    """Return a ring reduced to a triangle of its own points."""
    opened = ring[:-1]
    first = min(opened)
    second = max(opened, key=lambda p: (_apart(p, first, first), p))
    third = max(opened, key=lambda p: (_apart(p, first, second), p))
    corners = sorted({first, second, third}, key=opened.index)
    return [*corners, corners[0]] if len(corners) > 2 else ring
