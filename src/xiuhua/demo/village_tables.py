"""What the villages report: people, poor villages and facilities, to the totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.synthetic.columns import EMPTY, Columns, arrow_table
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.demo.places import Village, shared_out, townships
from xiuhua.demo.totals import (
    AGRICULTURAL_POPULATION,
    FACILITIES,
    VILLAGES_ABOVE_LINE,
    VILLAGES_UNKNOWN,
    VILLAGES_UNMET,
)


_SEED: Final = 83
# Remaining persons per thousand people of the villages that stay above the line.
_ABOVE_PER_1000: Final = 34
_PEOPLE: Final = (80, 120)
_PERSONS_PER_10_HOUSEHOLDS: Final = 27


def village_table(places: Sequence[Village], remaining: Ints) -> pa.Table:
    """Return the table of villages; `remaining` are their persons not yet exited."""
    count = len(places)
    draws = Draws(_SEED, np.arange(count, dtype=np.int64))
    above = np.argsort(-remaining, kind="stable")[:VILLAGES_ABOVE_LINE]
    people = _people(draws, remaining, above)
    names = townships()
    numbers = {
        "village_name": np.arange(count),
        "township_name": np.arange(count),
        "poor_village": np.array([int(village.poor) for village in places]),
        "registered_households": people * 10 // _PERSONS_PER_10_HOUSEHOLDS,
        "agricultural_population": people,
        **_facilities(draws, np.setdiff1d(np.arange(count), above), count),
        "collective_income": draws.between("collective", 2, 40) * 1_000_000,
    }
    words = {
        "village_name": [village.name for village in places],
        "township_name": [names[village.township] for village in places],
    }
    codes = np.frombuffer("".join(v.code for v in places).encode(), dtype=np.uint8)
    columns = Columns(numbers, dict(words), {"village_code": codes.reshape(-1, 12)})
    return arrow_table(columns, load_dictionary().level("village"))


def _people(draws: Draws, remaining: Ints, above: Ints) -> Ints:
    """Share out the county's people; some villages are too small for their poor."""
    people = np.zeros(len(remaining), dtype=np.int64)
    people[above] = remaining[above] * 1_000 // _ABOVE_PER_1000
    others = np.setdiff1d(np.arange(len(remaining)), above)
    weights = draws.between("people", *_PEOPLE)[others]
    people[others] = shared_out(AGRICULTURAL_POPULATION - int(people.sum()), weights)
    return people


def _facilities(draws: Draws, others: Ints, count: int) -> dict[str, Ints]:
    """Deal out what villages lack, and what they do not say.

    `others` are the villages below the line of poverty: with those above it, the ones
    that lack something make as many as the totals call unmet.
    """
    order = others[np.argsort(draws.words("facility")[others], kind="stable")]
    lacking = VILLAGES_UNMET - VILLAGES_ABOVE_LINE
    columns = {name: np.ones(count, dtype=np.int64) for name in FACILITIES}
    missing = [name for name, (unmet, _) in FACILITIES.items() for _ in range(unmet)]
    for nth, name in enumerate(missing):
        columns[name][order[nth % lacking]] = 0
    unsaid = [name for name, (_, silent) in FACILITIES.items() for _ in range(silent)]
    # The last question stays open in a village that lacks something else anyway.
    asked = [*order[lacking : lacking + VILLAGES_UNKNOWN], order[lacking - 1]]
    for name, village in zip(unsaid, asked, strict=True):
        columns[name][village] = EMPTY
    return columns
