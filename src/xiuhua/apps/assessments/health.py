"""Look for faults in what is stored, by the checks the intake has, and for gaps.

The rows are streamed into tables in memory that the intake's checks read; numbers of
ID cards are opened for that and written nowhere. A fault is kept until the household
was looked at again; a change of the household marks its faults and asks for that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from xiuhua.apps.assessments.demanded import (
    HOUSEHOLD_DEMANDS,
    INCOME_DEMANDS,
    PERSON_DEMANDS,
    Demand,
)
from xiuhua.apps.assessments.doubles import (
    ELSEWHERE,
    by_county,
    doubles_in,
    far_households,
)
from xiuhua.apps.assessments.extract import quiet_duckdb
from xiuhua.apps.assessments.found_faults import Found
from xiuhua.apps.assessments.models import Completeness, Fault
from xiuhua.apps.assessments.rules import REGISTERED
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household, IncomeStatement, Person
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.assemble import CHECKED, LevelRows
from xiuhua.core.intake.checks import run_checks
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.tables import REGISTRY_LEVELS, arrow_type


_BATCH: Final = 5000
_OTHERS: Final = 200
_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_PLACE: Final = "'' AS _file, '' AS _sheet, 0 AS _row"
_PERSON: Final = tuple(
    f.name for f in load_dictionary().level("person").fields if f.name in CHECKED
)


def region_checked(region: str, *, as_of: date, at: datetime) -> int:
    """Look at all registered households of a region anew; return how many faults.

    County by county: an ID number that stands twice in one is a clash of two rows, one
    that stands in two counties is noted in both, for the office above to settle.
    """
    households = Household.unscoped.filter(within(region, "village_id"))
    codes = set(households.order_by().values_list("village_id", flat=True).distinct())
    total = 0
    for county in sorted({code[:_COUNTY] for code in codes}):
        here = max(county, region, key=len)
        inside = within(here, "village_id")
        found = [
            *faults_in(inside, as_of=as_of),
            *doubles_in(inside, county=county),
        ]
        with transaction.atomic():
            Fault.unscoped.filter(inside).delete()
            _keep(found, inside, at=at)
            _note_elsewhere(found, at=at)
        total += len(found)
    completeness_counted(within(region, "village_id"))
    return total


def households_checked(
    household_ids: Sequence[int], *, as_of: date, at: datetime
) -> int:
    """Look at some households anew, and at those an ID number leads to."""
    wider = sorted(_with_same_numbers(household_ids))
    found: list[Found] = []
    for county, keys in sorted(by_county(wider).items()):
        here = Q(pk__in=sorted(keys))
        found += faults_in(here, as_of=as_of)
        found += doubles_in(here, county=county)
    with transaction.atomic():
        Fault.unscoped.filter(household__in=wider).delete()
        _keep(found, Q(pk__in=wider), at=at)
    rows = Household.unscoped.filter(pk__in=household_ids)
    villages = sorted(set(rows.values_list("village_id", flat=True)))
    for village in villages:
        completeness_counted(Q(village_id=village))
    return len(found)


def _with_same_numbers(household_ids: Sequence[int]) -> set[int]:
    """Households whose members share an ID number with theirs, now or as noted."""
    wider = set(household_ids)
    own = Person.unscoped.filter(household__in=household_ids, ended_on__isnull=True)
    places = own.exclude(id_number_index__isnull=True).exclude(id_number_index="")
    same = Person.unscoped.filter(
        id_number_index__in=places.values("id_number_index"), ended_on__isnull=True
    )
    wider |= set(same.values_list("household_id", flat=True))
    noted = Fault.unscoped.filter(household__in=household_ids).exclude(others="")
    keys = {
        int(k) for text in noted.values_list("others", flat=True) for k in text.split()
    }
    clashing = Person.unscoped.filter(pk__in=keys)
    return wider | set(clashing.values_list("household_id", flat=True))


def _note_elsewhere(found: Sequence[Found], *, at: datetime) -> None:
    """Note the doubles of a county in the other counties as well."""
    for county, keys in sorted(by_county(far_households(found)).items()):
        here = Q(pk__in=sorted(keys))
        noted = Fault.unscoped.filter(household__in=keys, kind=ELSEWHERE.name)
        noted.delete()
        _keep(list(doubles_in(here, county=county)), here, at=at)


def _keep(found: Sequence[Found], inside: Q, *, at: datetime) -> None:
    villages = dict(
        Household.unscoped.filter(inside).values_list("pk", "village_id").iterator()
    )
    Fault.unscoped.bulk_create(
        [
            Fault(
                household_id=one.household_id,
                person_id=one.person_id,
                village_id=villages[one.household_id],
                kind=one.kind,
                level=one.level,
                field=one.field,
                expected=one.expected,
                others=one.others,
                found_at=at,
            )
            for one in found
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


# the checks ---------------------------------------------------------------------------


def faults_in(inside: Q, *, as_of: date) -> Iterator[Found]:
    """Yield the faults of registered households that fulfil a condition."""
    households = Household.unscoped.filter(inside, registration=REGISTERED)
    persons = Person.unscoped.filter(
        household__in=households.order_by().values("pk"), ended_on__isnull=True
    )
    with tempfile.TemporaryDirectory(prefix="xiuhua-health-") as spill:
        with quiet_duckdb(Path(spill)) as duck:
            _lay(duck, households, persons)
            for table in run_checks(duck, _levels(), as_of, None, "person_id"):
                yield from _found(table)


def _lay(
    duck: duckdb.DuckDBPyConnection, households: QuerySet[Any], persons: QuerySet[Any]
) -> None:
    """Make the tables the checks of the intake read."""
    keys = [("household_id", pa.string()), ("village_code", pa.string())]
    _fill(duck, "household_rows", households.values_list("pk", "village_id"), keys)
    fields = load_dictionary().level("person").by_name
    schema = [(name, arrow_type(fields[name])) for name in _PERSON]
    columns = ["pk" if name == "person_id" else name for name in _PERSON]
    _fill(duck, "person_rows", persons.values_list(*columns), schema)
    duck.execute(
        "CREATE TABLE person_placed AS SELECT *, CAST(person_id AS BIGINT) AS _order,"  # noqa: S608  names of ours
        f" person_id AS _key, 'placed' AS _stand, {_PLACE} FROM person_rows"
    )
    duck.execute(
        "CREATE VIEW household_kept AS SELECT *,"  # noqa: S608  names of ours
        f" CAST(household_id AS BIGINT) AS _order, {_PLACE} FROM household_rows"
    )
    duck.execute("CREATE VIEW household_merged AS SELECT * FROM household_kept")
    duck.execute(
        "CREATE VIEW village_kept AS SELECT DISTINCT village_code, 0 AS _order,"  # noqa: S608  names of ours
        f" {_PLACE} FROM household_rows"
    )
    duck.execute("CREATE VIEW village_merged AS SELECT * FROM village_kept")
    for level, key in (("household", "household_id"), ("village", "village_code")):
        duck.execute(f"CREATE TABLE {level}_refused ({key} VARCHAR, field VARCHAR)")


def _fill(
    duck: duckdb.DuckDBPyConnection,
    table: str,
    rows: QuerySet[Any],
    schema: Sequence[tuple[str, pa.DataType]],
) -> None:
    """Stream rows into a table in memory."""
    whole = pa.schema(schema)
    duck.register("batch", whole.empty_table())
    duck.execute(f"CREATE TABLE {table} AS SELECT * FROM batch")  # noqa: S608  names of ours
    part: list[Any] = []
    for row in rows.order_by("pk").iterator(_BATCH):
        part.append(row)
        if len(part) == _BATCH:
            _insert(duck, table, part, whole)
            part = []
    if part:
        _insert(duck, table, part, whole)
    duck.unregister("batch")


def _insert(
    duck: duckdb.DuckDBPyConnection, table: str, part: list[Any], schema: pa.Schema
) -> None:
    arrays = [
        pa.array(column).cast(kind)
        for column, kind in zip(zip(*part, strict=True), schema.types, strict=True)
    ]
    duck.register("batch", pa.Table.from_arrays(arrays, schema=schema))
    duck.execute(f"INSERT INTO {table} SELECT * FROM batch")  # noqa: S608  names of ours


def _levels() -> dict[str, LevelRows]:
    present = {
        "household": ("household_id", "village_code"),
        "person": _PERSON,
        "village": ("village_code",),
    }
    dictionary = load_dictionary()
    levels = {}
    for name in REGISTRY_LEVELS:
        headers = {f: dictionary.level(name).by_name[f].label.zh for f in present[name]}
        level = dictionary.level(name)
        levels[name] = LevelRows(level, present[name], headers, True, None)
    return levels


def _found(table: pa.Table) -> Iterator[Found]:
    for row in table.to_pylist():
        others = (row["other"] or "").replace(",", " ").split()
        yield Found(
            int(row["household_id"]),
            int(row["person_id"]) if row["person_id"] else None,
            row["kind"],
            row["level"],
            row["field"],
            row["expected"] or "",
            " ".join(others)[:_OTHERS],
        )


# completeness -------------------------------------------------------------------------


def completeness_counted(inside: Q) -> None:
    """Count anew what is filled in, for the villages of a condition on `village_id`."""
    households = Household.unscoped.filter(inside, registration=REGISTERED)
    keys = households.order_by().values("pk")
    persons = Person.unscoped.filter(
        household__in=keys, ended_on__isnull=True
    ).annotate(place=F("household__village_id"))
    last = (
        IncomeStatement.unscoped.filter(household=OuterRef("household"))
        .exclude(source="")
        .order_by("-window_to", "-pk")
        .values("pk")[:1]
    )
    incomes = IncomeStatement.unscoped.filter(
        household__in=keys, pk=Subquery(last)
    ).annotate(place=F("household__village_id"))
    counted = [
        *_counted(households.annotate(place=F("village_id")), HOUSEHOLD_DEMANDS),
        *_counted(persons, PERSON_DEMANDS),
        *_counted(incomes, INCOME_DEMANDS),
    ]
    with transaction.atomic():
        Completeness.unscoped.filter(inside).delete()
        Completeness.unscoped.bulk_create(counted, batch_size=1000)


def _counted(rows: QuerySet[Any], demands: Sequence[Demand]) -> Iterator[Completeness]:
    counts = {}
    for demand in demands:
        of_whom, name = demand.of_whom, demand.field
        counts[f"n_{name}"] = Count("pk", filter=of_whom) if of_whom else Count("pk")
        counts[f"f_{name}"] = Count("pk", filter=of_whom & demand.filled)
    for row in rows.order_by().values("place").annotate(**counts):
        for demand in demands:
            yield Completeness(
                village_id=row["place"],
                level=demand.level,
                field=demand.field,
                wanted=row[f"n_{demand.field}"],
                filled=row[f"f_{demand.field}"],
            )
