"""Choose families so that households, persons and pupils come to given totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import Families, families, forms
from xiuhua.demo.totals import Group


SCHOOL_AGE: Final = (6, 15)
_STYLE: Final = "northeast"
_POOL: Final = 4


@dataclass(frozen=True)
class Homes:
    """Families of a group in random order; `pupils` and `empty` as the plan asks."""

    people: Families
    pupils: NDArray[np.bool_]
    empty: Ints


def homes(group: Group, *, seed: int, extra_persons: int = 0) -> Homes:
    """Return the families of a group.

    Households without members have a family that is left out later; `extra_persons`
    are added to a household afterwards, so they are saved here.
    """
    count = group.households * _POOL
    draws = Draws(seed, np.arange(count, dtype=np.int64))
    pool = families(draws, forms(draws, _STYLE))
    has_pupils = _with_pupils(pool)
    inhabited = group.households - group.empty
    wanted = group.persons - extra_persons
    chosen = _chosen(pool.sizes, has_pupils, inhabited, group.with_pupils, wanted)
    alone = np.flatnonzero((pool.sizes == 1) & ~has_pupils)
    chosen += np.setdiff1d(alone, chosen)[: group.empty].tolist()
    mixed = np.array(chosen)[np.argsort(draws.words("mix")[: len(chosen)])]
    empty = np.flatnonzero(np.isin(mixed, chosen[inhabited:]))
    return Homes(taken(pool, mixed), has_pupils[mixed], empty)


def _with_pupils(pool: Families) -> NDArray[np.bool_]:
    low, high = SCHOOL_AGE
    found = np.zeros(len(pool.sizes), dtype=bool)
    found[pool.household[(pool.age >= low) & (pool.age <= high)]] = True
    return found


def _chosen(
    sizes: Ints, has_pupils: NDArray[np.bool_], count: int, pupils: int, persons: int
) -> list[int]:
    """Return positions of households whose sizes add up, so many of them with pupils.

    Begins with the first of the pool and exchanges one for another of the same sort
    that is a person larger or smaller until the sum is right.
    """
    sorts = (np.flatnonzero(has_pupils), np.flatnonzero(~has_pupils))
    chosen = [*sorts[0][:pupils].tolist(), *sorts[1][: count - pupils].tolist()]
    spare = [*sorts[0][pupils:].tolist(), *sorts[1][count - pupils :].tolist()]
    missing = persons - int(sizes[chosen].sum())
    step = 1 if missing > 0 else -1
    by_kind: dict[tuple[bool, int], list[int]] = {}
    for home in spare:
        by_kind.setdefault((bool(has_pupils[home]), int(sizes[home])), []).append(home)
    for place, home in enumerate(chosen):
        if not missing:
            break
        kind = (bool(has_pupils[home]), int(sizes[home]) + step)
        if by_kind.get(kind):
            chosen[place] = by_kind[kind].pop()
            missing -= step
    return chosen


def joined(first: Families, second: Families) -> Families:
    """Return the families of two groups, one after the other."""
    shifted = second.household + len(first.sizes)
    return Families(
        np.concatenate([first.sizes, second.sizes]),
        np.concatenate([first.household, shifted]),
        np.concatenate([first.slot, second.slot]),
        np.concatenate([first.place, second.place]),
        np.concatenate([first.age, second.age]),
        np.concatenate([first.sex, second.sex]),
        np.concatenate([first.relation, second.relation]),
    )


def taken(pool: Families, chosen: Ints) -> Families:
    """Return the families at these positions, numbered anew."""
    sizes = pool.sizes[chosen]
    starts = (np.cumsum(pool.sizes) - pool.sizes)[chosen]
    ends = np.cumsum(sizes)
    rows = np.arange(int(ends[-1])) + np.repeat(starts - (ends - sizes), sizes)
    return Families(
        sizes,
        np.repeat(np.arange(len(chosen), dtype=np.int64), sizes),
        pool.slot[rows],
        pool.place[rows],
        pool.age[rows],
        pool.sex[rows],
        pool.relation[rows],
    )
