"""Make a population county by county, with memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.synthetic.columns import Columns, Digits, digit_table
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import (
    SHARES,
    Families,
    families,
    forms,
    mean_size,
    sizes,
)
from xiuhua.core.synthetic.faults import DEFAULT_RATE, Fault, check_rate, planted
from xiuhua.core.synthetic.households import (
    attributes,
    exit_statuses,
    household_columns,
    uninsured_per_100k,
)
from xiuhua.core.synthetic.persons import person_columns
from xiuhua.core.synthetic.places import (
    DEFAULT_REGION,
    County,
    Villages,
    counties,
    villages,
)
from xiuhua.core.synthetic.village_columns import (
    ethnicities,
    remaining_per_100k,
    village_columns,
)


STYLES: Final = tuple(SHARES)
AS_OF: Final = date(2019, 12, 31)
_LARGEST_FAMILY: Final = 16
_SERIALS: Final = 100_000
_FIRST_YEAR, _LAST_YEAR = 2013, 2099


class YearOutOfRange(XiuhuaError):
    """The date lies outside the years a population can be made for."""

    code = "synthetic.year_out_of_range"


@dataclass(frozen=True)
class Recipe:
    """Everything a population depends on: equal recipes make equal populations.

    `faults` is the rate of each kind of planted fault per household. Ages are full
    years on `as_of`.
    """

    households: int
    seed: int
    region: str = DEFAULT_REGION
    style: str = "west"
    faults: float = DEFAULT_RATE
    as_of: date = AS_OF

    def __post_init__(self) -> None:
        counties(self.region, self.households)
        check_rate(self.faults)
        if not _FIRST_YEAR <= self.as_of.year <= _LAST_YEAR:
            raise YearOutOfRange(
                "a population is made for {first} to {last}, not {year}",
                first=_FIRST_YEAR,
                last=_LAST_YEAR,
                year=self.as_of.year,
            )


@dataclass(frozen=True)
class CountyTables:
    """The three tables of one county and the faults planted in them."""

    county: County
    household: Columns
    person: Columns
    village: Columns
    faults: list[Fault]


def population(recipe: Recipe) -> Iterator[CountyTables]:
    """Yield the tables of one county after the other."""
    for county in counties(recipe.region, recipe.households):
        yield county_tables(recipe, county)


def person_count(recipe: Recipe) -> int:
    """Return how many persons a recipe makes, before faults are planted."""
    total = 0
    for county in counties(recipe.region, recipe.households):
        draws = Draws(recipe.seed, _ordinals(county))
        total += int(sizes(forms(draws, recipe.style)).sum())
    return total


def county_tables(recipe: Recipe, county: County) -> CountyTables:
    """Return the tables of one county."""
    places = villages(county, recipe.seed)
    codes = _code_digits(places)
    of_village = np.repeat(np.arange(len(codes)), places.households)
    by_village = Draws(recipe.seed, places.codes)
    by_household = Draws(recipe.seed, _ordinals(county))
    people = families(by_household, forms(by_household, recipe.style))
    exited = exit_statuses(by_household, remaining_per_100k(by_village)[of_village])
    ids = np.hstack([codes[of_village], _serials(places)])
    person = person_columns(
        _person_draws(recipe.seed, county, people),
        county,
        people,
        ids,
        ethnicity=ethnicities(by_village)[of_village],
        minimum_living=(attributes(by_household) > 0).astype(np.int64),
        uninsured_per_100k=uninsured_per_100k(exited),
        as_of=recipe.as_of,
    )
    household = household_columns(
        by_household,
        _ordinals(county),
        household_digits=ids,
        village_digits=codes[of_village],
        sizes=people.sizes,
        exited=exited,
        head_name=person.numbers["name"][people.slot == 0],
        as_of=recipe.as_of,
    )
    person, faults = planted(
        household, person, people.sizes, by_household, recipe.faults
    )
    village = village_columns(by_village, places, codes, mean_size(recipe.style))
    return CountyTables(county, household, person, village, faults)


def _ordinals(county: County) -> Ints:
    return county.first_household + np.arange(county.households, dtype=np.int64)


def _person_draws(seed: int, county: County, people: Families) -> Draws:
    home = county.first_household + people.household
    return Draws(seed, home * _LARGEST_FAMILY + people.slot)


def _code_digits(places: Villages) -> Digits:
    text = "".join(map(str, places.codes.tolist()))
    return np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, 12)


def _serials(places: Villages) -> Digits:
    """Number the households of every village from 1."""
    ends = np.cumsum(places.households)
    first = np.repeat(ends - places.households, places.households)
    return _SERIAL_DIGITS[np.arange(len(first)) - first + 1]


_SERIAL_DIGITS: Final = digit_table(_SERIALS, 5)
