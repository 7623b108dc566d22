"""Draw villages and households by a plan, and keep how likely each one was.

The probability of a household is the probability of its village times the share taken
in its cell: the households of a take in a village, or in all villages where all are
taken. Both are fixed by frame and plan before the seed, so they do not depend on
which other villages come up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from xiuhua.core.survey.frames import Frame, Gap, GapReason
from xiuhua.core.survey.household_stage import (
    DrawnHousehold,
    cell_numbers,
    cells_of,
    effective_takes,
    held_in,
    is_spread,
    take_households,
)
from xiuhua.core.survey.plans import Plan
from xiuhua.core.survey.village_stage import drawn_codes, stratum_of, village_chances
from xiuhua.core.truth import UNKNOWN


@dataclass(frozen=True, slots=True)
class DrawnVillage:
    """A village that was drawn, with the numbers an estimator needs of stage one."""

    code: str
    name: str
    stratum: str
    size: int
    probability: Fraction
    stratum_villages: int
    stratum_drawn: int


@dataclass(frozen=True)
class Sample:
    """A draw: villages, households, who had no chance, and what fell short."""

    villages: tuple[DrawnVillage, ...]
    households: tuple[DrawnHousehold, ...]
    gaps: tuple[Gap, ...]
    shortfalls: Mapping[str, tuple[int, int]]


def draw(frame: Frame, plan: Plan, *, seed: str) -> Sample:
    """Return the sample that a seed gives on this frame by this plan.

    `seed` is the text made by `manifest.sampling_seed` from what was published and
    what was thrown.

    A stratum or a group that holds less than wanted is taken whole and stands among
    the shortfalls as (wanted, held).
    """
    wanted, shortfalls = effective_takes(frame, plan)
    chances = village_chances(frame, plan)
    for stratum, number in plan.villages.number.items():
        held = sum(c.stratum == stratum for c in chances)
        if held < number:
            shortfalls[f"villages.{stratum}"] = (number, held)
    chosen = set(drawn_codes(chances, plan, seed))
    drawn_villages = tuple(
        DrawnVillage(
            c.village.code,
            c.village.name,
            c.stratum,
            c.size,
            c.probability,
            c.stratum_villages,
            c.stratum_drawn,
        )
        for c in chances
        if c.village.code in chosen
    )
    households = [
        household
        for take in wanted
        for household in take_households(frame, take, chances, chosen, seed)
    ]
    return Sample(drawn_villages, tuple(households), gaps(frame, plan), shortfalls)


def expected_sizes(frame: Frame, plan: Plan) -> dict[str, Fraction]:
    """Return how many households each take gives on average over all seeds."""
    chances = village_chances(frame, plan)
    result = {}
    for take in effective_takes(frame, plan)[0]:
        cells = cells_of(frame, take)
        if is_spread(take, chances):
            result[take.name] = Fraction(held_in(cells, take, chances))
            continue
        numbers = cell_numbers(take, cells, chances)
        result[take.name] = sum(
            (c.probability * numbers.get(c.village.code, 0) for c in chances),
            Fraction(0),
        )
    return result


def gaps(frame: Frame, plan: Plan) -> tuple[Gap, ...]:
    """Return all who have no chance: by the lists, and by the plan.

    A cell of a drawable village whose allocation came out as zero is a gap too.
    """
    found = list(frame.gaps)
    counts = frame.counts()
    taken = {g.value for t in plan.takes for g in t.groups}
    found += [Gap(g, "not_in_design", n) for g, n in counts.items() if g not in taken]
    found += [
        Gap(g.value, "none_in_frame", UNKNOWN)
        for t in plan.takes
        for g in t.groups
        if g.value not in counts
    ]
    return (*found, *_gaps_by_village(frame, plan))


def _gaps_by_village(frame: Frame, plan: Plan) -> Iterator[Gap]:
    chances = village_chances(frame, plan)
    untold = {v.code for v in frame.villages if stratum_of(v, plan) is None}
    for take in effective_takes(frame, plan)[0]:
        cells = cells_of(frame, take)
        numbers = cell_numbers(take, cells, chances)
        for unknown in (True, False):
            left = sorted(
                code
                for code in cells
                if not numbers.get(code) and (code in untold) is unknown
            )
            if left:
                households = sum(len(cells[code]) for code in left)
                reason: GapReason = (
                    "village_stratum_unknown"
                    if unknown
                    else "village_stratum_not_taken"
                )
                yield Gap(take.name, reason, households, tuple(left))
