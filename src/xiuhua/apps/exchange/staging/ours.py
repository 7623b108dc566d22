"""Our rows beside those of a file: fetched by number, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from xiuhua.apps.registry.facts import INCOME, column_of
from xiuhua.apps.registry.models import (
    Household,
    IncomeStatement,
    Person,
    VillageFacts,
)


CHUNK: Final = 800


@dataclass(frozen=True)
class OurHousehold:
    """A household of ours: where it is, whether it lives, and the values asked for."""

    pk: int
    version: int
    village: str
    ended: bool
    values: Mapping[str, Any]


@dataclass(frozen=True)
class OurPerson:
    """A person of ours, the household they belong to, and the values asked for."""

    pk: int
    version: int
    household: str
    village: str
    ended: bool
    values: Mapping[str, Any]


@dataclass(frozen=True)
class OurIncome:
    """A statement of ours over the window of a year."""

    pk: int
    version: int
    values: Mapping[str, Any] = field(default_factory=dict)


def households_by_number(
    numbers: Iterable[str], fields: Sequence[str]
) -> dict[str, OurHousehold]:
    """Return the households of some numbers, wherever they are.

    Not scoped: a number taken elsewhere must be known to be taken.
    """
    columns = {name: column_of("household", name) for name in fields}
    asked = ("pk", "number", "version", "village_id", "ended_on", *columns.values())
    rows = Household.unscoped.filter(number__in=list(numbers)).values(
        *dict.fromkeys(asked)
    )
    return {
        row["number"]: OurHousehold(
            row["pk"],
            row["version"],
            row["village_id"],
            row["ended_on"] is not None,
            {name: row[column] for name, column in columns.items()},
        )
        for row in rows
    }


def persons_by_number(
    numbers: Iterable[str], fields: Sequence[str]
) -> dict[str, OurPerson]:
    """Return the persons of some numbers, wherever they are."""
    asked = ("pk", "number", "version", "ended_on", *fields)
    around = ("household__number", "household__village_id")
    rows = Person.unscoped.filter(number__in=list(numbers)).values(*asked, *around)
    return {
        row["number"]: OurPerson(
            row["pk"],
            row["version"],
            row["household__number"],
            row["household__village_id"],
            row["ended_on"] is not None,
            {name: row[name] for name in fields},
        )
        for row in rows
    }


@dataclass(frozen=True)
class OurVillage:
    """What a village reports for a year here."""

    pk: int
    version: int
    values: Mapping[str, Any]


def villages_of(
    codes: Iterable[str], *, year: int, fields: Sequence[str]
) -> dict[str, OurVillage]:
    """Return the reports of some villages for a year."""
    rows = VillageFacts.unscoped.filter(village_id__in=list(codes), year=year)
    return {
        row["village_id"]: OurVillage(
            row["pk"], row["version"], {name: row[name] for name in fields}
        )
        for row in rows.values("pk", "village_id", "version", *fields)
    }


def incomes_of(
    households: Iterable[int], *, window_from: date, window_to: date
) -> dict[int, OurIncome]:
    """Return the statements of some households over a window."""
    rows = IncomeStatement.unscoped.filter(
        household_id__in=list(households), window_from=window_from, window_to=window_to
    ).values("pk", "household_id", "version", *INCOME)
    return {
        row["household_id"]: OurIncome(
            row["pk"], row["version"], {name: row[name] for name in INCOME}
        )
        for row in rows
    }
