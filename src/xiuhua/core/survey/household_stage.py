"""Stage two: how many households of each take in a village, and which.

Numbers are fixed by frame and plan before the seed is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from xiuhua.core.survey import selection
from xiuhua.core.survey.designs import Stratum, allocate
from xiuhua.core.survey.frames import Frame, FrameHousehold
from xiuhua.core.survey.plans import Plan, Take
from xiuhua.core.survey.village_stage import UNTOLD, WHOLE, VillageChance
from xiuhua.core.truth import Unknown


Cells = Mapping[str, Sequence[FrameHousehold]]


@dataclass(frozen=True, slots=True)
class DrawnHousehold:
    """A household that was drawn, to visit or to stand in for another of its cell.

    `order` counts from 1 within the cell; replacements are used in this order.
    """

    id: str
    village: str
    stratum: str
    take: str
    group: str
    role: Literal["sample", "replacement"]
    order: int
    persons: int | Unknown
    village_probability: Fraction
    cell_households: int
    cell_drawn: int

    @property
    def probability(self) -> Fraction:
        """The chance this household had to be in the sample."""
        return self.village_probability * self.cell_drawn / self.cell_households

    @property
    def weight(self) -> Fraction:
        """How many households of the frame this one stands for."""
        return 1 / self.probability


def effective_takes(
    frame: Frame, plan: Plan
) -> tuple[list[Take], dict[str, tuple[int, int]]]:
    """Split takes with separate groups, and cut totals to what the frame holds."""
    counts = frame.counts()
    takes: list[Take] = []
    shortfalls = {}
    for take in plan.takes:
        held = sum(counts.get(g.value, 0) for g in take.groups)
        cut = take
        if take.rule == "total" and held < take.number:
            shortfalls[take.name] = (take.number, held)
            cut = replace(take, number=held)
        if cut.separate and cut.rule == "total" and cut.number:
            takes += _separated(cut, counts)
        elif held:
            takes.append(cut)
    return takes, shortfalls


def _separated(take: Take, counts: Mapping[str, int]) -> Iterator[Take]:
    strata = [Stratum(g.value, counts.get(g.value, 0)) for g in take.groups]
    shares = allocate(strata, take.number, minimum=take.minimum)
    for group in take.groups:
        if shares[group.value]:
            yield replace(
                take,
                name=f"{take.name}.{group.value}",
                groups=(group,),
                number=shares[group.value],
                separate=False,
            )


def cells_of(frame: Frame, take: Take) -> Cells:
    """Return the households of a take by village."""
    cells: dict[str, list[FrameHousehold]] = defaultdict(list)
    for household in frame.households:
        if household.group in take.groups:
            cells[household.village].append(household)
    return cells


def open_to(take: Take, chance: VillageChance) -> bool:
    """Test whether a take draws in the stratum of a village."""
    return chance.stratum in (*take.strata, WHOLE, UNTOLD)


def cell_numbers(
    take: Take, cells: Cells, chances: Sequence[VillageChance]
) -> dict[str, int]:
    """Return how many are taken in each village, whether it is drawn or not."""
    possible = {
        c.village.code: c.probability
        for c in chances
        if c.village.code in cells and open_to(take, c)
    }
    held = {code: len(cells[code]) for code in possible}
    if take.rule == "total":
        return _numbers_of_total(take, held, possible)
    if take.rule == "per_village":
        return {code: min(take.number, n) for code, n in held.items()}
    if take.rule == "share":
        cap = take.cap or max(held.values(), default=0)
        # The share is a decimal from a file: 0.2 of 5 must be 1, not 2.
        share = Fraction(str(take.share))
        return {code: min(ceil(share * n), cap) for code, n in held.items()}
    return held


def _numbers_of_total(
    take: Take, held: Mapping[str, int], possible: Mapping[str, Fraction]
) -> dict[str, int]:
    """Give each household of the take the same chance, up to rounding.

    At least one is taken in every village, so that no household is without a chance.
    """
    whole = sum(held.values())
    share = Fraction(min(take.number, whole), whole) if whole else Fraction(0)
    exact = {code: share * n / possible[code] for code, n in held.items()}
    return {
        code: min(max(1, floor(number + Fraction(1, 2))), held[code])
        for code, number in exact.items()
    }


def is_spread(take: Take, chances: Sequence[VillageChance]) -> bool:
    """Test whether a total is drawn over all villages at once.

    Where every village is taken, shares rounded per village would leave small cells
    without a chance; one systematic draw over all of them does not.
    """
    return take.rule == "total" and all(
        c.probability == 1 for c in chances if open_to(take, c)
    )


def held_in(cells: Cells, take: Take, chances: Sequence[VillageChance]) -> int:
    """Return how many a total gives where every village is taken."""
    held = sum(len(cells.get(c.village.code, [])) for c in chances if open_to(take, c))
    return min(take.number, held)


def take_households(
    frame: Frame,
    take: Take,
    chances: Sequence[VillageChance],
    chosen: set[str],
    seed: str,
) -> Iterator[DrawnHousehold]:
    """Yield what a take gives in the chosen villages, replacements after the sample."""
    cells = cells_of(frame, take)
    here = [c for c in chances if c.village.code in chosen and open_to(take, c)]
    if is_spread(take, chances):
        yield from _spread(take, cells, here, seed)
        return
    numbers = cell_numbers(take, cells, chances)
    for chance in here:
        cell = cells.get(chance.village.code, [])
        number = numbers.get(chance.village.code, 0)
        if number:
            order = selection.simple_random(
                [h.id for h in cell],
                number + take.replacements,
                seed=seed,
                label=_label(take, chance),
            )
            ids = order[:number], order[number:]
            yield from _drawn(take, chance, cell, ids, (len(cell), number))


def _spread(
    take: Take, cells: Cells, here: Sequence[VillageChance], seed: str
) -> Iterator[DrawnHousehold]:
    """Draw a total systematically from all villages, each in random order."""
    orders = {
        c.village.code: selection.simple_random(
            [h.id for h in cells[c.village.code]],
            len(cells[c.village.code]),
            seed=seed,
            label=_label(take, c),
        )
        for c in here
        if c.village.code in cells
    }
    whole = sum(map(len, orders.values()))
    number = min(take.number, whole)
    chosen = set(
        selection.spread_evenly(
            [unit for code in sorted(orders) for unit in orders[code]],
            number,
            seed=seed,
            label=f"households/{take.name}",
        )
    )
    for chance in here:
        order = orders.get(chance.village.code, [])
        sample = [unit for unit in order if unit in chosen]
        spare = [unit for unit in order if unit not in chosen] if sample else []
        ids = sample, spare[: take.replacements]
        cell = cells.get(chance.village.code, [])
        yield from _drawn(take, chance, cell, ids, (whole, number))


def _label(take: Take, chance: VillageChance) -> str:
    return f"households/{take.name}/{chance.village.code}"


def _drawn(
    take: Take,
    chance: VillageChance,
    cell: Sequence[FrameHousehold],
    ids: tuple[Sequence[str], Sequence[str]],
    share: tuple[int, int],
) -> Iterator[DrawnHousehold]:
    by_id = {h.id: h for h in cell}
    sample, spare = ids
    for at, unit in enumerate((*sample, *spare)):
        yield DrawnHousehold(
            unit,
            chance.village.code,
            chance.stratum,
            take.name,
            by_id[unit].group.value,
            "sample" if at < len(sample) else "replacement",
            at + 1,
            by_id[unit].persons,
            chance.probability,
            *share,
        )
