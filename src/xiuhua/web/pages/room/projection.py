"""Lay longitudes and latitudes flat so that equal areas stay equal.

Albers' equal-area conic on the sphere (Snyder 1987, Map Projections, eq. 14-1 to 14-6):
a coloured surface says how much, so surfaces must be comparable. Where the two standard
parallels lie opposite each other about the equator the cone is a cylinder (eq. 10-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import cos, radians, sin, sqrt
from typing import Final


Point = tuple[float, float]
Flat = Callable[[Point], Point]
# The usual rule: a sixth of the height in from the top and the bottom.
_INSET: Final = 1 / 6
_CYLINDER: Final = 1e-9


def equal_area(points: Iterable[Point]) -> Flat:
    """Return a projection fit for all these points (degrees); y grows to the south.

    Units are radii of the globe. Points on one spot only are allowed.

    Raises:
        ValueError: without any point.
    """
    given = list(points)
    if not given:
        raise ValueError("no point to lay flat")
    west, east = min(x for x, _ in given), max(x for x, _ in given)
    south, north = min(y for _, y in given), max(y for _, y in given)
    middle = radians((west + east) / 2)
    inset = (north - south) * _INSET
    low, high = radians(south + inset), radians(north - inset)
    cone = (sin(low) + sin(high)) / 2
    if abs(cone) < _CYLINDER:
        return _cylinder(middle, low)
    return _cone(middle, low, cone, radians((south + north) / 2))


def _cylinder(middle: float, parallel: float) -> Flat:
    wide = cos(parallel)

    def flat(point: Point) -> Point:
        longitude, latitude = radians(point[0]), radians(point[1])
        return (longitude - middle) * wide, -sin(latitude) / wide

    return flat


def _cone(middle: float, low: float, cone: float, origin: float) -> Flat:
    c = cos(low) ** 2 + 2 * cone * sin(low)

    def radius(latitude: float) -> float:
        return sqrt(max(0.0, c - 2 * cone * sin(latitude))) / cone

    rho0 = radius(origin)

    def flat(point: Point) -> Point:
        rho = radius(radians(point[1]))
        theta = cone * (radians(point[0]) - middle)
        return rho * sin(theta), rho * cos(theta) - rho0

    return flat
