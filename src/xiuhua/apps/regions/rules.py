"""Decide about codes, lives and successions of regions.

No database, no clock, no settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.periods import Period
from xiuhua.core.region_codes import LEVEL_BY_LENGTH, ancestors, level_of


LEVELS: Final = tuple(level for length, level in LEVEL_BY_LENGTH.items() if length)
CODE_DIGITS: Final = max(LEVEL_BY_LENGTH)


class CodeWrong(XiuhuaError):
    """A code has not the digits of a division."""

    code = "regions.code_wrong"


class CodeTaken(XiuhuaError):
    """A code was given to a region before; codes are not given twice."""

    code = "regions.code_taken"


class OutsideParent(XiuhuaError):
    """A region would live at a time when the region around it does not."""

    code = "regions.outside_parent"


class NotInForce(XiuhuaError):
    """A region does not exist on the day it is spoken of."""

    code = "regions.not_in_force"


class PartsLeft(XiuhuaError):
    """A region still has parts on the day it would end."""

    code = "regions.parts_left"


class SuccessionUnclear(XiuhuaError):
    """Neither one region becomes several nor several become one."""

    code = "regions.succession_unclear"


class NothingAhead(XiuhuaError):
    """Nothing is to become of a region on a day still to come."""

    code = "regions.nothing_ahead"


class HeirInUse(XiuhuaError):
    """Something hangs on the region that was to take another's place."""

    code = "regions.heir_in_use"


def checked_level(code: str) -> str:
    """Return the level of a code.

    Raises:
        CodeWrong: when it is no division code of 2, 4, 6, 9 or 12 digits.
    """
    level = level_of(code)
    if level is None or level not in LEVELS:
        raise CodeWrong("{code} is no division code", code=code)
    return level


def parent_code(code: str) -> str | None:
    """Return the code of the region around a region, None for a province.

    >>> parent_code("239906100"), parent_code("23")
    ('239906', None)
    """
    around = ancestors(code)[:-1]
    return around[-1] if around else None


def renumbered(code: str, *, old: str, new: str) -> str:
    """Return the code of a part after the region around it has got another code.

    >>> renumbered("520221100201", old="520221", new="520204")
    '520204100201'
    """
    return new + code.removeprefix(old)


def check_life(life: Period, *, around: Period, code: str) -> None:
    """Refuse a region that lives longer than the region around it.

    Raises:
        OutsideParent: when it begins before or ends after, or would never begin.
    """
    lives = life.start is None or life.end is None or life.start < life.end
    begins = around.start is None or (life.start or date.min) >= around.start
    ends = around.end is None or (life.end or date.max) <= around.end
    if not (lives and begins and ends):
        raise OutsideParent("{code} would outlive the region around it", code=code)


def check_succession(predecessors: Sequence[str], successors: Sequence[str]) -> None:
    """Refuse a succession in which nobody could say what became of what.

    Raises:
        SuccessionUnclear: when several become several, a side is empty, a code stands
            twice or on both sides, or the levels differ.
    """
    both = [*predecessors, *successors]
    one_side = min(len(predecessors), len(successors)) == 1
    levels = {checked_level(code) for code in both}
    if not one_side or len(set(both)) != len(both) or len(levels) != 1:
        raise SuccessionUnclear(
            "{old} cannot become {new}",
            old=", ".join(predecessors),
            new=", ".join(successors),
        )


def followed(
    code: str, *, onward: Mapping[str, Sequence[str]], alive: frozenset[str]
) -> list[str]:
    """Return what became of a code: the codes in force at the end of its ways.

    `onward` leads from a code to those that followed it. A code in force stands for
    itself. One that has ended without a successor leads nowhere.

    >>> followed("520221", onward={"520221": ["520204"]}, alive=frozenset({"520204"}))
    ['520204']
    """
    found: set[str] = set()
    seen: set[str] = set()
    ahead = [code]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        if here in alive:
            found.add(here)
        else:
            ahead.extend(onward.get(here, ()))
    return sorted(found)
