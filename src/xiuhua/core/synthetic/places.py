"""Invented counties, townships and villages, and how many households each has.

Codes are those nobody was given: a province or a prefecture that GB/T 2260 leaves
free. A county is made as a whole, so memory does not grow with the population.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import level_of
from xiuhua.core.synthetic.draws import Draws, Ints


DEFAULT_REGION: Final = "99"
COUNTY_HOUSEHOLDS: Final = 24_000
MAX_COUNTY_HOUSEHOLDS: Final = 120_000
_TOWNSHIP_HOUSEHOLDS: Final = 1_500
_VILLAGE_HOUSEHOLDS: Final = 50
_MAX_VILLAGES: Final = 200
_FIRST_TOWNSHIP: Final = 100  # 100-199 towns, 200-399 townships
_FIRST_VILLAGE: Final = 200  # 200-399 villagers' committees
_PREFECTURES: Final = range(1, 100)
_COUNTIES: Final = range(21, 41)
_GIVEN_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
    "50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_FREE_PREFECTURES: Final = range(91, 100)
_SHARES: Final = (40, 220)


class RegionMayExist(XiuhuaError):
    """The region code is, or may be, one that was given to a real place."""

    code = "synthetic.region_may_exist"


class HouseholdsOutOfRange(XiuhuaError):
    """The region cannot hold so many households, or none were asked for."""

    code = "synthetic.households_out_of_range"


@dataclass(frozen=True)
class County:
    """One county to be made: its place among all, and its first household."""

    ordinal: int
    code: str
    first_household: int
    households: int


@dataclass(frozen=True)
class Villages:
    """The villages of one county, in order of their codes.

    `townships` counts from 0 within the county.
    """

    codes: Ints
    townships: Ints
    households: Ints


def counties(region: str, households: int) -> Iterator[County]:
    """Yield the counties of a region that together have so many households.

    >>> [(c.code, c.households) for c in counties("99", 50_000)]
    [('990121', 16666), ('990122', 16667), ('990123', 16667)]

    Raises:
        RegionMayExist: when the code may belong to a real place.
        HouseholdsOutOfRange: when there are none or too many.
    """
    check_region(region)
    most = _capacity(region)
    if not 1 <= households <= most:
        raise HouseholdsOutOfRange(
            "region {region} holds 1 to {most} households, not {households}",
            region=region,
            most=most,
            households=households,
        )
    number = 1 if len(region) == 6 else -(-households // COUNTY_HOUSEHOLDS)
    return _spread(region, households, number)


def check_region(region: str) -> None:
    """Refuse a code that may belong to a real place, or is no code of 2, 4 or 6 digits.

    Raises:
        RegionMayExist: when it is such a code.
    """
    known_form = level_of(region) in ("province", "prefecture", "county")
    free = known_form and (
        region[:2] not in _GIVEN_PROVINCES
        or (len(region) > 2 and int(region[2:4]) in _FREE_PREFECTURES)
    )
    if not free:
        raise RegionMayExist(
            "{region} is no code that surely belongs to nobody",
            region=region,
            hint="2, 4 or 6 digits that begin with 99, or a real province "
            "followed by 91 to 99, such as 5299",
        )


def villages(county: County, seed: int) -> Villages:
    """Return the villages of a county with the number of their households."""
    towns = max(1, round(county.households / _TOWNSHIP_HOUSEHOLDS))
    places = Draws(seed, _positions(county, towns))
    sizes = _shared_out(county.households, places.between("township", *_SHARES))
    parts = [
        _township(county, town, int(size), seed) for town, size in enumerate(sizes)
    ]
    return Villages(
        np.concatenate([p.codes for p in parts]),
        np.concatenate([p.townships for p in parts]),
        np.concatenate([p.households for p in parts]),
    )


def _township(county: County, town: int, households: int, seed: int) -> Villages:
    count = min(_MAX_VILLAGES, max(1, round(households / _VILLAGE_HOUSEHOLDS)))
    draws = Draws(seed, _positions(county, count) + 1_000 * (town + 1))
    base = (int(county.code) * 1000 + _FIRST_TOWNSHIP + town) * 1000 + _FIRST_VILLAGE
    return Villages(
        base + np.arange(count, dtype=np.int64),
        np.full(count, town, dtype=np.int64),
        _shared_out(households, draws.between("village", *_SHARES)),
    )


def _positions(county: County, count: int) -> Ints:
    return county.ordinal * 1_000_000 + np.arange(count, dtype=np.int64)


def _shared_out(total: int, weights: Ints) -> Ints:
    """Return whole parts of a total in proportion to weights."""
    ends = np.cumsum(weights) * total // int(weights.sum())
    return np.diff(ends, prepend=0)


def _capacity(region: str) -> int:
    if len(region) == 6:
        return MAX_COUNTY_HOUSEHOLDS
    prefectures = 1 if len(region) == 4 else len(_PREFECTURES)
    return prefectures * len(_COUNTIES) * COUNTY_HOUSEHOLDS


def _spread(region: str, households: int, number: int) -> Iterator[County]:
    for ordinal in range(number):
        first = households * ordinal // number
        last = households * (ordinal + 1) // number
        yield County(ordinal, _county_code(region, ordinal), first, last - first)


def _county_code(region: str, ordinal: int) -> str:
    if len(region) == 6:
        return region
    if len(region) == 4:
        return f"{region}{_COUNTIES[ordinal]:02d}"
    prefecture, place = divmod(ordinal, len(_COUNTIES))
    return f"{region}{_PREFECTURES[prefecture]:02d}{_COUNTIES[place]:02d}"
