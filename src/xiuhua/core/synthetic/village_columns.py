"""The columns of villages, and what a village gives to its households."""

from __future__ import annotations

from typing import Final

import numpy as np

from xiuhua.core.synthetic.columns import Columns, Digits
from xiuhua.core.synthetic.draws import Choice, Draws, Ints
from xiuhua.core.synthetic.places import Villages


_FIRST: Final = "东 西 南 北 上 下 前 后 大 小 青 白 红 长 高 新".split()
_SECOND: Final = "河 岭 坪 湾 沟 塘 桥 坝 坡 泉 林 田 寨 店 庄 岗".split()
_PLACES: Final = tuple(a + b for a in _FIRST for b in _SECOND)
_VILLAGE_NAMES: Final = tuple(f"{name}村" for name in _PLACES)
_TOWNSHIP_NAMES: Final = tuple(f"{name}镇" for name in _PLACES) + tuple(
    f"{name}乡" for name in _PLACES
)
_SERVICES_PER_100K: Final = {
    "hard_road": 98_000,
    "broadband": 96_000,
    "broadcast": 98_500,
    "clinic": 97_000,
    "doctor": 96_000,
    "culture_place": 95_000,
}
_REMAINING_PER_100K: Final = (2_000, 22_000)
_ETHNICITY: Final = Choice.of((60, 8, 8, 8, 6, 4, 3, 3))


def remaining_per_100k(draws: Draws) -> Ints:
    """Return for every village how many of its households have not left poverty."""
    return draws.between("remaining", *_REMAINING_PER_100K)


def ethnicities(draws: Draws) -> Ints:
    """Return the ethnic group of most people of every village."""
    return draws.choice("ethnicity", _ETHNICITY)


def village_columns(
    draws: Draws, villages: Villages, codes: Digits, mean_size: float
) -> Columns:
    """Return the columns of the villages of a county."""
    per_hundred = draws.between("all households", 500, 2000)
    registered = 20 + villages.households * per_hundred // 100
    persons_per_hundred = round(mean_size * 100) + draws.between("persons", -10, 10)
    count = np.arange(len(villages.codes))
    services = {
        name: draws.happens(name, chance).astype(np.int64)
        for name, chance in _SERVICES_PER_100K.items()
    }
    numbers = {
        "village_name": (count * 7 + villages.townships * 3) % len(_VILLAGE_NAMES),
        "township_name": villages.townships * 5 % len(_TOWNSHIP_NAMES),
        "poor_village": draws.happens("poor", 55_000).astype(np.int64),
        "registered_households": registered,
        "agricultural_population": registered * persons_per_hundred // 100,
        **services,
        "collective_income": draws.between("collective", 0, 40) * 10_000 * 100,
    }
    words = {"village_name": _VILLAGE_NAMES, "township_name": _TOWNSHIP_NAMES}
    return Columns(numbers, dict(words), {"village_code": codes})
