"""The map: projection, places of labels, colours and names."""

from __future__ import annotations

import re
from fractions import Fraction
from math import radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.web.pages.room.drawing import Place, map_of
from xiuhua.web.pages.room.label_points import area, label_point
from xiuhua.web.pages.room.outlines import SIZE, layout_of
from xiuhua.web.pages.room.projection import equal_area
from xiuhua.web.pages.room.steps import Limits, Step, limits_of
from xiuhua.web.pages.room.tiles import cards_of, short_count


def _box(west, south, side=1.0):
    ring = [
        (west, south),
        (west + side, south),
        (west + side, south + side),
        (west, south + side),
        (west, south),
    ]
    return [[ring]]


def _place(code, name="Town", text="3", step=Step.FEW):
    return Place(code, name, text, step, f"/room/{code}/")


def _points(path):
    """Return the corners of a drawn path, whole units."""
    corners, at = [], (0, 0)
    for letter, x, y in re.findall(r"([Ml])(-?\d+),(-?\d+)", path):
        step = (int(x), int(y))
        at = step if letter == "M" else (at[0] + step[0], at[1] + step[1])
        corners.append(at)
    return corners


@given(
    st.floats(-170, 170), st.floats(-60, 60), st.floats(0.1, 8), st.floats(0.01, 0.2)
)
def test_equal_areas_stay_equal(west, south, side, part):
    def strip(bottom):
        """A band of equal height all over, fine enough for its curved edges."""
        n = 200
        low = [(west + side * i / n, bottom) for i in range(n + 1)]
        high = [(x, bottom + part) for x, _ in reversed(low)]
        return [*low, *high, low[0]]

    # Two strips, one at the southern edge and one shifted east, same latitudes.
    first = strip(south)
    second = [(x + side, y) for x, y in first]
    flat = equal_area([*first, *second, (west, south + side)])

    one, two = (area([flat(p) for p in ring]) for ring in (first, second))

    assert one == pytest.approx(two, rel=1e-6)


@given(st.floats(-60, 50), st.floats(0.5, 10))
def test_the_area_is_that_of_the_sphere(south, side):
    from_sphere = _sphere_area(south, side)
    flat = equal_area([(100, south), (101, south + side)])
    n = 400
    west = [(100, south + side * i / n) for i in range(n + 1)]
    north = [(100 + i / n, south + side) for i in range(n + 1)]
    east = [(101, y) for _, y in reversed(west)]
    floor = [(x, south) for x, _ in reversed(north)]

    drawn = area([flat(p) for p in [*west, *north, *east, *floor, west[0]]])

    assert drawn == pytest.approx(from_sphere, rel=1e-4)


def _sphere_area(south, side):
    return radians(1) * (sin(radians(south + side)) - sin(radians(south)))


def test_north_is_up_and_east_is_right():
    layout = layout_of({"23": _box(100, 30), "24": _box(102, 33)})
    south_west, north_east = layout.outlines

    assert north_east.label.x > south_west.label.x
    assert north_east.label.y < south_west.label.y
    assert max(layout.wide, layout.high) == SIZE


def test_neighbours_keep_their_common_border():
    layout = layout_of({"23": _box(100, 30), "24": _box(101, 30)})
    one, two = (set(_points(outline.path)) for outline in layout.outlines)

    assert len(one & two) == 2


def test_a_path_comes_back_to_its_start_by_closing():
    layout = layout_of({"23": _box(100, 30)})
    (outline,) = layout.outlines

    assert outline.path.endswith("z")
    assert len(_points(outline.path)) == len(set(_points(outline.path))) == 4


def test_no_boundary_gives_no_picture():
    assert layout_of({}) is None
    assert layout_of({"23": []}) is None


def test_the_label_stands_inside_a_crescent():
    # A U: the middle of its box is outside it.
    ring = [(0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (3, 3), (3, 9), (0, 9), (0, 0)]

    found = label_point([[ring]])

    assert not (3 < found.x < 6 and found.y > 3)
    assert 0 < found.x < 9
    assert 0 < found.y < 9
    assert found.room >= 1.5


def test_the_label_keeps_clear_of_a_hole():
    outer = _box(0, 0, 10)[0][0]
    hole = _box(1, 1, 7)[0][0]

    found = label_point([[outer, hole]])

    assert found.x > 8 or found.y > 8


def test_the_largest_part_carries_the_label():
    found = label_point([_box(0, 0, 1)[0], _box(10, 10, 4)[0]])

    assert (found.x, found.y) == pytest.approx((12, 12), abs=0.2)
    assert found.room == pytest.approx(2, abs=0.1)


def test_a_region_without_surface_has_a_label_all_the_same():
    found = label_point([[[(1, 1), (1, 3), (1, 1)]]])

    assert (found.x, found.y) == (1, 2)


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 100)),
        min_size=3,
        max_size=9,
        unique=True,
    )
)
def test_the_label_is_within_reach_of_any_ring(corners):
    ring = [*corners, corners[0]]

    found = label_point([[ring]])

    xs, ys = zip(*corners, strict=True)
    assert min(xs) <= found.x <= max(xs)
    assert min(ys) <= found.y <= max(ys)


def test_every_region_has_its_number_and_close_names_give_way():
    layout = layout_of(
        {"239901": _box(100, 30), "239902": _box(101, 30, 0.02), "239903": _box(9, 30)}
    )
    places = [
        _place("239901", "甲县"),
        _place("239902", "很长的名字乙县"),
        _place("239904"),
    ]

    drawn = map_of(layout, places)

    assert [shape.place.text for shape in drawn.shapes] == ["3", "3"]
    assert sum(shape.named for shape in drawn.shapes) < 2
    assert [place.code for place in drawn.missing] == ["239904"]


def test_names_that_have_room_are_shown_above_their_numbers():
    layout = layout_of({"239901": _box(100, 30), "239902": _box(101, 30)})

    drawn = map_of(layout, [_place("239901", "甲县"), _place("239902", "乙县")])

    assert all(shape.named for shape in drawn.shapes)
    assert all(shape.name_y < shape.y for shape in drawn.shapes)


def test_steps_grow_with_the_share():
    limits = limits_of(["0.02", "0.10"])
    shares = [Fraction(n, 1000) for n in (0, 1, 19, 20, 99, 100, 1000)]

    steps = [limits.step(share) for share in shares]

    assert steps == [
        Step.CLEAR,
        Step.FEW,
        Step.FEW,
        Step.MORE,
        Step.MORE,
        Step.MANY,
        Step.MANY,
    ]
    assert limits.step(None) is Step.UNKNOWN
    with pytest.raises(ValueError, match="grow"):
        Limits(Fraction(1, 10), Fraction(1, 10))


def test_squares_stand_in_the_card_around_them():
    towns = [_place("239906100"), _place("239906101")]
    villages = [_place("239906101202"), _place("239906100201"), _place("239907100201")]

    cards = cards_of(towns, villages)

    assert [[s.code for s in card.squares] for card in cards] == [
        ["239906100201"],
        ["239906101202"],
    ]


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (999, "999"), (1000, "1k"), (30_000_000, "30M")]
)
def test_a_square_holds_its_count(number, shown):
    assert short_count(number) == shown
