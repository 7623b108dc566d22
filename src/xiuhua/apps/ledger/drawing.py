"""Draw a sample that anybody can draw again from the list and the seed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from decimal import Decimal


def drawn(numbers: Iterable[str], *, seed: str, share: Decimal) -> list[str]:
    """Return the share of some numbers that a seed draws, at least one of any.

    Those whose digest with the seed is smallest: whoever has the list and the seed
    draws the same again, whatever the machine.

    >>> drawn(["a", "b", "c", "d"], seed="1", share=Decimal("0.5"))
    ['b', 'd']
    """
    every = sorted(set(numbers))
    count = math.ceil(len(every) * share)

    def rank(number: str) -> str:
        return hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest()

    return sorted(sorted(every, key=rank)[:count])
