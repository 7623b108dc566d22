"""Tables of what is usual at an age, ready to be looked up for many people at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from xiuhua.core.synthetic.draws import Choice, Draws, Ints


OLDEST: Final = 110


class ByAge:
    """A distribution of answers for every age.

    `shares` gives, from an age upward, the relative shares of the answers; an answer
    not named at an age has no share there.
    """

    def __init__(self, shares: Mapping[int, Mapping[str, int]]):
        self.answers: tuple[str, ...] = tuple(
            dict.fromkeys(answer for band in shares.values() for answer in band)
        )
        self._table = np.concatenate(
            [self._row(shares, age) for age in range(OLDEST + 1)]
        )

    def drawn(self, draws: Draws, name: str, ages: Ints) -> Ints:
        """Return one answer per person, as a position in `answers`."""
        width = len(self._table) // (OLDEST + 1)
        return self._table[np.minimum(ages, OLDEST) * width + draws.bits(name)].astype(
            np.int64
        )

    def position(self, answer: str) -> int:
        """Return the position of an answer."""
        return self.answers.index(answer)

    def _row(self, shares: Mapping[int, Mapping[str, int]], age: int) -> Ints:
        band = shares[max(start for start in shares if start <= age)]
        table = Choice.of([band.get(answer, 0) for answer in self.answers]).table
        return table.astype(np.uint8)


def positions(answers: Sequence[str], words: Sequence[str], empty: int) -> Ints:
    """Return for every answer its position in a list of words, `empty` for ''.

    >>> positions(("primary", ""), ("illiterate", "primary"), -1).tolist()
    [1, -1]
    """
    return np.array([words.index(a) if a else empty for a in answers], dtype=np.int64)
