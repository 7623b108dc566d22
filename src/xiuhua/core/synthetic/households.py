"""The columns of households: status, income, dwelling, water and who helps."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from xiuhua.core.synthetic.columns import EMPTY, Columns, Digits, digit_table
from xiuhua.core.synthetic.draws import Choice, Draws, Ints
from xiuhua.core.synthetic.identity import NAMES, SURNAMES, name_positions


ATTRIBUTES: Final = ("ordinary_poor", "minimum_living_poor", "destitute_poor")
STATUSES: Final = ("not_exited", "exited")
STANDARDS: Final = ("national", "provincial")
CAUSES: Final = (
    "illness",
    "disability",
    "schooling",
    "disaster",
    "lack_of_land",
    "lack_of_water",
    "lack_of_skill",
    "lack_of_labor",
    "lack_of_funds",
    "poor_transport",
    "lack_of_drive",
)
GRADES: Final = ("A", "B", "C", "D")
ATTAINMENTS: Final = ("attained", "basically_attained", "not_attained")
ROADS: Final = ("earth", "gravel", "cement", "asphalt")
GROUPS: Final = tuple(f"{number}组" for number in range(1, 9))
PHONES: Final = 100_000
_BUREAUS: Final = "教育 卫生健康 水务 住建 医保 民政 农业农村 人社 林草 交通 财政 文旅"
UNITS: Final = tuple(f"县{name}局" for name in _BUREAUS.split())
HOUSEHOLD_WORDS: Final = {
    "village_group": GROUPS,
    "head_name": NAMES,
    "identification_standard": STANDARDS,
    "poverty_attribute": ATTRIBUTES,
    "exit_status": STATUSES,
    "main_cause": CAUSES,
    "other_causes": CAUSES,
    "housing_grade": GRADES,
    "water_quality": ATTAINMENTS,
    "road_to_house": ROADS,
    "helper_name": NAMES,
    "helper_unit": UNITS,
}

_CAUSE: Final = Choice.of((33, 13, 9, 5, 4, 2, 14, 10, 6, 2, 2))
_ATTRIBUTE: Final = Choice.of((70, 26, 4))
_GROUP: Final = Choice.of((1,) * len(GROUPS))
_STANDARD: Final = Choice.of((95, 5))
_ROAD: Final = Choice.of((15, 20, 60, 5))
_YEARS_TO_EXIT: Final = Choice.of((30, 25, 20, 15, 10))
_LINKS: Final = Choice.of((2, 8, 50, 30, 10))
# Each pair: those who left poverty, those who have not.
_HOUSING: Final = (Choice.of((9000, 970, 20, 10)), Choice.of((5500, 2500, 1200, 800)))
_QUALITY: Final = (Choice.of((9000, 990, 10)), Choice.of((6000, 3300, 700)))
_FOOD_PER_100K: Final = (50, 1_500)
_CLOTHING_PER_100K: Final = (100, 2_000)
_SCARCE_PER_100K: Final = (150, 8_000)
_UNINSURED_PER_100K: Final = (150, 3_000)
_LITRES: Final = np.array([20, 25, 35, 40, 60, 80]) * 100
_MINUTES: Final = np.array([0, 0, 0, 5, 10, 15, 20]) * 10
# Deciles of yearly net income per person, in fen: those who left, those who have not.
_DECILES: Final = (
    (
        *(310_000, 420_000, 480_000, 540_000, 610_000, 690_000, 780_000, 890_000),
        *(1_050_000, 1_350_000, 2_600_000),
    ),
    (
        *(60_000, 140_000, 190_000, 230_000, 265_000, 290_000, 315_000, 340_000),
        *(400_000, 520_000, 900_000),
    ),
)
_PHONE_PREFIX: Final = np.frombuffer(b"199000", dtype=np.uint8)
_PHONE_DIGITS: Final = digit_table(PHONES, 5)


def exit_statuses(draws: Draws, remaining_per_100k: Ints) -> Ints:
    """Return for every household 1 when it has left poverty, else 0."""
    return 1 - draws.happens("remains", remaining_per_100k).astype(np.int64)


def uninsured_per_100k(exited: Ints) -> Ints:
    """Return how likely a member is without insurance."""
    return _by_exit(exited, _UNINSURED_PER_100K)


def attributes(draws: Draws) -> Ints:
    """Return the class of every household, as a position in `ATTRIBUTES`."""
    return draws.choice("attribute", _ATTRIBUTE)


def household_columns(
    draws: Draws,
    ordinals: Ints,
    *,
    household_digits: Digits,
    village_digits: Digits,
    sizes: Ints,
    exited: Ints,
    head_name: Ints,
    as_of: date,
) -> Columns:
    """Return the columns of all households of a county."""
    count = len(ordinals)
    phone = np.empty((count, 11), dtype=np.uint8)
    phone[:, :6] = _PHONE_PREFIX
    phone[:, 6:] = _PHONE_DIGITS[ordinals % PHONES]
    numbers = {
        "year": np.full(count, as_of.year, dtype=np.int64),
        "head_name": head_name,
        **_standing(draws, exited, as_of.year),
        **_living(draws, exited, sizes),
        **_water(draws, exited),
        **_income(draws, exited, sizes),
        **_help(draws),
    }
    digits = {
        "household_id": household_digits,
        "village_code": village_digits,
        "phone": phone,
    }
    return Columns(numbers, dict(HOUSEHOLD_WORDS), digits)


def _by_exit(exited: Ints, pair: tuple[int, int]) -> Ints:
    return np.where(exited == 1, pair[0], pair[1])


def _choice_by_exit(
    draws: Draws, name: str, exited: Ints, pair: tuple[Choice, Choice]
) -> Ints:
    bits = draws.bits(name)
    return np.where(exited == 1, pair[0].table[bits], pair[1].table[bits])


def _standing(draws: Draws, exited: Ints, year: int) -> dict[str, Ints]:
    main = draws.choice("cause", _CAUSE)
    other = (main + 1 + draws.below("other cause", len(CAUSES) - 1)) % len(CAUSES)
    exit_year = year - 1 - draws.choice("exit year", _YEARS_TO_EXIT)
    return {
        "village_group": draws.choice("group", _GROUP),
        "identification_standard": draws.choice("standard", _STANDARD),
        "poverty_attribute": attributes(draws),
        "exit_status": exited,
        "exit_year": np.where(exited == 1, exit_year, EMPTY),
        "main_cause": main,
        "other_causes": np.where(draws.happens("two causes", 40_000), other, EMPTY),
    }


def _living(draws: Draws, exited: Ints, sizes: Ints) -> dict[str, Ints]:
    hungry = draws.happens("hungry", _by_exit(exited, _FOOD_PER_100K))
    cold = draws.happens("cold", _by_exit(exited, _CLOTHING_PER_100K))
    area = (15 + draws.between("area", 5, 35) * sizes) * 100
    return {
        "enough_food": 1 - hungry.astype(np.int64),
        "seasonal_clothing": 1 - cold.astype(np.int64),
        "housing_grade": _choice_by_exit(draws, "housing", exited, _HOUSING),
        "road_to_house": draws.choice("road", _ROAD),
        "household_electricity": draws.happens("light", 99_900).astype(np.int64),
        "sanitary_toilet": draws.happens("toilet", 55_000).astype(np.int64),
        "dwelling_area": area,
        "arable_land": draws.between("land", 0, 90) * sizes * 10,
    }


def _water(draws: Draws, exited: Ints) -> dict[str, Ints]:
    scarce = _by_exit(exited, _SCARCE_PER_100K)
    dry = draws.happens("dry", scarce)
    far = draws.happens("far", scarce)
    broken = draws.happens("broken", scarce)
    enough = _LITRES[2:][draws.below("litres", len(_LITRES) - 2)]
    little = draws.between("little", 8, 19) * 100
    near = _MINUTES[draws.below("minutes", len(_MINUTES))]
    return {
        "water_quantity": np.where(dry, little, enough),
        "water_quality": _choice_by_exit(draws, "quality", exited, _QUALITY),
        "water_round_trip": np.where(far, draws.between("walk", 21, 60) * 10, near),
        "water_supply_rate": np.where(
            broken, draws.between("broken rate", 60, 89), draws.between("rate", 90, 100)
        )
        * 100,
    }


def _income(draws: Draws, exited: Ints, sizes: Ints) -> dict[str, Ints]:
    """Net income per person from a curve, then split into its parts, in whole fen."""
    bits = draws.bits("income")
    place, within = bits * 10 >> 16, bits * 10 & 0xFFFF
    curves = np.array(_DECILES)[1 - exited]
    rows = np.arange(len(sizes))
    low, high = curves[rows, place], curves[rows, place + 1]
    net = (low + ((high - low) * within >> 16)) * sizes
    wage = net * draws.between("wage share", 5, 65) // 100
    transfer = net * draws.between("transfer share", 5, 25) // 100
    owner = draws.happens("property", 30_000)
    rent = np.where(owner, net * draws.between("property share", 1, 8) // 100, 0)
    expense = net * draws.between("expense share", 0, 30) // 100
    return {
        "wage_income": wage,
        "business_income": net - wage - transfer - rent + expense,
        "property_income": rent,
        "transfer_income": transfer,
        "business_expense": expense,
    }


def _help(draws: Draws) -> dict[str, Ints]:
    surname = draws.below("helper surname", len(SURNAMES))
    sex = draws.below("helper sex", 2)
    return {
        "industry_links": draws.choice("links", _LINKS),
        "helper_name": name_positions(surname, sex, draws.below("helper", 1 << 16)),
        "helper_unit": draws.below("unit", len(UNITS)),
    }
