"""Income by source and window as bars: drawn by the server, read by everybody.

The same figures stand in a table beside the bars; each bar has its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from xiuhua.apps.registry.rules import income_window
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.shell import worded


# What a household earns, and what it spends on earning it.
SOURCES: Final = (
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
)
EXPENSE: Final = "business_expense"
WIDTH: Final = 320
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """A source's share of a bar."""

    label: str
    amount: Decimal
    x: float
    width: float
    shade: int


@dataclass(frozen=True)
class Bar:
    """A window with its parts; `net` is None while a part of it is not known."""

    label: str
    year: int | None
    source: str
    parts: list[Part]
    amounts: list[tuple[str, Decimal | None]]
    net: Decimal | None
    per_capita: Decimal | None


@dataclass(frozen=True)
class Chart:
    """All windows, the latest first, on one scale."""

    bars: list[Bar]
    width: int = WIDTH


def income_chart(statements: Sequence[Any], persons: int = 0) -> Chart:
    """Return the bars of a household's income statements.

    The net is the four sources less the expense of the business; with one of them not
    known it is not known. Per head it is divided by `persons`, when that is known.
    """
    most = max((_gross(s) for s in statements), default=Decimal(0)) or Decimal(1)
    return Chart([_bar(s, most, persons) for s in statements])


def year_of(start: date, end: date) -> int | None:
    """Return the year of the yearly adjustment a window is of, None for another one."""
    window = income_window(end.year)
    return end.year if (window.start, window.end) == (start, end) else None


def _gross(statement: Any) -> Decimal:
    return sum((getattr(statement, s) or Decimal(0) for s in SOURCES), Decimal(0))


def _bar(statement: Any, most: Decimal, persons: int) -> Bar:
    fields = load_dictionary().level("household").by_name
    parts, x = [], 0.0
    for shade, name in enumerate(SOURCES):
        amount = getattr(statement, name)
        width = float(max(amount or 0, 0) / most) * WIDTH
        if width:
            parts.append(Part(worded(fields[name].label), amount, x, width, shade))
        x += width
    amounts = [
        (worded(fields[name].label), getattr(statement, name))
        for name in (*SOURCES, EXPENSE)
    ]
    net = _net(statement)
    start, end = statement.window_from, statement.window_to
    year = year_of(start, end)
    return Bar(
        str(year) if year else f"{start:%Y-%m-%d} – {end - _DAY:%Y-%m-%d}",
        year,
        statement.source,
        parts,
        amounts,
        net,
        round(net / persons, 2) if net is not None and persons else None,
    )


def _net(statement: Any) -> Decimal | None:
    amounts = [getattr(statement, name) for name in (*SOURCES, EXPENSE)]
    if any(amount is None for amount in amounts):
        return None
    return sum(amounts[:-1], Decimal(0)) - amounts[-1]
