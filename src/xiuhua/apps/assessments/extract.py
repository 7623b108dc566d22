"""The one door from the registry to the core: rows as the core's tables have them.

A snapshot is three Parquet files by the contract of `core.tables` under surrogate keys
(the rows' own ids as text), and a fourth with the names behind the keys that can be
erased alone. Numbers of cards and accounts are in none of them. Rows are streamed, so
memory does not grow with the registry. One household comes as a row to be judged.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, models, transaction
from django.db.models import F, Func, OuterRef, QuerySet, Subquery

from xiuhua.apps.assessments.rules import REGISTERED
from xiuhua.apps.regions.models import Region, RegionYear, in_force
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.facts import INCOME, column_of, fact_names
from xiuhua.apps.registry.models import (
    Household,
    IncomeStatement,
    Person,
    VillageFacts,
)
from xiuhua.core.dictionary.model import TEXT_TYPES, Field, FieldType, Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.duckdb import literal
from xiuhua.core.engines.memory import Judged
from xiuhua.core.tables import arrow_type
from xiuhua.core.truth import UNKNOWN


BATCH: Final = 20_000
MEMORY_MB: Final = 1024
EDITION: Final = "_edition"
_SEALED: Final = frozenset({FieldType.ID_NUMBER, FieldType.BANK_ACCOUNT})
_Schema = list[tuple[str, pa.DataType]]


@dataclass(frozen=True)
class Extract:
    """A snapshot's files by level, the names apart, and how many rows there are."""

    tables: Mapping[str, Path]
    identities: Path
    rows: Mapping[str, int]


@dataclass(frozen=True)
class HouseholdRow:
    """A household to be judged, with what the tallies need to know of it."""

    household_id: int
    village: str
    registration: str
    poverty: str
    monitoring: str
    row: Judged


# one household ------------------------------------------------------------------------


def household_rows(
    household_ids: Sequence[int], *, reads: Mapping[str, Sequence[str]], as_of: date
) -> list[HouseholdRow]:
    """Return households as rows to be judged; `reads` are the columns by level."""
    members = _members(household_ids, reads.get("person", ()))
    wanted = reads.get("household", ())
    incomes = _incomes(household_ids, [n for n in wanted if n in INCOME], as_of)
    names = [n for n in wanted if n not in INCOME]
    fields = load_dictionary().level("household").by_name
    columns = [column_of("household", n) for n in names]
    axes = ("pk", "village_id", "registration", "poverty", "monitoring")
    found = Household.unscoped.filter(pk__in=household_ids).order_by("pk")
    rows = []
    for stored in found.values_list(*axes, *columns):
        key, village, registration, poverty, monitoring = stored[:5]
        values = _values(fields, names, stored[5:])
        values |= incomes.get(key, {}) | {"household_id": str(key)}
        row = Judged("household", values, tuple(members.get(key, ())))
        rows.append(
            HouseholdRow(key, village, registration, poverty or "", monitoring, row)
        )
    return rows


def _members(
    household_ids: Sequence[int], wanted: Sequence[str]
) -> dict[int, list[Judged]]:
    fields = load_dictionary().level("person").by_name
    names = [n for n in wanted if n not in ("household_id", "person_id")]
    found = Person.unscoped.filter(household__in=household_ids, ended_on__isnull=True)
    members: defaultdict[int, list[Judged]] = defaultdict(list)
    for stored in found.order_by("pk").values_list("household_id", "pk", *names):
        values = _values(fields, names, stored[2:])
        values |= {"household_id": str(stored[0]), "person_id": str(stored[1])}
        members[stored[0]].append(Judged("person", values))
    return members


def _incomes(
    household_ids: Sequence[int], names: Sequence[str], as_of: date
) -> dict[int, dict[str, Any]]:
    """Return the amounts of the last window that had begun, by household."""
    if not names:
        return {}
    fields = load_dictionary().level("household").by_name
    found = _stated(as_of).filter(household__in=household_ids)
    found = found.order_by("household_id", "window_to", "pk")
    return {
        stored[0]: _values(fields, names, stored[1:])
        for stored in found.values_list("household_id", *names)
    }


def _stated(as_of: date) -> QuerySet[IncomeStatement]:
    """Statements of windows that had begun; one taken back has no source left."""
    return IncomeStatement.unscoped.filter(window_from__lte=as_of).exclude(source="")


