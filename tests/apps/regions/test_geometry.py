"""Simplified neighbours keep a common border, and no border moves too far."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiuhua.apps.regions.geometry import OutlineWrong, Ring, polygons_of, simplified


def closed(*points) -> Ring:
    return [*points, points[0]]


def grid(n: int, steps: int, chance: random.Random) -> dict[str, list]:
    """Return n × n regions whose borders wobble, common borders alike."""
    borders: dict[tuple, Ring] = {}

    def border(a: tuple, b: tuple) -> Ring:
        if (a, b) not in borders and (b, a) not in borders:
            ring = []
            for step in range(steps + 1):
                share = step / steps
                wobble = 0 if step in (0, steps) else chance.uniform(-0.08, 0.08)
                x = a[0] + (b[0] - a[0]) * share + (wobble if a[0] == b[0] else 0)
                y = a[1] + (b[1] - a[1]) * share + (wobble if a[1] == b[1] else 0)
                ring.append((round(x, 5), round(y, 5)))
            borders[a, b] = ring
        return borders[a, b] if (a, b) in borders else borders[b, a][::-1]

    outlines = {}
    for i in range(n):
        for j in range(n):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            ring: Ring = []
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
                ring += border(a, b)[:-1]
            turn = chance.randrange(len(ring))
            ring = ring[turn:] + ring[:turn]
            if chance.random() < 0.5:
                ring.reverse()
            outlines[f"{i}{j}"] = [[[*ring, ring[0]]]]
    return outlines


def edges(outlines: dict[str, list]) -> dict[frozenset, int]:
    counted: dict[frozenset, int] = {}
    for polygons in outlines.values():
        for polygon in polygons:
            for ring in polygon:
                for a, b in pairwise(ring):
                    edge = frozenset((a, b))
                    counted[edge] = counted.get(edge, 0) + 1
    return counted


def area(ring: Ring) -> float:
    pairs = pairwise(ring)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(1, 12),
    st.floats(0, 0.3),
    st.randoms(use_true_random=False),
)
def test_no_sliver_opens_between_neighbours(n, steps, tolerance, chance):
    outlines = grid(n, steps, chance)

    thin = simplified(outlines, tolerance=tolerance)

    once = [edge for edge, count in edges(thin).items() if count == 1]
    inner = 2 * n * (n - 1)
    shared = sum(count == 2 for count in edges(thin).values())
    assert shared >= inner
    # Every edge that stands once lies on the outer border: they close to one ring.
    ends = [point for edge in once for point in edge]
    assert all(ends.count(point) == 2 for point in ends)
    total = sum(area(ring) for p in thin.values() for polygon in p for ring in polygon)
    assert total == pytest.approx(n * n, abs=4 * n * (0.08 + 1e-9))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 12), st.randoms(use_true_random=False))
def test_points_kept_were_there_and_more_tolerance_keeps_fewer(steps, chance):
    outlines = grid(3, steps, chance)

    kept = []
    for tolerance in (0.0, 0.05, 0.5):
        thin = simplified(outlines, tolerance=tolerance)
        for key in outlines:
            before, after = outlines[key][0][0], thin[key][0][0]
            assert set(after) <= set(before)
            assert after[0] == after[-1]
            assert len(after) >= 4
        kept.append(sum(len(p[0][0]) for p in thin.values()))

    assert kept == sorted(kept, reverse=True)


def test_an_island_and_the_hole_around_it_stay_one():
    island = closed((1, 1), (1.5, 1.01), (2, 1), (2, 2), (1.5, 2.01), (1, 2))
    sea = closed((0, 0), (3, 0), (3, 3), (0, 3))
    outlines = {"in": [[island]], "out": [[sea, island[::-1]]]}

    thin = simplified(outlines, tolerance=0.1)

    assert set(thin["in"][0][0]) == set(thin["out"][0][1])
    assert len(thin["in"][0][0]) == 5


def test_a_region_never_vanishes():
    tiny = closed((0, 0), (0.001, 0), (0.001, 0.001), (0, 0.001))

    thin = simplified({"a": [[tiny]]}, tolerance=10)

    assert len(thin["a"][0][0]) == 4
    assert area(thin["a"][0][0]) > 0


def test_points_are_rounded_and_doubles_dropped():
    ring = [[0, 0], [0.000001, 0], [1, 0, 55.0], [1, 1], [0, 0]]

    assert polygons_of({"type": "Polygon", "coordinates": [ring]}) == [
        [[(0, 0), (1, 0), (1, 1), (0, 0)]]
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [500, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], ["1", 0], [1, 1], [0, 0]]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [float("nan"), 0]]]]},
    ],
)
def test_what_is_no_outline_is_refused(geometry):
    with pytest.raises(OutlineWrong):
        polygons_of(geometry)
