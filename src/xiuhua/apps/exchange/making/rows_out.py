"""Rows of the registry as the core's typed tables, as far as a role may take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q

from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.exchange.staging.values import stored_of
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.facts import INCOME, column_of
from xiuhua.apps.registry.models import (
    Household,
    IncomeStatement,
    Person,
    VillageFacts,
)
from xiuhua.apps.registry.rules import income_window
from xiuhua.core.dictionary.model import Field, Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.tables import arrow_type


_CHUNK: Final = 2_000


@dataclass(frozen=True)
class Wanted:
    """Which rows and fields: a region, perhaps one person in charge, a year's income.

    `secret` adds identity numbers and the like; it takes a reason, which the caller has
    recorded. `whole` adds fields the template does not have.
    """

    region: str
    year: int
    helper: str = ""
    secret: bool = False
    whole: bool = False

    @property
    def condition(self) -> Q:
        """Return the condition on households."""
        met = within(self.region, "village_id") & Q(ended_on__isnull=True)
        return met & Q(helper_name=self.helper) if self.helper else met


def fields_out(level: str, role: Role, wanted: Wanted) -> list[Field]:
    """Return the fields a role takes away, in the order of the dictionary.

    What it does not see in full is left out, never masked: a masked value that came
    back would look like a change.
    """
    return [
        field
        for field in load_dictionary().level(level).fields
        if (wanted.whole or field.template) and _is_shown(field, role, wanted)
    ]


def write_tables(
    folder: Path, role: Role, wanted: Wanted, progress: Callable[[int], None]
) -> tuple[dict[str, Path], int]:
    """Write households and persons as Parquet; return the files and how many rows."""
    fields = {n: fields_out(n, role, wanted) for n in ("household", "person")}
    paths = {name: folder / f"{name}.parquet" for name in fields}
    total = Household.unscoped.filter(wanted.condition).count() or 1
    rows = _write(
        paths["household"],
        fields["household"],
        _households(fields["household"], wanted),
        lambda done: progress(50 * done // total),
    )
    rows += _write(
        paths["person"],
        fields["person"],
        _persons(fields["person"], wanted),
        lambda done: progress(min(99, 50 + 12 * done // total)),
    )
    return paths, rows


def write_villages(folder: Path, role: Role, wanted: Wanted) -> tuple[Path, int]:
    """Write what villages report for the year as Parquet; return file and rows."""
    fields = fields_out("village", role, wanted)
    names = [column_of("village", f.name) for f in fields]
    here = within(wanted.region, "village_id")
    reports = VillageFacts.unscoped.filter(here, year=wanted.year)
    rows = map(list, reports.order_by("village_id").values_list(*names))
    path = folder / "village.parquet"
    return path, _write(path, fields, rows, lambda done: None)


def _is_shown(field: Field, role: Role, wanted: Wanted) -> bool:
    if field.mask is Mask.SECRET:
        return wanted.secret and role.shows(Mask.SECRET)
    return role.shows(field.mask)


def _households(fields: Sequence[Field], wanted: Wanted) -> Iterator[list[Any]]:
    names = [f.name for f in fields]
    columns = {n: column_of("household", n) for n in names if n not in INCOME}
    rows = (
        Household.unscoped.filter(wanted.condition)
        .order_by("village_id", "number")
        .values("pk", *dict.fromkeys(columns.values()))
        .iterator(_CHUNK)
    )
    while chunk := list(islice(rows, _CHUNK)):
        incomes = _incomes([row["pk"] for row in chunk], wanted.year)
        for row in chunk:
            income = incomes.get(row["pk"], {})
            yield [
                wanted.year
                if n == "year"
                else income.get(n)
                if n in INCOME
                else row[columns[n]]
                for n in names
            ]


def _incomes(households: Sequence[int], year: int) -> dict[int, dict[str, Any]]:
    window = income_window(year)
    rows = IncomeStatement.unscoped.filter(
        household_id__in=households, window_from=window.start, window_to=window.end
    )
    return {row["household_id"]: row for row in rows.values("household_id", *INCOME)}


def _persons(fields: Sequence[Field], wanted: Wanted) -> Iterator[list[Any]]:
    homes = Household.unscoped.filter(wanted.condition).values("pk")
    columns = [
        "household__number" if f.name == "household_id" else f.name for f in fields
    ]
    columns = ["number" if c == "person_id" else c for c in columns]
    rows = Person.unscoped.filter(household__in=homes, ended_on__isnull=True)
    ordered = rows.order_by("household__village_id", "household__number", "number")
    for row in ordered.values_list(*columns).iterator(_CHUNK):
        yield list(row)


def _write(
    path: Path,
    fields: Sequence[Field],
    rows: Iterator[list[Any]],
    progress: Callable[[int], None],
) -> int:
    schema = pa.schema([pa.field(f.name, arrow_type(f)) for f in fields])
    done = 0
    with pq.ParquetWriter(path, schema) as out:
        while chunk := list(islice(rows, _CHUNK)):
            columns = [
                [stored_of(field, value) for value in values]
                for field, values in zip(fields, zip(*chunk, strict=True), strict=True)
            ]
            out.write_table(pa.table(columns, schema=schema))
            done += len(chunk)
            progress(done)
    return done
