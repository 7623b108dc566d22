"""What a field, a code list and a level are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


@dataclass(frozen=True)
class Label:
    """A name in Chinese and English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the name in `zh` or `en`."""
        return self.zh if language == "zh" else self.en


UNITS_EN: Final = {
    "元": " yuan",
    "人": "",
    "周岁": " years",
    "亩": " mu",
    "平方米": " m²",
    "公里": " km",
    "分钟": " minutes",
    "月": " months",
    "升/人·天": " litres per person and day",
    "%": "%",
    "种": " kinds",
    "": "",
}


def unit_in(unit: str, language: str) -> str:
    """Return a unit as it follows a number in `zh` or `en`.

    >>> unit_in("元", "en")
    ' yuan'
    """
    return unit if language == "zh" else UNITS_EN[unit]


class FieldType(Enum):
    """The exact type of a field; numbers are whole or have a fixed scale."""

    CODE = "code"  # identifier, text: leading zeros and 18 digits survive
    ID_NUMBER = "id_number"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    TEXT = "text"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one code of a list
    CHOICES = "choices"  # several codes of a list, sorted and joined by commas
    INTEGER = "integer"
    YEAR = "year"
    DECIMAL = "decimal"  # whole units of 10**-scale
    MONEY = "money"  # whole fen
    DATE = "date"
    MONTH = "month"  # kept as the first day of the month


TEXT_TYPES: Final = frozenset(
    {
        FieldType.CODE,
        FieldType.ID_NUMBER,
        FieldType.PHONE,
        FieldType.BANK_ACCOUNT,
        FieldType.TEXT,
    }
)
NUMBER_TYPES: Final = frozenset(
    {FieldType.INTEGER, FieldType.YEAR, FieldType.DECIMAL, FieldType.MONEY}
)
DATE_TYPES: Final = frozenset({FieldType.DATE, FieldType.MONTH})
CODED_TYPES: Final = frozenset({FieldType.CHOICE, FieldType.CHOICES})

MONEY_MAX_FEN: Final = 10**12 - 1
"""Ten thousand million yuan less one fen: no household sum reaches it."""


class Mask(Enum):
    """How far a field may be shown: to all, to those in charge, by reasoned request."""

    OPEN = "open"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105  a masking class, no password


@dataclass(frozen=True)
class Code:
    """One code of a list; `rank` orders it, None stands outside the order."""

    code: str
    label: Label
    national: str | None = None
    rank: int | None = None
    synonyms: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True)
class CodeList:
    """A list of codes; an `open` list takes other texts as the code `other`."""

    name: str
    label: Label
    source: str
    codes: tuple[Code, ...]
    open: bool = False
    by_code: Mapping[str, Code] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {c.code: c for c in self.codes})

    @property
    def ordered(self) -> bool:
        """Whether codes of this list can be compared with < and >=."""
        return any(c.rank is not None for c in self.codes)


@dataclass(frozen=True)
class Field:
    """One field of a level.

    `scale` is the number of decimals of a stored whole number (2 for money);
    `minimum` and `maximum` are in the field's own unit.
    """

    name: str
    level: str
    label: Label
    type: FieldType
    source: str
    scale: int = 0
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    codes: CodeList | None = None
    digits: int | None = None
    synonyms: tuple[str, ...] = ()
    national: str | None = None
    mask: Mask = Mask.OPEN
    template: bool = False
    required: bool = False


@dataclass(frozen=True)
class Level:
    """A level of the registry: its sheet, its key and its fields in template order."""

    name: str
    sheet: str
    key: str
    label: Label
    source: str
    fields: tuple[Field, ...]
    by_name: Mapping[str, Field] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {f.name: f for f in self.fields})


@dataclass(frozen=True)
class Dictionary:
    """All levels and code lists."""

    levels: Mapping[str, Level]
    code_lists: Mapping[str, CodeList]

    def level(self, name: str) -> Level:
        """Return a level by name.

        Raises:
            KeyError: when there is no such level.
        """
        return self.levels[name]
