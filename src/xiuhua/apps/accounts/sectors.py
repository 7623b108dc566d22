"""Which indicators of the shipped standards a sector bureau answers for.

A bureau sees the problems and shortfalls of its own indicators and no others (DESIGN
7). An indicator stands as `pack.indicator`; one may be shared by several sectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


_INCOME: Final = "household_exit.income"
INDICATORS_BY_SECTOR: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "education": frozenset({"household_exit.compulsory_education"}),
        "health": frozenset({"household_exit.basic_medical"}),
        "medical_insurance": frozenset({"household_exit.basic_medical"}),
        "housing": frozenset({"household_exit.safe_housing"}),
        "water": frozenset({"household_exit.safe_water"}),
        "civil_affairs": frozenset(
            {_INCOME, "household_exit.food", "household_exit.clothing"}
        ),
        "labour": frozenset({_INCOME}),
        "agriculture": frozenset({_INCOME}),
        # No indicator is theirs alone: they see what is given to them.
        "disabled_persons": frozenset(),
    }
)


_IN_FULL: Final[Mapping[str, str]] = MappingProxyType(
    {
        full.partition(".")[2]: full
        for indicators in INDICATORS_BY_SECTOR.values()
        for full in indicators
    }
)


def indicators_of(sector: str) -> frozenset[str]:
    """Return the indicators of a sector, none for one that is not known."""
    return INDICATORS_BY_SECTOR.get(sector, frozenset())


def indicator_in_full(name: str) -> str:
    """Return `pack.indicator` of an indicator a sector answers for, empty if none does.

    >>> indicator_in_full("safe_water"), indicator_in_full("weather")
    ('household_exit.safe_water', '')
    """
    return _IN_FULL.get(name, "")
