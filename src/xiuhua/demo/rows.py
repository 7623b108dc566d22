"""The county's tables as rows of plain values, household by household.

Numbers leave their storage units here: money is in yuan and decimals in their own
unit, as the services take them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from xiuhua.core.dictionary.model import FieldType, Level
from xiuhua.core.dictionary.reader import load_dictionary


Row = dict[str, Any]
_SCALED: Final = frozenset({FieldType.MONEY, FieldType.DECIMAL})


@dataclass
class Home:
    """A household: its facts, its income and its members' facts by their number."""

    number: str
    values: Row
    income: Row
    persons: dict[str, Row] = field(default_factory=dict)

    @property
    def village(self) -> str:
        """The code of the village."""
        return str(self.values["village_code"])


def homes_of(household: pa.Table, person: pa.Table) -> dict[str, Home]:
    """Return the households by number, with their members, in the order of rows."""
    dictionary = load_dictionary()
    level = dictionary.level("household")
    money = {f.name for f in level.fields if f.type is FieldType.MONEY}
    homes = {}
    for row in plain_rows(household, level):
        number = row.pop("household_id")
        income = {name: row.pop(name) for name in list(row) if name in money}
        homes[number] = Home(number, row, income)
    for row in plain_rows(person, dictionary.level("person")):
        home = homes[row.pop("household_id")]
        home.persons[row.pop("person_id")] = row
    return homes


def plain_rows(table: pa.Table, level: Level) -> list[Row]:
    """Return the rows of a table with numbers in the unit of their fields."""
    scales = {f.name: f.scale for f in level.fields if f.type in _SCALED}
    rows = table.to_pylist()
    for row in rows:
        for name, scale in scales.items():
            if row.get(name) is not None:
                row[name] = Decimal(row[name]).scaleb(-scale)
    return rows
