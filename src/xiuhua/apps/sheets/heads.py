"""The columns of a kind of list: their heads, and how what a cell says is read.

Cells are text as somebody typed them: in full width, with blanks, a day as a number of
days, a number as `12.0`. They are first tidied (`tidied`, what the preview shows), then
read (`value_of`); what cannot be read is a fault that names the remedy.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from xiuhua.core.dictionary.model import Mask
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.headers import normalized


_EPOCH: Final = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_LATEST_SERIAL: Final = 100_000
_ERRORS: Final = re.compile(r"^#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)$")
_CUT: Final = re.compile(r"^-?\d(?:\.\d+)?[eE]\+?\d\d$")
_WHOLE: Final = re.compile(r"^(-?\d+)\.0+$")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]")
_YES: Final = frozenset({"是", "有", "√", "✓", "yes", "y", "true", "1"})
_NO: Final = frozenset({"否", "无", "×", "no", "n", "false", "0"})
_LARGEST: Final = Decimal(10) ** 10


class CellUnfit(XiuhuaError):
    """What a cell says cannot be; the hint says what to do about it."""

    code = "sheets.cell_unfit"


class Form(Enum):
    """How a cell is read."""

    TEXT = "text"
    CODE = "code"  # a number of something: no blanks, half width
    DAY = "day"
    MONEY = "money"  # yuan, two decimals
    WHOLE = "whole"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True)
class Head:
    """A column: its heads in Chinese and English, others it goes by, how it is read.

    `needed`: a sheet without the column is not of this kind. `must`: no cell of it may
    be empty. `usual`: an empty cell says what was said for the whole sheet.
    `choices` leads from what may be said to our code. `shown`: the preview has it.
    """

    key: str
    zh: str
    en: str
    form: Form = Form.TEXT
    needed: bool = False
    must: bool = False
    usual: bool = False
    synonyms: tuple[str, ...] = ()
    choices: Callable[[], Mapping[str, str]] = lambda: MappingProxyType({})
    mask: Mask = Mask.OPEN
    most: int = 200
    shown: bool = False

    def called(self, language: str) -> str:
        """Return the head in `zh` or `en`."""
        return self.zh if language == "zh" else self.en

    @property
    def names(self) -> frozenset[str]:
        """Return every head the column goes by, as heads are compared."""
        return frozenset(normalized(n) for n in (self.zh, self.en, *self.synonyms))


def tidied(head: Head, text: str, *, epoch_1904: bool = False) -> str:
    """Return what a cell says, without what only typing put there.

    >>> tidied(Head("d", "日期", "day", Form.DAY), "2019.6.3 ")
    '2019-06-03'
    >>> tidied(Head("n", "编号", "number", Form.CODE), " 0012 .0")
    '0012'
    """
    said = _UNSEEN.sub(" ", text).strip()
    if head.form is Form.TEXT:
        return said
    said = unicodedata.normalize("NFKC", said).strip()
    if head.form is Form.DAY:
        day = day_said(said, epoch_1904=epoch_1904)
        return day.isoformat() if day else said
    if head.form in (Form.CODE, Form.WHOLE):
        said = re.sub(r"\s+", "", said)
    return _WHOLE.sub(r"\1", said)


def value_of(head: Head, said: str) -> Any:
    """Return the value of a tidied cell; None where it is empty.

    Raises:
        CellUnfit: when it says nothing of its form.
    """
    if not said:
        if head.must:
            raise CellUnfit("the cell is empty", hint="fill it in")
        return None
    if _ERRORS.match(said):
        raise CellUnfit(
            "the cell holds the error of a formula", hint="put the value itself there"
        )
    if len(said) > head.most:
        raise CellUnfit(
            "{count} characters are too many",
            hint="say it in {most} characters",
            count=len(said),
            most=head.most,
        )
    return _READ[head.form](head, said)


def day_said(text: str, *, epoch_1904: bool = False) -> date | None:
    """Return the day a text says, None when it says none.

    >>> [str(day_said(said)) for said in ("2019/6/23", "43639", "20190623", "soon")]
    ['2019-06-23', '2019-06-23', '2019-06-23', 'None']
    """
    said = _WHOLE.sub(r"\1", text.strip()).partition(" ")[0].partition("T")[0]
    if said.isascii() and said.isdigit() and len(said) != len("20190623"):
        serial = int(said)
        known = 0 < serial < _LATEST_SERIAL
        return _EPOCH[epoch_1904] + timedelta(days=serial) if known else None
    for mark in "/.年月":
        said = said.replace(mark, "-")
    parts = said.rstrip("日").split("-")
    try:
        if len(parts) == 1:
            return date.fromisoformat(said)
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


def nearest(said: str, known: list[str]) -> str:
    """Return what was most likely meant, empty when nothing is near.

    >>> nearest("审记", ["审计", "信访"]), nearest("x", ["审计"])
    ('审计', '')
    """
    return next(iter(difflib.get_close_matches(said, known, 1, 0.5)), "")


def _code(head: Head, said: str) -> str:
    if _CUT.match(said):
        raise CellUnfit(
            "the program has kept {said} as a number and lost digits",
            hint="set the column to text and enter the number again",
            said=said,
        )
    return said


def _day(head: Head, said: str) -> date:
    day = day_said(said)
    if day is None:
        raise CellUnfit("{said} is no day", hint="write 2020-06-30", said=said)
    return day


def _money(head: Head, said: str) -> Decimal:
    bare = said.removesuffix("元").removesuffix("yuan").replace(",", "").strip()
    try:
        amount = Decimal(bare).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not Decimal(0) <= amount < _LARGEST:
        raise CellUnfit(
            "{said} is no amount of money", hint="write yuan as 1200.50", said=said
        )
    return amount


def _whole(head: Head, said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise CellUnfit("{said} is no whole number", hint="write 12", said=said)
    return int(said)


def _flag(head: Head, said: str) -> bool:
    word = said.casefold()
    if word not in _YES | _NO:
        raise CellUnfit(
            "{said} is neither yes nor no", hint="write 是 or 否", said=said
        )
    return word in _YES


def _choice(head: Head, said: str) -> str:
    code = _known_to(head).get(normalized(said))
    if code is None:
        raise unknown_choice(said, list(head.choices()), _offered(head))
    return code


@cache
def _known_to(head: Head) -> Mapping[str, str]:
    return {normalized(name): code for name, code in head.choices().items()}


def _offered(head: Head) -> list[str]:
    """Return one word for each code to be typed, Chinese where there is one."""
    found: dict[str, str] = {}
    for word, code in head.choices().items():
        if found.get(code, "").isascii():
            found[code] = found.get(code, word) if word.isascii() else word
    return list(found.values())


def unknown_choice(said: str, known: list[str], offered: list[str]) -> CellUnfit:
    """Return the fault of a word that is none of the known ones, with the nearest."""
    near = nearest(said, known)
    if near:
        return CellUnfit(
            "{said} is not known", hint="is it {near}?", said=said, near=near
        )
    return CellUnfit(
        "{said} is not known",
        hint="choose one of: {known}",
        said=said,
        known="、".join(offered[:30]),
    )


_READ: Final[Mapping[Form, Callable[[Head, str], Any]]] = MappingProxyType(
    {
        Form.TEXT: lambda head, said: said,
        Form.CODE: _code,
        Form.DAY: _day,
        Form.MONEY: _money,
        Form.WHOLE: _whole,
        Form.FLAG: _flag,
        Form.CHOICE: _choice,
    }
)
