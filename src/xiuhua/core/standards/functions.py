"""The declared functions of the rule language: what they take and give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from xiuhua.core.standards.expressions import (
    BOOLEAN,
    DATE,
    TEXT,
    Constant,
    Kind,
    Node,
    Type,
)
from xiuhua.core.standards.typing import TypeFault, joined_type, number, rounded_type


@dataclass(frozen=True)
class Function:
    """A function: how it is written, what it says, and the type it gives."""

    signature: str
    meaning_en: str
    meaning_zh: str
    check: Callable[[tuple[Node, ...]], Type]


def _takes(*kinds: Kind, gives: Type) -> Callable[[tuple[Node, ...]], Type]:
    def check(args: tuple[Node, ...]) -> Type:
        found = tuple(a.type.kind for a in args)
        if found != kinds:
            wanted = ", ".join(k.value for k in kinds)
            given = ", ".join(k.value for k in found)
            raise TypeFault(f"takes ({wanted}), is given ({given})")
        for arg in args:
            if arg.type.kind is Kind.NUMBER and not (
                arg.type.exact_whole and arg.type.scale == 0
            ):
                raise TypeFault("takes whole numbers")
        return gives

    return check


def _if(args: tuple[Node, ...]) -> Type:
    if len(args) != 3 or args[0].type.kind is not Kind.BOOLEAN:
        raise TypeFault("`if` takes (condition, value, value)")
    if args[1].type.kind is Kind.VERDICT:
        raise TypeFault("`if` cannot choose between verdicts")
    if any(a.type.uncertain for a in args[1:]):
        raise TypeFault("`if` cannot choose between counts over unknowns")
    return joined_type(args[1].type, args[2].type)


def _round(args: tuple[Node, ...]) -> Type:
    if len(args) != 2 or args[0].type.kind is not Kind.NUMBER:
        raise TypeFault("`round` takes (number, decimals)")
    decimals = args[1].value if isinstance(args[1], Constant) else None
    if not isinstance(decimals, Fraction) or decimals not in range(9):
        raise TypeFault("the decimals of `round` are written out, 0 to 8")
    return rounded_type(args[0].type, int(decimals))


def _has(args: tuple[Node, ...]) -> Type:
    is_text = len(args) == 2 and isinstance(args[1], Constant)
    if not is_text or args[0].type.kind is not Kind.CODES:
        raise TypeFault("`has` takes (field of several codes, 'code')")
    return BOOLEAN


FUNCTIONS: Final = {
    "full_years": Function(
        "full_years(date, date)",
        "full years from one date to another, as ages are counted",
        "两个日期之间的周岁数",
        _takes(Kind.DATE, Kind.DATE, gives=number(4)),
    ),
    "year": Function(
        "year(date)",
        "the year of a date",
        "日期中的年",
        _takes(Kind.DATE, gives=number(4, nonnegative=True)),
    ),
    "month": Function(
        "month(date)",
        "the month of a date",
        "日期中的月",
        _takes(Kind.DATE, gives=number(2, nonnegative=True)),
    ),
    "day": Function(
        "day(date)",
        "the day of a date",
        "日期中的日",
        _takes(Kind.DATE, gives=number(2, nonnegative=True)),
    ),
    "date": Function(
        "date(year, month, day)",
        "a date from its parts; unknown when there is no such day",
        "由年、月、日组成日期；无此日则不明",
        _takes(Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, gives=DATE),
    ),
    "number": Function(
        "number(text)",
        "the whole number a text of 1 to 9 digits stands for; otherwise unknown",
        "1 至 9 位数字文本所表示的整数；否则不明",
        _takes(Kind.TEXT, gives=number(9, nonnegative=True)),
    ),
    "length": Function(
        "length(text)",
        "the number of characters of a text",
        "文本的字数",
        _takes(Kind.TEXT, gives=number(4, nonnegative=True)),
    ),
    "substring": Function(
        "substring(text, start, length)",
        "a part of a text; the first character is 1",
        "文本的一部分，首字为 1",
        _takes(Kind.TEXT, Kind.NUMBER, Kind.NUMBER, gives=TEXT),
    ),
    "if": Function(
        "if(condition, value, value)",
        "the first value when the condition holds, else the second; unknown when the "
        "condition is unknown",
        "条件成立取前值，否则取后值；条件不明则不明",
        _if,
    ),
    "round": Function(
        "round(number, decimals)",
        "rounded half away from zero",
        "四舍五入（远离零）",
        _round,
    ),
    "has": Function(
        "has(field, 'code')",
        "whether a field of several codes holds one",
        "多选字段是否含某代码",
        _has,
    ),
}
