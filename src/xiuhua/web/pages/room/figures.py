"""Write figures: as many decimals as they need, signs, bounds; unknown as unknown.

Numbers are exact fractions until they are written. Wording is left to templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final


DASH: Final = "—"
MINUS: Final = "\u2212"
# Narrow and not broken at the end of a line.
GROUP: Final = "\u202f"
_MOST_DECIMALS: Final = 12


@dataclass(frozen=True)
class Share:
    """A part of a whole, exact; `known` is false without a whole to take it of."""

    part: int
    whole: int | None

    @property
    def known(self) -> bool:
        """Test whether the whole is known and not empty."""
        return bool(self.whole)

    @property
    def value(self) -> Fraction | None:
        """Return the share from 0 up, None when it cannot be said."""
        return Fraction(self.part, self.whole) if self.whole else None


def count_text(number: int | None) -> str:
    """Return a count with its thousands apart; an unknown one as a dash.

    >>> count_text(1320), count_text(None)
    ('1\u202f320', '—')
    """
    if number is None:
        return DASH
    return f"{number:,}".replace(",", GROUP).replace("-", MINUS)


def counted(text: str) -> int | str:
    """Return the number a count was written as; another text stays what it is.

    >>> counted(count_text(1320)), counted("0.74%"), counted(bounds_text(0, 2))
    (1320, '0.74%', '0–2')
    """
    digits = text.replace(GROUP, "")
    return int(digits) if digits.isdecimal() else text


def percent_text(value: Fraction | None, *, apart_from: Iterable[Fraction] = ()) -> str:
    """Return a share as a percentage with the decimals it needs.

    One decimal from 10 % on, two below, more until two digits other than leading
    zeros show. What is not nothing is never written as 0 %, what is not all never as
    100 %, and what lies on one side of a limit in `apart_from` never as the limit.

    >>> percent_text(Fraction(28, 100_000)), percent_text(Fraction(1320, 178378))
    ('0.028%', '0.74%')
    >>> percent_text(Fraction(2999, 100_000), apart_from=[Fraction(3, 100)])
    '2.999%'
    """
    if value is None:
        return DASH
    # In integers: a page has hundreds of these, and fractions are slow.
    part, whole = value.numerator, value.denominator
    if part in (0, whole):
        return f"{100 * part // whole}%"
    limits = [(0, 1), (1, 1), *((n.numerator, n.denominator) for n in apart_from)]
    limits = [(n, of) for n, of in limits if n * whole != part * of]
    places = _least_places(part, whole)
    scaled = _scaled(part, whole, places)
    while places < _MOST_DECIMALS and _falls_on(scaled, places, limits):
        places += 1
        scaled = _scaled(part, whole, places)
    return f"{_written(scaled, places)}%"


def points_text(change: Fraction | None) -> str:
    """Return a change of a share in percentage points, with its sign.

    >>> points_text(Fraction(-19, 1000)), points_text(Fraction(0))
    ('−1.9', '0')
    """
    if change is None:
        return DASH
    if change == 0:
        return "0"
    size = abs(change)
    part, whole = size.numerator, size.denominator
    places = 1 if 1000 % whole == 0 else _least_places(part, whole)
    return f"{_sign(change)}{_written(_scaled(part, whole, places), places)}"


def change_text(change: int | None) -> str:
    """Return a change of a count with its sign.

    >>> change_text(-108), change_text(5), change_text(0)
    ('−108', '+5', '0')
    """
    if change is None:
        return DASH
    if change == 0:
        return "0"
    return f"{_sign(change)}{count_text(abs(change))}"


def bounds_text(least: int, most: int) -> str:
    """Return what a count lies between when some rows are unknown.

    >>> bounds_text(676, 734), bounds_text(640, 640)
    ('676–734', '640')
    """
    if least == most:
        return count_text(least)
    return f"{count_text(least)}–{count_text(most)}"


def _least_places(part: int, whole: int) -> int:
    """Return the decimals of a percentage that show two digits of it."""
    if part * 10 >= whole:
        return 1
    places = 2
    if part * 100 >= whole:
        return places
    while places < _MOST_DECIMALS and part * 10 * 10**places < whole:
        places += 1
    return places


def _scaled(part: int, whole: int, places: int) -> int:
    """Return a share as a percentage in units of its last decimal, half rounded up.

    In integers, so that nothing is lost.
    """
    return (200 * 10**places * part + whole) // (2 * whole)


def _falls_on(scaled: int, places: int, limits: Iterable[tuple[int, int]]) -> bool:
    unit = 100 * 10**places
    return any(scaled * whole == unit * part for part, whole in limits)


def _written(scaled: int, places: int) -> str:
    whole, rest = divmod(scaled, 10**places)
    return f"{count_text(whole)}.{rest:0{places}d}"


def _sign(change: int | Fraction) -> str:
    return MINUS if change < 0 else "+"
