"""Random numbers anybody can recompute, the same on every machine and in every year.

A number is the SHA-256 of a text, read as an integer: no generator with a state, no
floating point, no library version. `printf '%s' TEXT | sha256sum` gives the same
digits, so a drawn list can be checked by hand, unit by unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Final


GENERATOR: Final = "sha256/1"
_SPACE: Final = 1 << 256


def digest(*parts: str) -> str:
    """Return the SHA-256 of the parts joined by `|`, as 64 hexadecimal digits.

    A part that contains `|` itself would make two texts one, so it is refused.
    """
    if any("|" in part for part in parts):
        raise ValueError("a part of a random number's text may not contain '|'")
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def number_in(bound: int, *parts: str) -> int:
    """Return an integer from 0 to `bound` - 1, every one exactly equally likely.

    Digests in the incomplete last block are passed over (a counter is appended),
    because taking them modulo `bound` would favor small numbers.
    """
    if not 0 < bound <= _SPACE:
        raise ValueError(f"bound must lie between 1 and 2^256, not {bound}")
    usable = _SPACE - _SPACE % bound
    attempt = 0
    while True:
        value = int(digest(*parts, str(attempt)), 16)
        if value < usable:
            return value % bound
        attempt += 1


def start_in_unit_interval(*parts: str) -> Fraction:
    """Return a fraction in (0, 1] on a grid of 2^-64, for systematic selection."""
    return Fraction(number_in(1 << 64, *parts) + 1, 1 << 64)


def in_random_order(ids: Sequence[str], *parts: str) -> list[str]:
    """Return the ids by increasing digest of (parts, id): the order rows came in is
    of no account.

    Raises:
        ValueError: when an id stands twice; equal ids cannot be told apart.
    """
    if len(set(ids)) != len(ids):
        raise ValueError("an id stands twice")
    return sorted(ids, key=lambda unit: (digest(*parts, unit), unit))
