"""Random numbers that depend on nothing but a seed, a name and a position.

The n-th number of a stream is a hash of n (SplitMix64; Steele, Lea and Flood 2014,
figure 13), so a value is the same on every machine, with every version of NumPy and
wherever a batch happens to begin. Only whole numbers: no rounding to differ about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray


Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_TABLE_BITS: Final = 16


@dataclass(frozen=True)
class Choice:
    """A distribution over 0, 1, 2 ... as a table of 2**16 equally likely answers."""

    table: Ints

    @classmethod
    def of(cls, shares: Sequence[int]) -> Choice:
        """Return the distribution with these relative shares."""
        total = sum(shares)
        ends = [
            (sum(shares[: i + 1]) << _TABLE_BITS) // total for i in range(len(shares))
        ]
        counts = np.diff([0, *ends])
        return cls(np.repeat(np.arange(len(shares), dtype=np.int64), counts))


class Draws:
    """Streams of random numbers for one set of positions."""

    def __init__(self, seed: int, positions: Ints):
        self._seed = seed
        self._steps: Words = positions.astype(np.uint64) * _STEP

    def words(self, name: str) -> Words:
        """Return 64 random bits for every position, from the stream of this name."""
        word = self._steps + _key(self._seed, name)
        word ^= word >> np.uint64(30)
        word *= _FIRST
        word ^= word >> np.uint64(27)
        word *= _SECOND
        word ^= word >> np.uint64(31)
        return word

    def below(self, name: str, limit: int | Ints) -> Ints:
        """Return whole numbers from 0 to the limit, exclusive (at most 2**32)."""
        return scaled(self.words(name), limit)

    def between(self, name: str, low: int | Ints, high: int | Ints) -> Ints:
        """Return whole numbers from low to high, both inclusive."""
        return low + self.below(name, high - low + 1)

    def choice(self, name: str, choice: Choice) -> Ints:
        """Return one answer of the distribution for every position."""
        return choice.table[self.bits(name)]

    def bits(self, name: str) -> Ints:
        """Return 16 random bits, to look up in a table."""
        return (self.words(name) >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)

    def happens(self, name: str, per_100k: int | Ints) -> NDArray[np.bool_]:
        """Test for every position whether an event of this chance happens."""
        return self.below(name, 100_000) < per_100k


def scaled(words: Words, limit: int | Ints) -> Ints:
    """Return whole numbers from 0 to the limit, exclusive, from random words."""
    factor = np.asarray(limit).astype(np.uint64)
    return (((words >> np.uint64(32)) * factor) >> np.uint64(32)).astype(np.int64)


def _key(seed: int, name: str) -> np.uint64:
    digest = blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "big"))
