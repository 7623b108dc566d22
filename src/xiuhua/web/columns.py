"""The columns of a table, and how a value is written on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _


class Kind(Enum):
    """What a column holds: how it is aligned, written and put into a workbook."""

    TEXT = "text"
    NUMBER = "number"  # a count; thousands parted
    MONEY = "money"  # yuan, two decimals
    RATE = "rate"  # 0 to 1; shown per cent with `decimals`
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"  # yes, no, not known


NUMERIC: Final = frozenset({Kind.NUMBER, Kind.MONEY, Kind.RATE})


@dataclass(frozen=True)
class Column:
    """A column: where its value comes from, by which fields it is sorted.

    `value` takes a row and returns a plain value, None for what is not known; `order`
    are the database fields it is sorted by (empty: not sortable; lists sort by the
    value itself when it is set to anything). `href` makes the cell a link, `state`
    (good, bad, warn or none) a badge: a mark, a word and a colour.
    """

    key: str
    label: Any
    value: Callable[[Any], Any]
    order: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    decimals: int = 1
    href: Callable[[Any], str] | None = None
    state: Callable[[Any], str] | None = None
    width: int = 14
    # Left out on a phone, where a row is a card.
    minor: bool = False
    # Leads to an act: left out of the workbook.
    act: bool = False
    # What somebody else wrote, in whatever language.
    quoted: bool = False

    @property
    def numeric(self) -> bool:
        """Test whether the column is aligned to the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Cell:
    """A cell as a template writes it."""

    column: Column
    text: str
    known: bool
    href: str
    state: str


def cell_of(column: Column, row: Any) -> Cell:
    """Return the cell of a row in a column."""
    value = column.value(row)
    known = value is not None
    text = written(value, column.kind, column.decimals)
    href = column.href(row) if column.href and known else ""
    return Cell(column, text, known, href, column.state(row) if column.state else "")


def written(value: Any, kind: Kind = Kind.TEXT, decimals: int = 1) -> str:
    """Return a value in words; None is said to be unknown, never left out.

    >>> written(1234567, Kind.NUMBER), written(Decimal("0.00028"), Kind.RATE, 3)
    ('1,234,567', '0.028%')
    """
    if value is None:
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind is Kind.RATE:
        return f"{Decimal(str(value)) * 100:.{decimals}f}%"
    if kind is Kind.MONEY:
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if kind is Kind.NUMBER:
        return f"{value:,}"
    return str(value)
