"""The invented county and its ground."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from xiuhua.apps.regions.geometry import polygons_of, simplified
from xiuhua.core.synthetic.places import check_region
from xiuhua.demo import outlines as ground
from xiuhua.demo.places import (
    COUNTY,
    HOUSEHOLDS,
    NAMES_AROUND,
    POOR_VILLAGES,
    deep_townships,
    townships,
    villages,
)


@pytest.fixture(scope="module")
def made() -> dict[str, list]:
    features = ground.outlines(villages())["features"]
    return {f["properties"]["code"]: polygons_of(f["geometry"]) for f in features}


def area(ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def test_county_has_a_code_nobody_was_given():
    check_region(COUNTY)

    assert all(COUNTY.startswith(code) for code in NAMES_AROUND)


def test_shape_is_that_of_the_published_county():
    made = villages()

    assert len(made) == 83
    assert sum(v.poor for v in made) == POOR_VILLAGES == 48
    assert sum(v.households for v in made) == HOUSEHOLDS == 4_206
    assert len({v.name for v in made}) == len({v.code for v in made}) == 83
    assert {v.township for v in made} == set(townships())


def test_deep_poverty_is_among_the_poor_villages_of_some_townships():
    deep = [v for v in villages() if v.deep]

    assert {v.township for v in deep} == set(deep_townships())
    assert all(v.poor for v in deep)


def test_every_region_has_one_outline_without_holes(made):
    codes = {COUNTY, *townships(), *(v.code for v in villages())}

    assert set(made) == codes
    assert all(len(polygons) == len(polygons[0]) == 1 for polygons in made.values())


def test_parts_fill_the_whole(made):
    of = {code: area(polygons[0][0]) for code, polygons in made.items()}

    for length in (9, 12):
        parts = sum(size for code, size in of.items() if len(code) == length)
        assert parts == pytest.approx(of[COUNTY], rel=1e-9)
    assert min(of.values()) > 0


def test_neighbours_share_their_borders(made):
    edges: Counter = Counter()
    for village in villages():
        ring = made[village.code][0][0]
        edges.update(tuple(sorted(edge)) for edge in pairwise(ring))

    outer = {tuple(sorted(edge)) for edge in pairwise(made[COUNTY][0][0])}

    assert {edge for edge, times in edges.items() if times == 1} == outer
    assert set(edges.values()) == {1, 2}


def test_ground_is_the_same_every_time(made):
    again = ground.outlines(villages())

    assert {
        f["properties"]["code"]: polygons_of(f["geometry"]) for f in again["features"]
    } == made


def test_outlines_can_be_simplified_without_losing_a_region(made):
    thin = simplified(made, tolerance=0.002)

    assert thin.keys() == made.keys()


def test_a_ring_of_cells_around_a_hole_is_refused():
    land = ground._Ground()
    middle = next(c for c in sorted(land.graph) if len(land.graph[c]) > 5)

    with pytest.raises(ValueError, match="hole"):
        land.ring(c for c in land.graph if c != middle)
