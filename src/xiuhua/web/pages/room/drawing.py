"""Put the figures of regions onto their outlines: a map as data for its template.

Every region carries its number. Its name stands above where it covers no other label;
the full text is in the title of the region for readers of the screen and the pointer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from xiuhua.web.pages.room.outlines import Layout, Outline
from xiuhua.web.pages.room.steps import Step


LETTER: Final = 26
_LINE: Final = 32
_NARROW: Final = 0.6


class Place(NamedTuple):
    """What is said of a region: name, number, step and where it leads."""

    code: str
    name: str
    text: str
    step: Step
    url: str
    title: str = ""


@dataclass(frozen=True)
class Shape:
    """A region of the map."""

    place: Place
    path: str
    x: int
    y: int
    named: bool
    name_y: int


@dataclass(frozen=True)
class Map:
    """A map in units of its own; `missing` names regions without a boundary."""

    wide: int
    high: int
    shapes: tuple[Shape, ...]
    missing: tuple[Place, ...]


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        beside = self.right <= other.left or other.right <= self.left
        above = self.bottom <= other.top or other.bottom <= self.top
        return not (beside or above)


def map_of(layout: Layout, places: Sequence[Place]) -> Map:
    """Return the map of the places that have an outline, in the order of places."""
    outlines = {outline.code: outline for outline in layout.outlines}
    drawn = [place for place in places if place.code in outlines]
    named = _named({p.code: (p, outlines[p.code]) for p in drawn}, layout.wide)
    return Map(
        layout.wide,
        layout.high,
        tuple(_shape(p, outlines[p.code], p.code in named) for p in drawn),
        tuple(place for place in places if place.code not in outlines),
    )


def _shape(place: Place, outline: Outline, named: bool) -> Shape:
    x, y = round(outline.label.x), round(outline.label.y)
    # With a name above it, the number moves down so that both stand about the point.
    down = _LINE // 2 if named else 0
    return Shape(place, outline.path, x, y + down, named, y + down - _LINE)


def _named(drawn: Mapping[str, tuple[Place, Outline]], wide: int) -> frozenset[str]:
    """Return the codes whose names have room, the roomiest regions first."""
    taken = {code: _box(p.text, o, 0) for code, (p, o) in drawn.items()}
    names: list[_Box] = []
    found = set()
    for code in sorted(drawn, key=lambda c: -drawn[c][1].label.room):
        place, outline = drawn[code]
        name = _box(place.name, outline, -_LINE // 2)
        number = _box(place.text, outline, _LINE // 2)
        others = [box for other, box in taken.items() if other != code] + names
        fits = 0 <= name.left and name.right <= wide
        if fits and not any(name.meets(b) or number.meets(b) for b in others):
            found.add(code)
            names.append(name)
            taken[code] = number
    return frozenset(found)


def _box(text: str, outline: Outline, down: int) -> _Box:
    # Ideographs are as wide as high, Latin letters and digits a good half.
    widths = (_NARROW if letter.isascii() else 1.0 for letter in text)
    half = sum(widths) * LETTER / 2
    x, y = outline.label.x, outline.label.y + down
    return _Box(x - half, y - _LINE / 2, x + half, y + _LINE / 2)
