"""Draw the outlines of regions once: paths of a picture and places for their numbers.

What depends on figures is in `drawing`; this depends on boundaries alone and is kept in
memory until a boundary is imported anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from xiuhua.web.pages.room.label_points import LabelPoint, Polygon, Ring, label_point
from xiuhua.web.pages.room.projection import Point, equal_area


# The picture is this wide or, when it is taller than wide, this high.
SIZE: Final = 1000
MARGIN: Final = 12


@dataclass(frozen=True)
class Outline:
    """A region as a path, with the place of its label in units of the picture."""

    code: str
    path: str
    label: LabelPoint


@dataclass(frozen=True)
class Layout:
    """The outlines of one picture and its size in its own units."""

    wide: int
    high: int
    outlines: tuple[Outline, ...]


def layout_of(polygons: Mapping[str, Sequence[Polygon]]) -> Layout | None:
    """Return the picture of these boundaries (degrees), None without any.

    Neighbours keep their common border: every point is rounded for itself.
    """
    points = [
        point for parts in polygons.values() for p in parts for r in p for point in r
    ]
    if not points:
        return None
    flat = equal_area((x, y) for x, y in points)
    laid = {
        code: [[[flat((x, y)) for x, y in ring] for ring in p] for p in parts]
        for code, parts in polygons.items()
    }
    every = [pt for parts in laid.values() for p in parts for r in p for pt in r]
    west, north = min(x for x, _ in every), min(y for _, y in every)
    width = max(x for x, _ in every) - west
    height = max(y for _, y in every) - north
    scale = (SIZE - 2 * MARGIN) / (max(width, height) or 1.0)

    def placed(point: Point) -> Point:
        x, y = point
        return MARGIN + (x - west) * scale, MARGIN + (y - north) * scale

    return Layout(
        wide=round(width * scale) + 2 * MARGIN,
        high=round(height * scale) + 2 * MARGIN,
        outlines=tuple(
            _outline(code, [[[placed(pt) for pt in r] for r in p] for p in parts])
            for code, parts in laid.items()
            if parts
        ),
    )


def _outline(code: str, polygons: Sequence[Polygon]) -> Outline:
    path = "".join(_path(ring) for polygon in polygons for ring in polygon)
    return Outline(code, path, label_point(polygons))


def _path(ring: Ring) -> str:
    """Return a closed ring as a path of whole units, each step from the last."""
    rounded = [(round(x), round(y)) for x, y in ring]
    steps = [
        f"l{x2 - x1},{y2 - y1}"
        for (x1, y1), (x2, y2) in pairwise(rounded)
        if (x1, y1) != (x2, y2)
    ]
    # The way back to the start is what closing the path draws.
    return f"M{rounded[0][0]},{rounded[0][1]}{''.join(steps[:-1])}z"
