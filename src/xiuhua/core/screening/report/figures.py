"""How wide texts are, how exactly shares are shown, what a verdict looks like."""

from __future__ import annotations

import math
import unicodedata
from fractions import Fraction
from typing import Final


LEAST_DECIMALS: Final = 2
MOST_DECIMALS: Final = 6
VERDICT_PARTS: Final = {
    "met": (),
    "unmet": ("bad",),
    "unknown": ("doubt",),
    "not_applicable": ("quiet",),
}


def width(text: str) -> int:
    """Return how many columns a text takes; Chinese characters take two.

    >>> width("贫困发生率"), width("0.74 %")
    (10, 6)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def lines(text: str, columns: float) -> int:
    """Return how many lines a text takes when wrapped at a width.

    >>> lines("贫困发生率", 4), lines("a\\nb", 10)
    (3, 2)
    """
    return sum(max(1, math.ceil(width(part) / columns)) for part in text.split("\n"))


def decimals(share: Fraction) -> int:
    """Return the decimals of a percentage that keep two figures of what is not zero.

    A share near one is as hard to read as one near zero: 99.998 % is not 100 %.

    >>> decimals(Fraction(74, 10000)), decimals(Fraction(28, 100000))
    (2, 3)
    >>> decimals(Fraction(99998, 100000)), decimals(Fraction(0))
    (4, 2)
    """
    rest = 100 * min(share, 1 - share)
    needed = LEAST_DECIMALS
    while 0 < rest * 10**needed < 10 and needed < MOST_DECIMALS:
        needed += 1
    return needed
