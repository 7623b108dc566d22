"""What a household adds to the tallies, and what an adoption may not change.

A tally counts households and persons of a region in cells: pack, measure (an indicator,
`overall`, or `standing` for the three axes of status), status and verdict. Every region
of `TALLIED` around a village has the cells of its households. No database, no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.truth import Verdict


TALLIED: Final = ("county", "township", "village")
STANDING: Final = "standing"
OVERALL: Final = "overall"
# The axis word under which a household is judged: those on the register.
REGISTERED: Final = "registered"
VERDICT_BY_MARK: Final = {str(v.value): v for v in Verdict}
MARK_BY_WORD: Final = {v.word: str(v.value) for v in Verdict}


class AdoptionRefused(XiuhuaError):
    """A standard cannot be adopted as asked."""

    code = "assessments.adoption_refused"


class StandardLocked(XiuhuaError):
    """A region above has locked the standard: it is neither raised nor lowered."""

    code = "assessments.standard_locked"


class StandardChanged(XiuhuaError):
    """A pack is no longer what was adopted."""

    code = "assessments.standard_changed"


@dataclass(frozen=True, order=True)
class Cell:
    """One number of a region's tally: what is counted there."""

    region: str
    pack: str
    measure: str
    status: str
    verdict: str


@dataclass(frozen=True)
class Counted:
    """A household as the tallies count it under one pack, or its standing.

    `verdicts` is one mark per measure, in the order of `measures`; a standing has the
    one measure `standing` and no mark.
    """

    village: str
    pack: str
    status: str
    persons: int
    measures: tuple[str, ...]
    verdicts: str


def regions_of(village: str) -> list[str]:
    """Return the codes of the regions whose tallies a village counts in.

    >>> regions_of("239906100201")
    ['239906', '239906100', '239906100201']
    """
    return [village[: LENGTH_BY_LEVEL[level]] for level in TALLIED]


def cells_of(counted: Counted) -> Iterator[Cell]:
    """Yield the cells a household stands in."""
    marks = counted.verdicts or " "
    for region in regions_of(counted.village):
        for measure, mark in zip(counted.measures, marks, strict=True):
            yield Cell(region, counted.pack, measure, counted.status, mark.strip())


def differences(
    old: Iterable[Counted], new: Iterable[Counted]
) -> dict[Cell, tuple[int, int]]:
    """Return what changes in households and persons per cell, cells in order.

    Cells in which nothing changes are left out.
    """
    households: Counter[Cell] = Counter()
    persons: Counter[Cell] = Counter()
    for sign, many in ((-1, old), (1, new)):
        for counted in many:
            for cell in cells_of(counted):
                households[cell] += sign
                persons[cell] += sign * counted.persons
    return {
        cell: (households[cell], persons[cell])
        for cell in sorted(households)
        if households[cell] or persons[cell]
    }


def standing_status(registration: str, poverty: str, monitoring: str) -> str:
    """Return the three axes as one word of a tally.

    >>> standing_status("registered", "exited", "none")
    'registered/exited/none'
    """
    return "/".join((registration, poverty, monitoring))


def judged_day(as_of: date, last: date | None) -> date:
    """Return the day judged for: as asked, at most the last day a pack is in force.

    `last` is the first day on which the pack is no longer in force.
    """
    if last is not None and as_of >= last:
        return last - timedelta(days=1)
    return as_of


def refused_overrides(
    locked: Mapping[str, Any], wanted: Mapping[str, Any], open_names: Iterable[str]
) -> list[str]:
    """Return the parameters an adoption below a locked one may not set.

    It may repeat what is set above and fill what the locked standard leaves open.

    >>> refused_overrides({"a": 1}, {"a": 1, "b": 2, "c": 3}, ["c"])
    ['b']
    """
    free = set(open_names)
    return sorted(
        name
        for name, value in wanted.items()
        if name not in free and locked.get(name) != value
    )


def since_of(
    before: Mapping[str, tuple[str, date]], indicator: str, mark: str, day: date
) -> date:
    """Return since when a household falls short: kept while the verdict stays.

    >>> since_of({"income": ("0", date(2019, 1, 1))}, "income", "0", date(2020, 1, 1))
    datetime.date(2019, 1, 1)
    """
    known, since = before.get(indicator, ("", day))
    return since if known == mark else day


def ends_run(region: str, run_region: str, adopted_in: str) -> bool:
    """Return whether a region's office ends a run that another post asked for.

    It is of the run's own region, or of one between the county and the region that
    adopted the standard (`adopted_in`, empty where none did).

    >>> ends_run("2399", "239906", adopted_in="239906")
    False
    >>> ends_run("2399", "239906", adopted_in="23")
    True
    """
    if not run_region.startswith(region):
        return False
    highest = min(len(adopted_in or run_region), LENGTH_BY_LEVEL["county"])
    return region == run_region or len(region) >= highest
