"""What contradicts itself across the cells of a row, between rows and tables.

One SQL condition per kind of fault over the tables made by `assemble`; a check runs
when the columns it looks at are there. An identity number is read once, in
`person_ids`, by the rules of `xiuhua.core.id_number`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb
import pyarrow as pa

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.assemble import LevelRows, clashes
from xiuhua.core.intake.faults import FAULT_SCHEMA
from xiuhua.core.intake.showing import shown_sql


_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
WORKING_AGE: Final = 16


@dataclass(frozen=True)
class Check:
    """A kind of fault, the field it is shown at, and when a row has it.

    `source` is the table or view read, `where` the condition, `needs` the columns it
    looks at, `other` and `expected` SQL texts for the wording.
    """

    kind: str
    level: str
    field: str
    where: str
    needs: tuple[str, ...] = ()
    source: str = ""
    other: str = "NULL"
    expected: str = "NULL"


def id_number_sql(source: str, column: str) -> str:
    """Return a query of `source` with `id_fault`, `id_born` and `id_male` beside it.

    `id_fault` is null for a right number of 18, 20 or 22 characters, else `length`,
    `form` or `checksum`; a number of 15 digits has the wrong length.
    """
    n = column
    total = " + ".join(
        f"(ascii(substr({n}, {i}, 1)) - 48) * {w}" for i, w in enumerate(_WEIGHTS, 1)
    )
    day = f"substr({n}, 7, 4) || '-' || substr({n}, 11, 2) || '-' || substr({n}, 13, 2)"
    characters = "'^[0-9]{17}[0-9X]([1-7][1-4]([0-9B][0-9])?)?$'"
    return (
        "SELECT * EXCLUDE (id_form), CASE"
        f" WHEN {n} IS NULL THEN NULL"
        f" WHEN length({n}) NOT IN (18, 20, 22) THEN 'length'"
        " WHEN NOT id_form OR id_born IS NULL OR year(id_born) < 1 THEN 'form'"
        f" WHEN substr('{_CHECK_CHARACTERS}', 1 + ({total}) % 11, 1)"
        f" <> substr({n}, 18, 1) THEN"
        f" CASE WHEN length({n}) = 18 THEN 'checksum' ELSE 'form' END END AS id_fault,"
        f" ascii(substr({n}, 17, 1)) % 2 = 1 AS id_male FROM"
        f" (SELECT *, regexp_full_match({n}, {characters}) AS id_form,"
        f" TRY_CAST({day} AS DATE) AS id_born FROM {source})"
    )


def _id_number_checks(place: str) -> tuple[Check, ...]:
    return (
        Check(
            "id_duplicate",
            "person",
            "id_number",
            "true",
            ("id_number",),
            _rows_with_same("id_number", place),
            other="others",
        ),
        Check("id_length", "person", "id_number", "id_fault = 'length'"),
        Check("id_form", "person", "id_number", "id_fault = 'form'"),
        Check("id_checksum", "person", "id_number", "id_fault = 'checksum'"),
        Check(
            "id_birth_mismatch",
            "person",
            "birth_date",
            "id_right AND birth_date <> id_born",
            ("id_number", "birth_date"),
        ),
        Check(
            "id_sex_mismatch",
            "person",
            "sex",
            "id_right AND sex IN ('male', 'female') AND (sex = 'male') <> id_male",
            ("id_number", "sex"),
            expected="CASE WHEN id_male THEN 'male' ELSE 'female' END",
        ),
    )


def _person_checks(as_of: date | None) -> tuple[Check, ...]:
    pupil = _at_school()
    minor = _minor(as_of)
    return (
        Check(
            "double_insured",
            "person",
            "employee_medical_insurance",
            "resident_medical_insurance AND employee_medical_insurance",
            ("resident_medical_insurance", "employee_medical_insurance"),
        ),
        Check(
            "labour_of_minor_or_pupil",
            "person",
            "labor_skill",
            f"labor_skill <> 'none' AND ({minor} OR {pupil})",
            ("labor_skill",),
        ),
        Check(
            "education_and_school",
            "person",
            "education",
            f"education IS NOT NULL AND {pupil}",
            ("education", "school_stage"),
        ),
    )


def _member_checks(place: str) -> tuple[Check, ...]:
    return (
        Check(
            "duplicate_person_id",
            "person",
            "person_id",
            "true",
            ("person_id",),
            _rows_with_same("person_id", place),
            other="others",
        ),
        Check(
            "several_heads",
            "person",
            "relation_to_head",
            "head > 1",
            ("relation_to_head",),
            "(SELECT *, row_number() OVER heads AS head,"
            f" first_value({place}) OVER heads AS first_head FROM person_checked"
            " WHERE relation_to_head = 'head' AND household_id IN"
            " (SELECT household_id FROM person_checked"
            " WHERE relation_to_head = 'head' AND _stand = 'placed'"
            " GROUP BY household_id HAVING count(*) > 1)"
            " WINDOW heads AS (PARTITION BY household_id ORDER BY _order))",
            other="first_head",
        ),
        Check("orphan_person", "person", "household_id", "_stand = 'orphan'"),
        Check(
            "outside_region",
            "person",
            "household_id",
            "_stand = 'outside'",
            source="person_placed",
        ),
    )


def _household_checks(persons: bool, villages: bool) -> tuple[Check, ...]:
    members = "(SELECT household_id FROM person_placed WHERE _stand = 'placed'{})"
    found: list[Check] = [
        Check(
            "outside_region",
            "household",
            "village_code",
            "household_id NOT IN (SELECT household_id FROM household_kept)",
            source="household_merged",
        )
    ]
    if persons:
        heads = members.format(" AND relation_to_head = 'head'")
        found += [
            Check(
                "no_head",
                "household",
                "household_id",
                f"household_id NOT IN {heads} AND household_id IN {members.format('')}",
                ("relation_to_head",),
            ),
            Check(
                "household_without_members",
                "household",
                "household_id",
                f"household_id NOT IN {members.format('')}",
            ),
        ]
    if villages:
        found.append(
            Check(
                "village_unknown",
                "household",
                "village_code",
                "village_code NOT IN (SELECT village_code FROM village_kept)",
            )
        )
    return tuple(found)


_VILLAGE_CHECKS: Final = (
    Check(
        "outside_region",
        "village",
        "village_code",
        "village_code NOT IN (SELECT village_code FROM village_kept)",
        source="village_merged",
    ),
)


def run_checks(
    connection: duckdb.DuckDBPyConnection,
    levels: dict[str, LevelRows],
    as_of: date | None,
    region: str | None,
    place: str,
) -> list[pa.Table]:
    """Return the faults found across cells, rows and tables, a table per kind."""
    person, household, village = (
        levels[name] for name in ("person", "household", "village")
    )
    _read_id_numbers(connection, person)
    checks = (
        *_id_number_checks(place),
        *_person_checks(as_of),
        *_member_checks(place),
        *_household_checks(bool(person.headers), village.primary),
        *_VILLAGE_CHECKS,
    )
    found = [_conflicts(connection, rows, place) for rows in (household, village)]
    have = set(person.fields) | set(household.fields)
    for check in checks:
        if have.issuperset(check.needs):
            found.append(_faults(connection, check, levels[check.level], region))
    return [table for table in found if table is not None and table.num_rows]


def _read_id_numbers(connection: duckdb.DuckDBPyConnection, person: LevelRows) -> None:
    """Make `person_checked`: persons of the region with what their ID number says."""
    columns = "".join(
        f", NULL::{kind} AS {name}"
        for name, kind in (
            ("id_number", "VARCHAR"),
            ("birth_date", "DATE"),
            ("school_stage", "VARCHAR"),
        )
        if name not in person.fields
    )
    source = f"(SELECT *{columns} FROM person_placed WHERE _stand <> 'outside')"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE person_checked AS SELECT *,"
        " id_number IS NOT NULL AND id_fault IS NULL AS id_right"
        f" FROM ({id_number_sql(source, 'id_number')})"
    )


def _rows_with_same(field: str, place: str) -> str:
    """The rows whose value of a field stands in other rows, with their places."""
    return (
        f"(SELECT *, array_to_string(list_filter(list({place})"
        f" OVER (PARTITION BY {field}), lambda p: p <> {place})[:3], ', ') AS others"
        f" FROM person_checked WHERE {field} IN (SELECT {field} FROM person_checked"
        f" GROUP BY {field} HAVING count(*) > 1))"
    )


def _at_school() -> str:
    stages = load_dictionary().code_lists["school_stage"].codes
    ranked = ", ".join(f"'{s.code}'" for s in stages if s.rank is not None)
    return f"coalesce(school_stage IN ({ranked}), false)"


def _minor(as_of: date | None) -> str:
    if as_of is None:
        return "false"
    day = f"DATE '{as_of.isoformat()}'"
    return (
        f"coalesce(year({day}) - year(birth_date) - CAST((month({day}), day({day}))"
        f" < (month(birth_date), day(birth_date)) AS INTEGER) < {WORKING_AGE}, false)"
    )


def _faults(
    connection: duckdb.DuckDBPyConnection,
    check: Check,
    rows: LevelRows,
    region: str | None,
) -> pa.Table:
    field = rows.level.by_name[check.field]
    source = (
        check.source
        or {
            "person": "person_checked",
            "household": "household_kept",
            "village": "village_kept",
        }[check.level]
    )
    household, person = {
        "person": ("household_id", "person_id"),
        "household": ("household_id", "NULL"),
        "village": ("NULL", "NULL"),
    }[check.level]
    value = shown_sql(field) if field.name in rows.fields else "NULL"
    expected = "$region" if check.kind == "outside_region" else check.expected
    table = connection.sql(
        f"SELECT '{check.kind}' AS kind, {household} AS household_id,"
        f" {person} AS person_id, _file AS file, _sheet AS sheet, _row AS row,"
        f" $header AS column_header, {value} AS value,"
        f" '{check.level}' AS level, '{check.field}' AS field,"
        f" {expected} AS expected, {check.other} AS other, $region AS _region"
        f" FROM {source} WHERE {check.where} ORDER BY _order",
        params={
            "header": rows.headers.get(check.field, field.label.zh),
            "region": region,
        },
    ).to_arrow_table()
    return _in_schema(table)


def _conflicts(
    connection: duckdb.DuckDBPyConnection, rows: LevelRows, place: str
) -> pa.Table | None:
    found = clashes(connection, rows, place)
    if found is None:
        return None
    household = rows.level.name == "household"
    connection.register("clashes", found)
    names = " ".join(f"WHEN field = '{f}' THEN $h_{f}" for f in rows.fields)
    table = connection.sql(
        f"SELECT '{rows.level.name}_conflict' AS kind,"
        f" {'key' if household else 'NULL'} AS household_id, NULL AS person_id,"
        f" _file AS file, _sheet AS sheet, _row AS row, CASE {names} END AS"
        f" column_header, value, '{rows.level.name}' AS level,"
        " field, NULL AS expected, other FROM clashes ORDER BY _order, field",
        params={
            f"h_{f}": rows.headers.get(f, rows.level.by_name[f].label.zh)
            for f in rows.fields
        },
    ).to_arrow_table()
    connection.unregister("clashes")
    return _in_schema(table)


def _in_schema(table: pa.Table) -> pa.Table:
    renamed = table.rename_columns(
        ["column" if n == "column_header" else n for n in table.schema.names]
    )
    return renamed.select(FAULT_SCHEMA.names).cast(FAULT_SCHEMA)
