"""The tables of the county: every household and person as they stand on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.synthetic.columns import Columns, arrow_table, digit_table
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import Families
from xiuhua.core.synthetic.households import household_columns
from xiuhua.core.synthetic.persons import person_columns
from xiuhua.core.synthetic.places import County
from xiuhua.demo.families import homes, joined, taken
from xiuhua.demo.fitting import fit
from xiuhua.demo.places import COUNTY, HOUSEHOLDS, Village, villages
from xiuhua.demo.planting import plant
from xiuhua.demo.totals import EXITED, INDICATORS, REMAINING
from xiuhua.demo.verdicts import Plan, planned
from xiuhua.demo.village_tables import village_table


SEED: Final = 2_019
# Six more members make a family of six one of twelve (see `situations`).
LARGE_FAMILY_EXTRA: Final = 6
_LARGEST_FAMILY: Final = 16
_SERIALS: Final = digit_table(1_000, 5)


@dataclass(frozen=True)
class CountyTables:
    """The county as Arrow tables by the column contract of the core.

    `plan` is the verdict each household shall get by indicator, in the order of rows.
    """

    household: pa.Table
    person: pa.Table
    village: pa.Table
    plan: Plan
    places: tuple[Village, ...]


def county_tables(*, on: date, line_fen: int) -> CountyTables:
    """Return the tables of a day; incomes are fitted to a poverty line in fen."""
    groups = (EXITED, REMAINING)
    extras = (LARGE_FAMILY_EXTRA, 0)
    made = [
        homes(group, seed=SEED + n, extra_persons=extra)
        for n, (group, extra) in enumerate(zip(groups, extras, strict=True))
    ]
    plans = [planned(*pair) for pair in zip(groups, made, strict=True)]
    order = _mixed()
    plan = {n: np.concatenate([p[n] for p in plans])[order] for n in INDICATORS}
    exited = np.repeat([1, 0], [group.households for group in groups])[order]
    people = taken(joined(made[0].people, made[1].people), order)
    places = villages()
    household, person = _columns(places, people, exited, on)
    fit(household, person, people, plan, line_fen=line_fen)
    inhabited = ~np.isin(order, made[0].empty)
    plant(household, person, people, plan)
    sizes = people.sizes * inhabited
    kept = np.flatnonzero(inhabited[people.household])
    dictionary = load_dictionary()
    return CountyTables(
        arrow_table(household, dictionary.level("household")),
        arrow_table(person.taken(kept), dictionary.level("person")),
        village_table(places, _per_village(places, sizes * (1 - exited))),
        plan,
        places,
    )


def _mixed() -> Ints:
    """Return the order in which both groups are spread over the villages."""
    draws = Draws(SEED, np.arange(HOUSEHOLDS, dtype=np.int64))
    return np.asarray(np.argsort(draws.words("village"), kind="stable"))


def _columns(
    places: tuple[Village, ...], people: Families, exited: Ints, on: date
) -> tuple[Columns, Columns]:
    """Return both tables as chance has them, before anything is fitted."""
    county = County(0, COUNTY, 0, HOUSEHOLDS)
    ordinals = np.arange(HOUSEHOLDS, dtype=np.int64)
    by_household = Draws(SEED, ordinals)
    codes = np.frombuffer(
        "".join(v.code * v.households for v in places).encode(), dtype=np.uint8
    ).reshape(-1, 12)
    serials = np.concatenate([np.arange(v.households) + 1 for v in places])
    ids = np.hstack([codes, _SERIALS[serials]])
    person = person_columns(
        Draws(SEED, people.household * _LARGEST_FAMILY + people.slot),
        county,
        people,
        ids,
        ethnicity=np.zeros(HOUSEHOLDS, dtype=np.int64),
        minimum_living=by_household.happens("minimum living", 30_000).astype(np.int64),
        uninsured_per_100k=np.zeros(HOUSEHOLDS, dtype=np.int64),
        as_of=on,
    )
    household = household_columns(
        by_household,
        ordinals,
        household_digits=ids,
        village_digits=codes,
        sizes=people.sizes,
        exited=exited,
        head_name=person.numbers["name"][people.slot == 0],
        as_of=on,
    )
    return household, person


def _per_village(places: tuple[Village, ...], persons: Ints) -> Ints:
    ends = np.cumsum([village.households for village in places])
    return np.diff(np.cumsum(persons)[ends - 1], prepend=0)
