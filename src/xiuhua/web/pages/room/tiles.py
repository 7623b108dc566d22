"""Lay out the tile grid: a card per part of a region, a square per part of that.

It needs no boundaries, and shows where it is stuck at a glance even when names do not
fit a map.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xiuhua.web.pages.room.drawing import Place


@dataclass(frozen=True)
class Card:
    """A part of the region with its own parts as squares."""

    place: Place
    squares: tuple[Place, ...]


def cards_of(parts: Sequence[Place], smaller: Iterable[Place]) -> list[Card]:
    """Return a card for every part, its squares in the order given.

    >>> from xiuhua.web.pages.room.steps import Step
    >>> town = Place("239906100", "Town", "3", Step.FEW, "")
    >>> village = Place("239906100201", "Village", "3", Step.FEW, "")
    >>> [len(card.squares) for card in cards_of([town], [village])]
    [1]
    """
    squares: dict[str, list[Place]] = {part.code: [] for part in parts}
    lengths = sorted({len(code) for code in squares})
    for place in smaller:
        found = (place.code[:n] for n in lengths if place.code[:n] in squares)
        around = next(found, None)
        if around is not None:
            squares[around].append(place)
    return [Card(part, tuple(squares[part.code])) for part in parts]


def short_count(number: int | None) -> str:
    """Return a count that fits a square: three digits at most, else thousands.

    >>> short_count(47), short_count(1320), short_count(74180), short_count(None)
    ('47', '1k', '74k', '?')
    """
    if number is None:
        return "?"
    if number < 1000:
        return str(number)
    if number < 1_000_000:
        return f"{number // 1000}k"
    return f"{number // 1_000_000}M"
