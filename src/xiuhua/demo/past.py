"""How the county came to stand as it does: the year before, and what mended it.

The tables of today are taken back a year: those that left poverty in that year had not
left it and fell short of something. Sheets entered on days of the year mend that, so
that their sum is today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from xiuhua.core.synthetic.draws import Draws
from xiuhua.demo.rows import Home, Row


FIRST_DAY: Final = 380
_SEED: Final = 47
# Days before today: dwellings, water and insurance mended, and the exit decided.
_COHORTS: Final = ((300, 230, 100), (180, 150, 120), (110, 60, 120), (12, 6, 72))
_INCOME_DAYS: Final = 50
_EARLIER_INCOME: Final = (86, 97)  # hundredths of this year's
_CENT: Final = Decimal("0.01")
_NEW_YEAR_OF_INCOME: Final = (10, 1)
_MENDED: Final = (
    ("housing_grade", "C"),
    ("housing_grade", "D"),
    ("water_round_trip", Decimal("35.0")),
    ("water_quality", "not_attained"),
    ("resident_medical_insurance", False),
)


@dataclass
class Sheet:
    """What one list entered on a day says: facts by the number of their row."""

    day: date
    title: str
    households: dict[str, Row] = field(default_factory=dict)
    persons: dict[str, Row] = field(default_factory=dict)
    incomes: dict[str, Row] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """The county a year ago, and the sheets that lead from there to today.

    `windows` are the income windows of the year before and of this year.
    """

    first: date
    homes: dict[str, Home]
    sheets: list[Sheet]
    windows: tuple[tuple[date, date], tuple[date, date]]


def past_of(homes: Mapping[str, Home], *, on: date, spared: Sequence[str]) -> Past:
    """Return the past of the county as it stands on a day.

    `spared` are households with a story of their own. The year of exit of those that
    left poverty within the year is set in `homes` as well.
    """
    before = deepcopy(dict(homes))
    sheets = [
        sheet
        for n, cohort in enumerate(_COHORTS)
        for sheet in _cohort(homes, before, _chosen(homes, spared, n), cohort, on)
    ]
    last, this = income_windows(on)
    sheets.append(_incomes(homes, before, max(on - timedelta(_INCOME_DAYS), this[1])))
    sheets.sort(key=lambda sheet: sheet.day)
    return Past(on - timedelta(FIRST_DAY), before, sheets, (last, this))


def income_windows(on: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return the last two windows of income that have ended by a day.

    >>> income_windows(date(2026, 11, 22))[1]
    (datetime.date(2025, 10, 1), datetime.date(2026, 10, 1))
    """
    end = date(on.year, *_NEW_YEAR_OF_INCOME)
    if end > on:
        end = end.replace(year=on.year - 1)
    ends = [end.replace(year=end.year - n) for n in (2, 1, 0)]
    return (ends[0], ends[1]), (ends[1], ends[2])


def _chosen(
    homes: Mapping[str, Home], spared: Sequence[str], nth: int
) -> Iterator[Home]:
    """Yield the exited households of a cohort: every so many-th of the county."""
    kept = set(spared)
    for place, home in enumerate(homes.values()):
        exited = home.values["exit_status"] == "exited" and home.number not in kept
        if exited and home.persons and place % len(_COHORTS) == nth and _sound(home):
            yield home


def _sound(home: Home) -> bool:
    """Test whether dwelling, water and insurance are as they should be."""
    values = home.values
    return (
        values["housing_grade"] in ("A", "B")
        and values["water_quality"] in ("attained", "basically_attained")
        and values["water_round_trip"] is not None
        and values["water_round_trip"] <= 20
        and _head(home)["resident_medical_insurance"] is True
        and not _head(home)["employee_medical_insurance"]
    )


def _head(home: Home) -> Row:
    return next(iter(home.persons.values()))


def _cohort(
    homes: Mapping[str, Home],
    before: dict[str, Home],
    chosen: Iterator[Home],
    cohort: tuple[int, int, int],
    on: date,
) -> Iterator[Sheet]:
    """Take a cohort back and yield the sheets that mend it and let it exit."""
    mended_before, exited_before, count = cohort
    mended = Sheet(on - timedelta(mended_before), "住房饮水医保整改完成表（虚构）")
    exited = Sheet(on - timedelta(exited_before), "脱贫退出名单（虚构）")
    for nth, (home, _) in enumerate(zip(chosen, range(count), strict=False)):
        name, wanting = _MENDED[nth % len(_MENDED)]
        old = before[home.number]
        if name in home.values:
            mended.households[home.number] = {name: home.values[name]}
            old.values[name] = wanting
        else:
            person = next(iter(home.persons))
            mended.persons[person] = {name: home.persons[person][name]}
            old.persons[person][name] = wanting
        said: dict[str, Any] = {"exit_status": "exited", "exit_year": exited.day.year}
        home.values |= said
        exited.households[home.number] = said
        old.values |= {"exit_status": "not_exited", "exit_year": None}
    yield from (mended, exited)


def _incomes(homes: Mapping[str, Home], before: Mapping[str, Home], day: date) -> Sheet:
    """Return the sheet of this year's incomes; a year ago they were a little lower."""
    draws = Draws(_SEED, np.arange(len(homes), dtype=np.int64))
    shares = draws.between("earlier", *_EARLIER_INCOME).tolist()
    sheet = Sheet(day, "年度收入核算表（虚构）")
    for share, home in zip(shares, homes.values(), strict=True):
        sheet.incomes[home.number] = home.income
        earlier = before[home.number].income
        for name, amount in earlier.items():
            if amount is not None:
                earlier[name] = (amount * share / 100).quantize(_CENT)
    return sheet
