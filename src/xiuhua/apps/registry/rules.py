"""Decide about status, windows of income and names. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.periods import Period


class StepRefused(XiuhuaError):
    """A status does not follow from the one before it."""

    code = "registry.step_refused"


class DayWrong(XiuhuaError):
    """An act would hold from a day it cannot hold from."""

    code = "registry.day_wrong"


Steps = Mapping[str, frozenset[str]]
UNKNOWN_STATUS: Final = ""


def _steps(**onward: str) -> Steps:
    return MappingProxyType(
        {old: frozenset(new.split()) for old, new in onward.items()}
    )


# What may follow what, by axis (DESIGN 5). A procedure decides; this says what it can
# decide. Corrections of the record and imports from the national system are no steps.
STEPS: Final[Mapping[str, Steps]] = MappingProxyType(
    {
        "registration": _steps(
            none="registered ended",
            registered="removed ended",
            removed="registered ended",
            ended="",
        ),
        "poverty": MappingProxyType(
            {
                UNKNOWN_STATUS: frozenset(
                    {"not_exited", "pre_exit", "exited", "relapsed"}
                ),
                **_steps(
                    not_exited="pre_exit exited",
                    pre_exit="exited not_exited",
                    exited="relapsed",
                    relapsed="pre_exit exited",
                ),
            }
        ),
        "monitoring": _steps(
            none="lead included",
            lead="none included",
            included="withheld cleared",
            withheld="cleared",
            cleared="lead included_again",
            included_again="withheld cleared",
        ),
    }
)


def check_step(axis: str, old: str | None, new: str) -> None:
    """Refuse a status that does not follow from the one before it.

    Raises:
        StepRefused: when the axis has no such step; staying is none either.
    """
    if new not in STEPS[axis].get(old or UNKNOWN_STATUS, frozenset()):
        raise StepRefused(
            "{axis}: {new} does not follow from {old}",
            axis=axis,
            new=new,
            old=old or "unknown",
        )


def check_day(valid_from: date, *, on: date) -> None:
    """Refuse an act that would hold only from a day to come.

    The row of a household is what is believed today; what is to come belongs to plans.

    Raises:
        DayWrong: when the day lies after the day of recording.
    """
    if valid_from > on:
        raise DayWrong("{day} is still to come", day=str(valid_from))


PAST_FIELDS: Final = ("birth_date", "exit_year")


def check_past(values: Mapping[str, Any], *, on: date) -> None:
    """Refuse a birth or an exit that is still to come.

    >>> check_past({"birth_date": date(2000, 2, 29), "exit_year": 2019},
    ...     on=date(2019, 11, 22))

    Raises:
        DayWrong: when one lies after the day.
    """
    for name in PAST_FIELDS:
        value = values.get(name)
        if isinstance(value, date):
            check_day(value, on=on)
        elif value is not None and value > on.year:
            raise DayWrong("{day} is still to come", day=str(value))


def check_window(window_from: date, window_to: date) -> None:
    """Refuse a window of income that has no day.

    Raises:
        DayWrong: when it ends on its first day or before it.
    """
    if window_to <= window_from:
        raise DayWrong("{day}: the window ends before it starts", day=str(window_to))


def income_window(year: int) -> Period:
    """Return the window of a year's income: 1 October before it to 30 September.

    The practice of the yearly dynamic adjustment; the end is exclusive.

    >>> income_window(2019)
    Period(start=datetime.date(2018, 10, 1), end=datetime.date(2019, 10, 1))
    """
    return Period(date(year - 1, 10, 1), date(year, 10, 1))


def window_before(month: date) -> Period:
    """Return the window of a monitored household: twelve months before a month.

    As Jiangxi reads the national mechanism of 2021: identified in June 2021, counted
    from June 2020 to May 2021; the end is exclusive.

    >>> window_before(date(2021, 6, 15))
    Period(start=datetime.date(2020, 6, 1), end=datetime.date(2021, 6, 1))
    """
    end = month.replace(day=1)
    return Period(end.replace(year=end.year - 1), end)