def _values(
    fields: Mapping[str, Field], names: Sequence[str], stored: Sequence[Any]
) -> dict[str, Any]:
    return {
        name: _value(fields[name], item)
        for name, item in zip(names, stored, strict=True)
    }


def _value(field: Field, item: Any) -> Any:
    if item is None:
        return UNKNOWN
    if isinstance(item, Decimal):
        return Fraction(item)
    return str(item) if field.type in TEXT_TYPES else item


# a snapshot ---------------------------------------------------------------------------


def extract(
    folder: Path,
    *,
    region: str,
    as_of: date,
    household_ids: Sequence[int] | None = None,
) -> Extract:
    """Write the registered households of a region and return the files.

    With `household_ids` those households alone. Everything is read as of one instant.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = folder / "parts"
    parts.mkdir()
    with _one_instant():
        households = _households(region, household_ids)
        _write(households, _schema("household"), parts / "household.parquet")
        _write(_persons(region, household_ids), _schema("person"), parts / "p.parquet")
        _write(
            _statements(region, household_ids, as_of),
            [("household_id", pa.string()), *_typed("household", INCOME)],
            parts / "income.parquet",
        )
        _write(_villages(region, as_of), _schema("village"), parts / "facts.parquet")
        _write(_places(region, as_of), [("code", pa.string())], parts / "r.parquet")
        _write(
            _poor_villages(region, as_of),
            [("code", pa.string()), ("listed_poor", pa.bool_())],
            parts / "poor.parquet",
        )
        _write(
            _names(households), list(_IDENTITIES.items()), folder / "identities.parquet"
        )
    tables = _joined(parts, folder)
    shutil.rmtree(parts)
    rows = {level: pq.read_metadata(path).num_rows for level, path in tables.items()}
    return Extract(tables, folder / "identities.parquet", rows)


@contextmanager
def _one_instant() -> Iterator[None]:
    """Read everything as of one instant without holding up those who write."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")


def kept_names(level: str) -> list[str]:
    """Return the dictionary fields of a level that a snapshot holds.

    Names, phones, numbers of cards and accounts are not among them.
    """
    fields = load_dictionary().level(level).by_name
    return [
        name
        for name in fact_names(level)
        if not (fields[name].type in TEXT_TYPES and fields[name].mask is not Mask.OPEN)
    ]


def _typed(level: str, names: Iterable[str]) -> _Schema:
    fields = load_dictionary().level(level).by_name
    return [(name, arrow_type(fields[name])) for name in names]


_KEYS: Final = {
    "household": ("household_id", "village_code", "exit_status"),
    "person": ("household_id", "person_id"),
    "village": ("village_code",),
}


def _schema(level: str) -> _Schema:
    keys = [(name, pa.string()) for name in _KEYS[level]]
    versions = [(EDITION, pa.int64())] if level == "household" else []
    return [*keys, *versions, *_typed(level, kept_names(level))]


def _households(region: str, household_ids: Sequence[int] | None) -> QuerySet[Any]:
    found = Household.unscoped.filter(
        within(region, "village_id"), registration=REGISTERED
    )
    if household_ids is not None:
        found = found.filter(pk__in=household_ids)
    own = ("pk", "village_id", "poverty", "standing__edition")
    return _picked(found, "household", own, kept_names("household"))


def _persons(region: str, household_ids: Sequence[int] | None) -> QuerySet[Any]:
    found = Person.unscoped.filter(
        within(region, "household__village_id"),
        household__registration=REGISTERED,
        ended_on__isnull=True,
    )
    if household_ids is not None:
        found = found.filter(household__in=household_ids)
    return _picked(found, "person", ("household_id", "pk"), kept_names("person"))


def _statements(
    region: str, household_ids: Sequence[int] | None, as_of: date
) -> QuerySet[Any]:
    """Each household's last window that had begun."""
    last = (
        _stated(as_of)
        .filter(household=OuterRef("household"))
        .order_by("-window_to", "-pk")
        .values("pk")[:1]
    )
    found = IncomeStatement.unscoped.filter(
        within(region, "household__village_id"),
        household__registration=REGISTERED,
        pk=Subquery(last),
    )
    if household_ids is not None:
        found = found.filter(household__in=household_ids)
    return _picked(found, "household", ("household_id",), INCOME)


def _villages(region: str, as_of: date) -> QuerySet[Any]:
    """Each village's facts of the last year that had begun."""
    last = (
        VillageFacts.unscoped.filter(village=OuterRef("village"), year__lte=as_of.year)
        .order_by("-year")
        .values("pk")[:1]
    )
    found = VillageFacts.unscoped.filter(
        within(region, "village_id"), pk=Subquery(last)
    )
    return _picked(found, "village", ("village_id",), kept_names("village"))


