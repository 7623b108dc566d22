"""On what a sample rests: a published draw with weights, or nothing but villages.

Without a design file the sample is treated as what it is: villages as clusters, every
household weighing one. With one, households drawn in villages that were certain are
strata of their own; elsewhere the village is the sampling unit, drawn as with
replacement, which errs on the safe side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.sampling_design import Design, LonelyRule, declare
from xiuhua.core.survey.weighting import Outcome, nonresponse_weights
from xiuhua.core.truth import UNKNOWN, Unknown
from xiuhua.core.verification.drawn import Drawn, DrawnSample
from xiuhua.core.verification.findings import Checked, Kind


class SampleTooSmall(XiuhuaError):
    """The sample lies in fewer than two villages, so that no precision is known."""

    code = "verification.sample_too_small"


ORDINARY: Final = "ordinary"
# The dictionary's risk groups by the names the draw has for them.
RISK_GROUPS: Final = {
    "minimum_living": "minimum_living",
    "disabled": "disability",
    "ill": "illness",
    "dangerous_house": "dilapidated_housing",
    "no_labor": "no_labor",
    "destitute": "destitute",
}
_PLACED: Final = ("duplicate", "outside_region", "village_unknown", "not_drawn")


@dataclass(frozen=True)
class NotCovered:
    """A group about which the sample says nothing, with the reason and how many."""

    group: str
    reason: str
    households: int | Unknown = UNKNOWN
    villages: int = 0


@dataclass(frozen=True)
class Basis:
    """A declared design with the household checked that stands behind each row.

    `units` has None where a household drawn was not reached. `answered` and `drawn`
    count households, None without a design file.
    """

    design: Design
    units: tuple[Checked | None, ...]
    not_covered: tuple[NotCovered, ...]
    sample: DrawnSample | None = None
    drawn: int | None = None
    answered: int | None = None

    @property
    def weighted(self) -> bool:
        """Whether weights of a draw are used."""
        return self.sample is not None


def plain_basis(rows: Sequence[Checked], villages: Iterable[str]) -> Basis:
    """Return the basis of a sample without a design file.

    `villages` are all villages of the region.

    Raises:
        SampleTooSmall: when fewer than two villages of the region were visited.
    """
    units = tuple(row for row in rows if row.left_out not in _PLACED)
    _check_size(units)
    places = np.array([unit.village for unit in units], dtype=str)
    design = declare(len(units), ids=[places])
    gaps = [*_groups_not_met(units), *_villages_not_met(units, villages)]
    return Basis(design, units, tuple(gaps))


def _check_size(units: Sequence[Checked]) -> None:
    found = len({unit.village for unit in units})
    if found < 2:
        raise SampleTooSmall(
            "households were checked in {found} villages of the region; rates with "
            "their precision need two at least",
            hint="check the region asked for, and the column 行政村代码",
            found=found,
        )


def _groups_not_met(units: Sequence[Checked]) -> Iterable[NotCovered]:
    """Name the groups of which no household stands in the sample.

    A household without a risk group is ordinary only where the sheet fills groups in
    at all; where it fills none, nothing is known about groups.
    """
    unregistered = [unit for unit in units if unit.kind is Kind.UNREGISTERED]
    if not any(unit.kind is Kind.EXITED for unit in units):
        yield NotCovered("exited", "none_checked")
    if not unregistered:
        yield NotCovered("unregistered", "none_checked")
        return
    met = {group for unit in unregistered for group in unit.groups}
    if not met:
        yield NotCovered("risk_groups", "groups_not_recorded")
        return
    for code, name in RISK_GROUPS.items():
        if code not in met:
            yield NotCovered(name, "none_checked")
    if ORDINARY not in met and all(unit.groups for unit in unregistered):
        yield NotCovered(ORDINARY, "none_checked")


def _villages_not_met(
    units: Sequence[Checked], villages: Iterable[str]
) -> Iterable[NotCovered]:
    left = set(villages) - {unit.village for unit in units}
    if left:
        yield NotCovered("villages", "villages_not_visited", villages=len(left))


def drawn_basis(
    rows: Sequence[Checked], sample: DrawnSample
) -> tuple[Basis, tuple[Checked, ...]]:
    """Return the basis of a sample drawn in the open, and the rows with their standing.

    Households that were not drawn count nowhere. What households stand for that were
    not reached is carried by those that were, within the same take and kind of
    village; a group in which nobody was reached is not covered.

    Raises:
        SampleTooSmall: when households drawn were checked in fewer than two villages.
    """
    by_id = {drawn.household_id: drawn for drawn in sample.rows}
    standing = tuple(_standing(row, by_id) for row in rows)
    reached = {row.household_id: row for row in standing if row.left_out not in _PLACED}
    drawn_units = [row for row in reached.values() if row.household_id in by_id]
    _check_size(drawn_units)
    kept = [d for d in sample.rows if d.is_first or d.household_id in reached]
    outcomes = [_outcome(d, reached) for d in kept]
    cells = np.array([f"{d.stratum}|{d.take}" for d in kept], dtype=str)
    design, silent = _declared(sample, kept, outcomes, cells)
    first = Counter(o for d, o in zip(kept, outcomes, strict=True) if d.is_first)
    basis = Basis(
        design=design,
        units=tuple(reached.get(d.household_id) for d in kept),
        not_covered=tuple([*_gaps(sample), *silent]),
        sample=sample,
        drawn=sum(first.values()),
        answered=first[Outcome.RESPONDED],
    )
    return basis, standing


def _standing(row: Checked, by_id: dict[str, Drawn]) -> Checked:
    if row.household_id in by_id or row.left_out in _PLACED:
        return row
    return replace(row, left_out="not_drawn")


def _outcome(drawn: Drawn, reached: dict[str, Checked]) -> Outcome:
    if not drawn.is_first:
        return Outcome.REPLACEMENT
    answered = drawn.household_id in reached
    return Outcome.RESPONDED if answered else Outcome.NONRESPONSE


def _declared(
    sample: DrawnSample,
    kept: Sequence[Drawn],
    outcomes: Sequence[Outcome],
    cells: np.ndarray[tuple[int], np.dtype[np.str_]],
) -> tuple[Design, list[NotCovered]]:
    weights = np.array([float(d.weight) for d in kept])
    replied = np.array([o is not Outcome.NONRESPONSE for o in outcomes], dtype=bool)
    silent = sorted(set(cells) - set(cells[replied]))
    weights[np.isin(cells, silent)] = 0.0
    adjusted = nonresponse_weights(weights, outcomes, cells)
    spread = spread_takes(sample.rows)
    design = declare(
        len(kept),
        ids=[np.array([_unit(d) for d in kept], dtype=str)],
        strata=[np.array([_stratum(d, spread) for d in kept], dtype=str)],
        weights=adjusted,
        fpc=[np.array([_fraction(d) for d in kept])],
        lonely=LonelyRule.ADJUST,
    )
    lost: dict[str, float] = {}
    for drawn, cell in zip(kept, cells, strict=True):
        if cell in silent and drawn.is_first:
            lost[drawn.take] = lost.get(drawn.take, 0.0) + float(drawn.weight)
    gaps = [NotCovered(take, "nobody_reached", round(n)) for take, n in lost.items()]
    return design, gaps


def spread_takes(rows: Sequence[Drawn]) -> frozenset[str]:
    """Return the takes drawn from all villages as one list, not village by village."""
    takes = {row.take for row in rows}
    spread = set()
    for take in takes:
        mine = [row for row in rows if row.take == take and row.is_first]
        sizes = {(row.cell_households, row.cell_drawn) for row in mine}
        certain = all(row.village_probability == 1 for row in mine)
        if certain and len(sizes) == 1 and sizes.pop()[1] == len(mine):
            spread.add(take)
    return frozenset(spread)


def _unit(drawn: Drawn) -> str:
    certain = drawn.village_probability == 1
    return f"household {drawn.household_id}" if certain else f"village {drawn.village}"


def _stratum(drawn: Drawn, spread: frozenset[str]) -> str:
    if drawn.village_probability != 1:
        return f"villages {drawn.stratum}"
    return drawn.take if drawn.take in spread else f"{drawn.take} {drawn.village}"


def _fraction(drawn: Drawn) -> float:
    """The share drawn; zero stands for drawing with replacement."""
    if drawn.village_probability != 1:
        return 0.0
    return drawn.cell_drawn / drawn.cell_households


def _gaps(sample: DrawnSample) -> Iterable[NotCovered]:
    for gap in sample.not_covered:
        count = gap["households"]
        yield NotCovered(
            gap["group"], gap["reason"], UNKNOWN if count is None else count
        )
