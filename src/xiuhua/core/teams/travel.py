"""Distances between places in whole meters, and the length of a round trip.

Whole numbers only, so that two machines agree. Without coordinates the division codes
stand in for them, which is said wherever such a distance is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from typing import Final

from xiuhua.core.truth import UNKNOWN, Unknown


SAME_TOWNSHIP_M: Final = 5_000
OTHER_TOWNSHIP_M: Final = 20_000


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a plane, in whole meters east and north of any origin."""

    east: int
    north: int


def distance(a: Point, b: Point) -> int:
    """Return the straight distance in meters, rounded down.

    >>> distance(Point(0, 0), Point(3_000, 4_000))
    5000
    """
    return isqrt((a.east - b.east) ** 2 + (a.north - b.north) ** 2)


def distance_by_code(a: str, b: str) -> int:
    """Return a stand-in for the distance of two villages without coordinates.

    >>> distance_by_code("990101100200", "990101100201")
    5000
    """
    if a == b:
        return 0
    return SAME_TOWNSHIP_M if a[:9] == b[:9] else OTHER_TOWNSHIP_M


class Distances:
    """The distances between sites and a base, and the round trips through them.

    Site `i` is the i-th code. With `base` a trip starts and ends there; without, it is
    a closed tour through the sites alone.
    """

    def __init__(
        self,
        codes: Sequence[str],
        points: Sequence[Point | Unknown],
        base: Point | Unknown = UNKNOWN,
    ) -> None:
        known = [p for p in points if p is not UNKNOWN]
        self.by_code = len(known) < len(points)
        if self.by_code:
            rows = [[distance_by_code(a, b) for b in codes] for a in codes]
        else:
            if base is not UNKNOWN:
                known.append(base)
            rows = [[distance(a, b) for b in known] for a in known]
        self.between = rows
        self._base = len(codes) if len(rows) > len(codes) else None
        self.trip = cache(self._trip)

    def _trip(self, sites: frozenset[int]) -> int:
        """Return the meters of a short round trip: nearest neighbor, then 2-opt."""
        stops = sorted(sites)
        if self._base is not None:
            stops = [self._base, *stops]
        if len(stops) < 2:
            return 0
        tour = self._two_opt(self._by_nearest(stops))
        return sum(
            self.between[a][b] for a, b in zip(tour, tour[1:] + tour[:1], strict=True)
        )

    def _by_nearest(self, stops: Sequence[int]) -> list[int]:
        tour, left = [stops[0]], set(stops[1:])
        while left:
            here = self.between[tour[-1]]
            following = min(left, key=lambda stop: (here[stop], stop))
            tour.append(following)
            left.remove(following)
        return tour

    def _two_opt(self, tour: list[int]) -> list[int]:
        """Reverse stretches while that shortens the tour."""
        d, n = self.between, len(tour)
        improved = True
        while improved:
            improved = False
            for i in range(n - 1):
                a, b = tour[i], tour[i + 1]
                for j in range(i + 2, n):
                    c, e = tour[j], tour[(j + 1) % n]
                    if a != e and d[a][c] + d[b][e] < d[a][b] + d[c][e]:
                        tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1]
                        improved = True
                        b = tour[i + 1]
        return tour
