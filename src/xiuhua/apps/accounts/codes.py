"""One-time codes: passwords for the first sign-in and after a reset.

Whoever is handed one must choose a password of their own at once; the code ends by
itself after `VALID_FOR`. It is shown to the administrator once and kept nowhere.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final


VALID_FOR: Final = timedelta(hours=72)
# Without characters that are taken for one another on paper: 0 O 1 I l.
_CAPITALS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SMALL: Final = "abcdefghijkmnpqrstuvwxyz"
_DIGITS: Final = "23456789"
_GROUPS, _GROUP = 4, 4


def new_code() -> str:
    """Return a fresh code of sixteen characters in four groups, about 90 bits.

    >>> code = new_code()
    >>> len(code), code.count("-")
    (19, 3)
    """
    every = _CAPITALS + _SMALL + _DIGITS
    kinds = (_CAPITALS, _SMALL, _DIGITS)
    drawn = [secrets.choice(every) for _ in range(_GROUPS * _GROUP)]
    # One place for each kind, so that the rule for passwords holds for every code.
    places = secrets.SystemRandom().sample(range(len(drawn)), len(kinds))
    for place, kind in zip(places, kinds, strict=True):
        drawn[place] = secrets.choice(kind)
    text = "".join(drawn)
    return "-".join(text[n : n + _GROUP] for n in range(0, len(text), _GROUP))
