"""Names and identity numbers of people who do not exist.

Numbers are of the right form, with a right check character, but of an area that was
never given to anybody: prefix 99. Names are put together from two short lists.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from xiuhua.core.synthetic.columns import Digits, digit_table
from xiuhua.core.synthetic.draws import Ints
from xiuhua.core.synthetic.places import County


SURNAMES: Final = tuple(
    "云 江 石 林 田 谷 竹 松 柏 桑 麦 禾 岳 洪 沙 湛 晏 凌 霍 蓝 苗 简 易 常 "
    "乐 原 丰 安 宁 康 平 和 明 华 景 时 季 辛 古 卜 计 成 戴 宋 茅 庞 熊 纪".split()
)
GIVEN_NAMES: Final = (
    tuple(
        "山 川 石头 春生 田生 大河 青山 长林 永泉 和平 广田 立秋 向阳 望海 东来 南星 "
        "北风 春雷 建林 明山 永河 土生 铁柱 根生 满仓 来福 旺财 保田 守山 开河".split()
    ),
    tuple(
        "秋 雨 小满 谷雨 春兰 秋菊 冬梅 夏荷 桂枝 杏花 柳叶 月英 彩云 晓霞 玉泉 清溪 "
        "白露 霜降 石榴 樱桃 香草 青禾 麦穗 银杏 云雀 燕子 喜鹊 芳草 翠竹 红叶".split()
    ),
)
NAMES: Final = tuple(s + g for s in SURNAMES for sex in GIVEN_NAMES for g in sex)
_PER_SEX: Final = len(GIVEN_NAMES[0])

_ID_LENGTH: Final = 18
_SEQUENCES: Final = 1000
_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS: Final = np.frombuffer(b"10X98765432", dtype=np.uint8)
_DATES: Final = np.arange(
    np.datetime64("1900-01-01"), np.datetime64("2101-01-01"), dtype="datetime64[D]"
)
_FIRST_DAY: Final = int(_DATES[0].astype(np.int64))
_DATE_DIGITS: Final = np.frombuffer(
    "".join(str(d).replace("-", "") for d in _DATES).encode(), dtype=np.uint8
).reshape(-1, 8)
_SEQUENCE_DIGITS: Final = digit_table(_SEQUENCES, 3)
_DATE_SUMS: Final = (_DATE_DIGITS - ord("0")) @ _WEIGHTS[6:14]
_SEQUENCE_SUMS: Final = (_SEQUENCE_DIGITS - ord("0")) @ _WEIGHTS[14:]


def name_positions(surname: Ints, sex: Ints, given: Ints) -> Ints:
    """Return positions in `NAMES`; `given` is any whole number from 0."""
    return (surname * 2 + sex) * _PER_SEX + given % _PER_SEX


def id_numbers(county: County, birth_days: Ints, sex: Ints) -> Digits:
    """Return an identity number for every person of a county, all different.

    Those born on one day are numbered one after the other, men with odd and women
    with even numbers. No county has 500 of one day and sex: `MAX_COUNTY_HOUSEHOLDS`
    with four members each makes a few dozen.
    """
    sequence = 2 * _rank_within(birth_days * 2 + sex) + 1 - sex
    area = np.frombuffer(_area(county).encode(), dtype=np.uint8)
    day = birth_days - _FIRST_DAY
    digits = np.empty((len(sex), _ID_LENGTH), dtype=np.uint8)
    digits[:, :6] = area
    digits[:, 6:14] = _DATE_DIGITS[day]
    digits[:, 14:17] = _SEQUENCE_DIGITS[sequence]
    area_sum = int((area - ord("0")) @ _WEIGHTS[:6])
    digits[:, 17] = _CHECKS[
        (area_sum + _DATE_SUMS[day] + _SEQUENCE_SUMS[sequence]) % 11
    ]
    return digits


def _area(county: County) -> str:
    if county.code.startswith("99"):
        return county.code
    return f"99{county.ordinal:04d}"


def _rank_within(keys: Ints) -> Ints:
    """Return how many earlier rows have the same key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    lengths = np.diff(np.append(starts, len(keys)))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return ranks
