"""The totals of the county: those a real county published, and what is behind them.

83 villages, 3,566 households with 7,445 persons that left poverty and 640 with 1,320
that have not; how many are met, unmet or unknown in each indicator; how many faults of
each kind the data bear. No number here says anything about a place that exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


INDICATORS: Final = (
    "income",
    "food",
    "clothing",
    "compulsory_education",
    "basic_medical",
    "safe_housing",
    "safe_water",
)


@dataclass(frozen=True)
class Group:
    """Households of one exit status and what shall be found of them.

    `with_pupils` have members of school age; `empty` have no member at all and are
    unknown in whatever looks at members. `unmet` and `unknown` count households.
    """

    households: int
    persons: int
    with_pupils: int
    empty: int
    unmet: MappingProxyType[str, int]
    unknown: MappingProxyType[str, int]
    overall_unmet: int
    overall_unknown: int


def _by_indicator(*counts: int) -> MappingProxyType[str, int]:
    return MappingProxyType(dict(zip(INDICATORS, counts, strict=True)))


EXITED: Final = Group(
    households=3_566,
    persons=7_445,
    with_pupils=463,
    empty=2,
    unmet=_by_indicator(14, 2, 5, 1, 4, 3, 7),
    unknown=_by_indicator(12, 5, 11, 9, 10, 9, 7),
    overall_unmet=36,
    overall_unknown=58,
)
REMAINING: Final = Group(
    households=640,
    persons=1_320,
    with_pupils=68,
    empty=0,
    unmet=_by_indicator(369, 0, 0, 15, 119, 143, 138),
    unknown=_by_indicator(1, 0, 3, 1, 3, 0, 1),
    overall_unmet=640,
    overall_unknown=0,
)
# Orphans are missing: a register has no member without a household; only a file has.
FAULTS: Final = MappingProxyType(
    {
        "double_insured": 5,
        "education_and_school": 3,
        "household_without_members": EXITED.empty,
        "id_birth_mismatch": 6,
        "id_checksum": 7,
        "id_duplicate": 12,
        "id_length": 4,
        "id_sex_mismatch": 1,
        "labour_of_minor_or_pupil": 6,
        "several_heads": 4,
    }
)
FEW_INDUSTRIES: Final = 77
UNKNOWN_INDUSTRIES: Final = 34
AGRICULTURAL_POPULATION: Final = 178_378
VILLAGES_ABOVE_LINE: Final = 2
# Villages that lack a facility, and that do not say.
FACILITIES: Final = MappingProxyType(
    {
        "hard_road": (2, 1),
        "broadband": (3, 1),
        "broadcast": (5, 0),
        "clinic": (2, 0),
        "doctor": (3, 0),
        "culture_place": (3, 1),
    }
)
VILLAGES_UNMET: Final = 15
VILLAGES_UNKNOWN: Final = 2