def _places(region: str, as_of: date) -> QuerySet[Any]:
    found = Region.objects.filter(in_force(as_of), within(region), level="village")
    return found.values_list("code")


def _poor_villages(region: str, as_of: date) -> QuerySet[Any]:
    """What the county lists of a village, for where the village says nothing."""
    known = RegionYear.objects.filter(
        year__lte=as_of.year, poor_village__isnull=False, region__level="village"
    )
    last = known.filter(region=OuterRef("region")).order_by("-year").values("pk")[:1]
    found = known.filter(within(region, "region__code"), pk=Subquery(last))
    return found.values_list("region__code", "poor_village")


_IDENTITIES: Final[Mapping[str, pa.DataType]] = {
    "household_id": pa.string(),
    "number": pa.string(),
    "head_name": pa.string(),
    "helper_name": pa.string(),
}


def _names(households: QuerySet[Any]) -> QuerySet[Any]:
    return households.values_list("pk", "number", "head_name", "helper_name")


class _Whole(Func):
    """A decimal as whole units of its last digit, computed by the database."""

    template = "CAST(ROUND(%(expressions)s * %(unit)s) AS BIGINT)"
    output_field = models.BigIntegerField()


def _picked(
    found: QuerySet[Any], level: str, own: Sequence[str], names: Iterable[str]
) -> QuerySet[Any]:
    fields = load_dictionary().level(level).by_name
    whole = {
        f"whole_{name}": _Whole(F(name), unit=str(10 ** fields[name].scale))
        for name in names
        if fields[name].scale
    }
    columns = [f"whole_{n}" if fields[n].scale else n for n in names]
    return found.annotate(**whole).values_list(*own, *columns)


def _write(found: QuerySet[Any], schema: _Schema, path: Path) -> None:
    """Stream rows to Parquet as the database has them, a batch at a time."""
    sql, params = found.order_by().query.sql_with_params()
    whole = pa.schema(schema)
    with pq.ParquetWriter(path, whole) as writer, connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(BATCH):
            arrays = [
                pa.array(column).cast(kind)
                for column, (_, kind) in zip(
                    zip(*rows, strict=True), schema, strict=True
                )
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=whole))


def _joined(parts: Path, folder: Path) -> dict[str, Path]:
    """Lay incomes beside households and sort all tables by their keys."""
    queries = {
        "household": (
            f"SELECT * FROM {_file(parts / 'household.parquet')} AS h"  # noqa: S608  files of ours
            f" LEFT JOIN {_file(parts / 'income.parquet')} AS i USING (household_id)"
            " ORDER BY CAST(household_id AS BIGINT)"
        ),
        "person": (
            f"SELECT * FROM {_file(parts / 'p.parquet')}"  # noqa: S608  files of ours
            " ORDER BY CAST(household_id AS BIGINT), CAST(person_id AS BIGINT)"
        ),
        # A village nobody reports of stands with all unknown, not left out.
        "village": (
            "SELECT code AS village_code, * EXCLUDE (village_code, code, listed_poor)"  # noqa: S608  files of ours
            " REPLACE (coalesce(poor_village, listed_poor) AS poor_village)"
            f" FROM (SELECT code FROM {_file(parts / 'r.parquet')} AS r UNION"
            f" SELECT village_code FROM {_file(parts / 'household.parquet')} AS h)"
            f" LEFT JOIN {_file(parts / 'facts.parquet')} AS f ON village_code = code"
            f" LEFT JOIN {_file(parts / 'poor.parquet')} AS p USING (code)"
            " ORDER BY code"
        ),
    }
    tables = {level: folder / f"{level}.parquet" for level in queries}
    with quiet_duckdb(parts / "spill") as duck:
        for level, query in queries.items():
            duck.execute(
                f"COPY ({query}) TO {literal(str(tables[level]))} (FORMAT parquet)"
            )
    return tables


def _file(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


@contextmanager
def quiet_duckdb(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a DuckDB in memory, limited in memory, that loads nothing from outside."""
    with duckdb.connect() as duck:
        duck.execute("SET autoinstall_known_extensions = false")
        duck.execute("SET autoload_known_extensions = false")
        duck.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
        duck.execute(f"SET temp_directory = {literal(str(spill))}")
        yield duck
