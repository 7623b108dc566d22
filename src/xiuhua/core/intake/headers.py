"""Which row is the header, and what each column means.

A sheet serves one primary level (its rows are persons, households or villages) and
may repeat the columns of wider levels: the national system exports one row per
person with the household's columns beside it. Headers are compared without blanks,
brackets in half width and case; a unit or code in brackets at the end is forgiven.

Several columns may mean one field (手机号 and 联系电话, or a header that stands twice).
All of them are read: where one is empty the other counts, where they differ both cells
are named as a fault and neither counts (see `stage`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Final

from xiuhua.core.dictionary.model import Field, Level
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.marking.cells import column_name
from xiuhua.core.intake.marking.marks import RETURNED_SHEET
from xiuhua.core.tables import REGISTRY_LEVELS


HEADER_SEARCH_ROWS: Final = 20
FIELDS_SHEET: Final = "说明"
CODES_SHEET: Final = "代码"
OWN_SHEETS: Final = frozenset({FIELDS_SHEET, CODES_SHEET, RETURNED_SHEET})
"""Sheets of the template and of marked workbooks that explain and hold no rows."""
_WIDER: Final = {
    "person": ("person", "household", "village"),
    "household": ("household", "village"),
    "village": ("village",),
    "sample": ("sample",),
}
_PERSON_SIGNS: Final = ("name", "id_number", "sex", "birth_date", "relation_to_head")
_KEYS: Final = ("household_id", "person_id", "village_code")


@dataclass(frozen=True)
class ColumnPlan:
    """A column that was understood: where it stands and the field it fills."""

    index: int
    header: str
    level: str
    field: str


@dataclass(frozen=True)
class SheetPlan:
    """How a sheet is to be read; `header_row` counts from 0."""

    header_row: int
    primary: str
    columns: tuple[ColumnPlan, ...]
    ignored: tuple[tuple[int, str], ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels the sheet fills, the primary one first."""
        return tuple(dict.fromkeys([self.primary, *(c.level for c in self.columns)]))

    def called(self, column: ColumnPlan) -> str:
        """Return what a column is called, with its letters where others mean the same.

        >>> phones = [ColumnPlan(at, "电话", "person", "phone") for at in (1, 27)]
        >>> SheetPlan(0, "person", tuple(phones), ()).called(phones[1])
        '电话 [AB]'
        """
        place = (column.level, column.field)
        if [(c.level, c.field) for c in self.columns].count(place) < 2:
            return column.header
        return f"{column.header} [{column_name(column.index)}]"


Planner = Callable[[Sequence[Sequence[str | None]], str], SheetPlan | None]
"""Says of the first rows of a sheet and its title how it is to be read, if at all."""


def normalized(header: str) -> str:
    """Return a header as it is compared.

    >>> normalized(" 户 编号（AAC001）*")
    '户编号(aac001)'
    """
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "")
    return re.sub(r"[\s*\u200b]+", "", text).casefold()


def sheet_level(title: str, levels: tuple[str, ...] = REGISTRY_LEVELS) -> str | None:
    """Return the level a sheet or file is named after, if any.

    >>> sheet_level("户"), sheet_level("person"), sheet_level("Sheet1")
    ('household', 'person', None)
    """
    return _titles(levels).get(normalized(title))


def plan_sheet(
    rows: Sequence[Sequence[str | None]],
    title: str,
    levels: tuple[str, ...] = REGISTRY_LEVELS,
) -> SheetPlan | None:
    """Find the header among the first rows and what its columns mean.

    Returns None when no row looks like the header of a sheet of one of `levels`.
    """
    scores = [
        sum(_is_known(cell, levels) for cell in row)
        for row in rows[:HEADER_SEARCH_ROWS]
    ]
    best = max(range(len(scores)), key=lambda i: scores[i], default=0)
    if not any(scores):
        return None
    last, heads = _heads(rows, best, levels)
    primary = sheet_level(title, levels) or _detected(heads, levels)
    if primary is None:
        return None
    return _assigned(last, primary, heads)


def _heads(
    rows: Sequence[Sequence[str | None]], best: int, levels: tuple[str, ...]
) -> tuple[int, list[str | None]]:
    """The last row of the header and its heads; merged cells make two rows of it.

    A row below of known heads alone stands under groups; where the row itself is blank
    a known head above reaches down to it.
    """
    heads = list(rows[best])
    below = list(rows[best + 1]) if best + 1 < len(rows) else []
    said = [cell for cell in below if cell and cell.strip()]
    if said and all(_is_known(cell, levels) for cell in said):
        pairs = zip_longest(heads, below)
        return best + 1, [low if low and low.strip() else head for head, low in pairs]
    above = rows[best - 1] if best else ()
    for at, head in enumerate(above[: len(heads)]):
        if not (heads[at] or "").strip() and _is_known(head, levels):
            heads[at] = head
    return best, heads


