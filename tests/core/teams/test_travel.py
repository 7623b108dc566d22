from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from xiuhua.core.teams.travel import Distances, Point
from xiuhua.core.truth import UNKNOWN


points = st.builds(Point, st.integers(0, 999), st.integers(0, 999))


@given(st.lists(points, min_size=3, max_size=6, unique=True))
def test_trip_is_closed_and_hardly_longer_than_the_best(places: list[Point]) -> None:
    codes = [str(i) for i in range(len(places))]
    distances = Distances(codes, places)
    d = distances.between

    found = distances.trip(frozenset(range(len(places))))

    lengths = [
        sum(d[a][b] for a, b in zip(order, order[1:] + order[:1], strict=True))
        for order in permutations(range(len(places)))
    ]
    assert found in lengths
    # 2-opt leaves no crossing; with so few stops it stays near the optimum.
    assert found <= 1.3 * min(lengths) + 10


def test_trip_starts_at_the_base() -> None:
    distances = Distances(["a"], [Point(0, 3_000)], Point(0, 0))

    assert distances.trip(frozenset({0})) == 6_000
    assert distances.trip(frozenset()) == 0
    assert Distances(["a"], [Point(0, 3_000)]).trip(frozenset({0})) == 0


def test_codes_stand_in_for_missing_coordinates() -> None:
    codes = ["990101100200", "990101100201", "990101101200"]
    distances = Distances(codes, [Point(0, 0), UNKNOWN, Point(1, 1)], Point(0, 0))

    assert distances.by_code
    assert distances.between == [
        [0, 5_000, 20_000],
        [5_000, 0, 20_000],
        [20_000, 20_000, 0],
    ]
