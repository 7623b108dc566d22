"""The invented county: names, codes, villages and how many households each has.

Codes begin with 99, which was given to no province; names are put together from
words of needlework, which no county has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiuhua.core.synthetic.draws import Draws, Ints


PROVINCE: Final = "99"
PREFECTURE: Final = "9906"
COUNTY: Final = "990621"
NAMES_AROUND: Final = {
    PROVINCE: "锦绣省（虚构）",
    PREFECTURE: "绣原市（虚构）",
    COUNTY: "绣花县（虚构）",
}
# Where most of the cast work.
TOWNSHIP: Final = f"{COUNTY}103"
VILLAGE: Final = f"{TOWNSHIP}205"
HOUSEHOLDS: Final = 4_206
POOR_VILLAGES: Final = 48
_TOWNSHIPS: Final = (
    ("100", "金针镇", 10),
    ("101", "银线镇", 7),
    ("102", "素绢镇", 11),
    ("103", "彩练镇", 13),
    ("104", "锦云镇", 12),
    ("200", "绒花乡", 10),
    ("201", "丝雨乡", 9),
    ("202", "织月乡", 11),
)
_COLORS: Final = "红 青 蓝 绿 紫 白 墨 朱 翠 黛".split()
_CLOTHS: Final = "线 针 绢 绫 罗 缎 绸 锦 纱".split()
_FIRST_VILLAGE: Final = 201
_DEEP_TOWNSHIPS: Final = ("990621103", "990621202")
_WEIGHTS: Final = (70, 140)
_SEED: Final = 990_621


@dataclass(frozen=True)
class Village:
    """A village: what it counts as and how many households stand on the register."""

    code: str
    name: str
    township: str
    poor: bool
    deep: bool
    households: int


def townships() -> dict[str, str]:
    """Return the names of the townships by code."""
    return {COUNTY + part: name for part, name, _ in _TOWNSHIPS}


def villages() -> tuple[Village, ...]:
    """Return the villages in the order of their codes.

    >>> [village.name for village in villages()[:3]]
    ['红线村', '青绢村', '蓝罗村']
    """
    places = [
        (COUNTY + part, f"{COUNTY}{part}{_FIRST_VILLAGE + n}")
        for part, _, count in _TOWNSHIPS
        for n in range(count)
    ]
    draws = Draws(_SEED, np.arange(len(places), dtype=np.int64))
    households = shared_out(HOUSEHOLDS, draws.between("households", *_WEIGHTS))
    poor = set(np.argsort(draws.words("poor"), kind="stable")[:POOR_VILLAGES].tolist())
    return tuple(
        Village(
            code,
            _name(n),
            township,
            poor=n in poor,
            deep=n in poor and township in _DEEP_TOWNSHIPS,
            households=int(households[n]),
        )
        for n, (township, code) in enumerate(places)
    )


def deep_townships() -> tuple[str, ...]:
    """Return the codes of the townships in deep poverty."""
    return _DEEP_TOWNSHIPS


def shared_out(total: int, weights: Ints) -> Ints:
    """Return whole parts of a total in proportion to weights.

    >>> shared_out(10, np.array([1, 1, 2])).tolist()
    [2, 3, 5]
    """
    ends = np.cumsum(weights) * total // int(weights.sum())
    return np.asarray(np.diff(ends, prepend=0))


def _name(ordinal: int) -> str:
    """Name the villages without repeating any: 10 and 9 have no common divisor."""
    cloth = _CLOTHS[ordinal * 2 % len(_CLOTHS)]
    return f"{_COLORS[ordinal % len(_COLORS)]}{cloth}村"