def _is_known(header: str | None, levels: tuple[str, ...]) -> bool:
    if not header:
        return False
    return any(_field(level, header) for level in levels)


def _variants(header: str) -> tuple[str, ...]:
    """The header, and the header without a unit or code in brackets at its end."""
    text = normalized(header)
    return tuple(dict.fromkeys([text, re.sub(r"\([^()]*\)$", "", text)]))


@cache
def _titles(levels: tuple[str, ...]) -> Mapping[str, str]:
    titles: dict[str, str] = {}
    for name in levels:
        level = _level(name)
        for title in (level.sheet, level.label.zh, name, f"{name}s"):
            titles[normalized(title)] = name
    return titles


@cache
def _headers(level: str) -> Mapping[str, Field]:
    """Every header a level understands; its own label wins over a synonym."""
    found: dict[str, Field] = {}
    fields = _level(level).fields
    for names in (
        lambda f: (f.label.zh, f.name),
        lambda f: f.synonyms,
        lambda f: (f.national or "", f.label.en),
    ):
        for field in fields:
            for name in names(field):
                found.setdefault(normalized(name), field)
    found.pop("", None)
    return found


def meaning_of(header: str) -> str:
    """Return the field a header of any list probably is, as `person.phone`, or "".

    >>> meaning_of("身份证号"), meaning_of("序号")
    ('person.id_number', '')
    """
    for level in ("person", "household"):
        field = _field(level, header)
        if field is not None and (level, field.name) != ("person", "household_id"):
            return f"{level}.{field.name}"
    return ""


def _level(name: str) -> Level:
    return load_dictionary().level(name)


def _field(level: str, header: str) -> Field | None:
    known = _headers(level)
    return next((known[v] for v in _variants(header) if v in known), None)


def _detected(row: Sequence[str | None], levels: tuple[str, ...]) -> str | None:
    """The level of a sheet without a telling name, by its headers."""
    if len(levels) == 1:
        key = load_dictionary().level(levels[0]).key
        keyed = any(
            f.name == key for cell in row if cell and (f := _field(levels[0], cell))
        )
        return levels[0] if keyed else None
    found = {
        level: {f.name for cell in row if cell and (f := _field(level, cell))}
        for level in REGISTRY_LEVELS
    }
    signs = sum(sign in found["person"] for sign in _PERSON_SIGNS)
    if max(map(len, found.values())) < 2:
        return None
    if "household_id" in found["person"] and (
        "person_id" in found["person"] or signs >= 2
    ):
        return "person"
    if "household_id" in found["household"]:
        return "household"
    return "village" if "village_code" in found["village"] else None


def _assigned(header_row: int, primary: str, row: Sequence[str | None]) -> SheetPlan:
    levels = _active_levels(primary, row)
    taken: set[tuple[str, str]] = set()
    columns: list[ColumnPlan] = []
    ignored: list[tuple[int, str]] = []
    for index, header in enumerate(row):
        if not header or not header.strip():
            continue
        places = _places(header, levels, taken) or _places(header, levels, set())
        taken.update(places)
        columns.extend(ColumnPlan(index, header.strip(), *p) for p in places)
        if not places:
            ignored.append((index, header.strip()))
    return SheetPlan(header_row, primary, tuple(columns), tuple(ignored))


def _active_levels(primary: str, row: Sequence[str | None]) -> tuple[str, ...]:
    """The primary level and each wider one that has a header of its own here."""
    active = [primary]
    for level in _WIDER[primary][1:]:
        own = (
            f.name not in _KEYS or (level, f.name) == ("household", "village_code")
            for cell in row
            if cell and (f := _field(level, cell))
            if not any(_field(narrower, cell) for narrower in active)
        )
        if any(own):
            active.append(level)
    return tuple(active)


def _places(
    header: str, levels: tuple[str, ...], taken: set[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The level and field of a header; a key serves every level it is a field of."""
    found = [(level, f) for level in levels if (f := _field(level, header))]
    found = [(level, f) for level, f in found if (level, f.name) not in taken]
    if any(f.name in _KEYS for _, f in found):
        return [(level, f.name) for level, f in found if f.name in _KEYS]
    ranked = sorted(found, key=lambda place: not place[1].template)
    return [(level, f.name) for level, f in ranked[:1]]
