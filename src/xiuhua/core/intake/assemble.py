"""Staged sheets to the three tables: repeated rows merged or refused, strays removed.

A household or village may stand in several rows (one per person in the exports of the
national system, or in several files). Where its rows agree they are one; where they
contradict each other the household is refused, with every contradicting cell named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from xiuhua.core.dictionary.model import Level
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.showing import shown_sql
from xiuhua.core.intake.stage import Staged


PLACE: Final = ("_file", "_sheet", "_row")
CHECKED: Final = frozenset(
    {
        "household_id",
        "person_id",
        "id_number",
        "birth_date",
        "sex",
        "relation_to_head",
        "education",
        "school_stage",
        "labor_skill",
        "resident_medical_insurance",
        "employee_medical_insurance",
    }
)
"""The fields of a person the checks look at."""
# What says where a row belongs is read even where no sheet has the column.
_PLACING: Final = {
    "household": ("village_code",),
    "person": ("household_id",),
}


@dataclass(frozen=True)
class LevelRows:
    """The rows of a level in the connection's view `<level>_rows`.

    `fields` are the columns present, `headers` what the sheets call them, `primary`
    tells whether some sheet is of this level (and not only repeats its columns), and
    `only` is the staged file when one file has all of them in dictionary order.
    """

    level: Level
    fields: tuple[str, ...]
    headers: dict[str, str]
    primary: bool
    only: Path | None


def union_rows(
    connection: duckdb.DuckDBPyConnection, name: str, tables: Sequence[Staged]
) -> LevelRows:
    """Lay the staged tables of a level under each other as the view `<level>_rows`.

    `_order` is the order of reading, `_strict` marks rows of sheets of this level,
    `_part` the sheet.
    """
    level = load_dictionary().level(name)
    own = [(i, t) for i, t in enumerate(tables) if t.level == name]
    present = {f for _, t in own for f in t.fields} | {
        level.key,
        *_PLACING.get(name, ()),
    }
    fields = tuple(f.name for f in level.fields if f.name in present)
    if own:
        parts = " UNION ALL BY NAME ".join(
            f"SELECT *, {part} AS _part, {table.primary} AS _strict,"
            f" ({part}::BIGINT << 32) + _row AS _order"
            f" FROM read_parquet({sql_literal(table.path)})"
            for part, table in own
        )
    else:
        parts = (
            "SELECT NULL::VARCHAR AS _file, NULL::VARCHAR AS _sheet,"
            " NULL::BIGINT AS _row, 0 AS _part, true AS _strict, 0::BIGINT AS _order"
            " WHERE false"
        )
    have = {f for _, t in own for f in t.fields}
    missing = "".join(f", NULL::VARCHAR AS {f}" for f in fields if f not in have)
    connection.execute(
        f"CREATE OR REPLACE VIEW {name}_rows AS SELECT *{missing} FROM ({parts})"
    )
    headers = {f: h for _, t in reversed(own) for f, h in t.headers.items()}
    only = own[0][1].path if len(own) == 1 and not missing else None
    return LevelRows(level, fields, headers, any(t.primary for _, t in own), only)


def merge_rows(connection: duckdb.DuckDBPyConnection, rows: LevelRows) -> None:
    """Make the table `<level>_merged`: one row per key, refused keys left out.

    The refused keys go to `<level>_refused` (key, field), empty when there are none.
    """
    name, key = rows.level.name, rows.level.key
    known = f"{key} IS NOT NULL"
    if rows.primary:
        known += f" AND {key} IN (SELECT {key} FROM {name}_rows WHERE _strict)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_refused ({key} VARCHAR, field VARCHAR)"
    )
    repeated = _scalar(
        connection,
        f"SELECT count(*) <> count(DISTINCT {key}) FROM {name}_rows WHERE {known}",
    )
    if not repeated:
        connection.execute(
            f"CREATE OR REPLACE VIEW {name}_merged AS"
            f" SELECT * FROM {name}_rows WHERE {known}"
        )
        return
    others = [f for f in rows.fields if f != key]
    _merge_groups(connection, name, key, others, known)
    _refuse(connection, name, key, others)


def _merge_groups(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    key: str,
    others: Sequence[str],
    known: str,
) -> None:
    # Where the rows agree the least value is the value, so no ordered pick is needed.
    values = "".join(
        f', min({f}) AS {f}, min({f}) <> max({f}) AS "clash {f}"' for f in others
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_groups AS SELECT {key},"
        f" count(*) AS _rows, min(_order) AS _order, arg_min(_file, _order) AS _file,"
        f" arg_min(_sheet, _order) AS _sheet, arg_min(_row, _order) AS _row{values}"
        f" FROM {name}_rows WHERE {known} GROUP BY {key}"
    )


def _refuse(
    connection: duckdb.DuckDBPyConnection, name: str, key: str, others: Sequence[str]
) -> None:
    """Refuse keys whose rows differ; within one sheet a blank differs from a value."""
    tests = [
        f"SELECT {key}, '{f}' FROM {name}_groups WHERE \"clash {f}\"" for f in others
    ]
    tests += [
        f"SELECT {key}, '{f}' FROM {name}_twice GROUP BY {key}, _part"
        f" HAVING count({f}) BETWEEN 1 AND count(*) - 1"
        for f in others
    ]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_twice AS SELECT * FROM {name}_rows"
        f" WHERE _strict AND {key} IS NOT NULL"
        f" QUALIFY count(*) OVER (PARTITION BY {key}, _part) > 1"
    )
    if tests:
        connection.execute(f"INSERT INTO {name}_refused {' UNION '.join(tests)}")
    connection.execute(
        f"CREATE OR REPLACE VIEW {name}_merged AS SELECT * FROM {name}_groups"
        f" WHERE {key} NOT IN (SELECT {key} FROM {name}_refused)"
    )


def place_persons(
    connection: duckdb.DuckDBPyConnection, rows: LevelRows, region: str | None
) -> None:
    """Make `person_placed`: persons with `_stand`, where their household is.

    `_stand` is placed, orphan, outside (of the region) or refused (its household is,
    or nobody can say which it is). It holds the columns in `CHECKED` alone. A row that
    repeats another in everything is left out; `_key` is a number that stands once.
    """
    repeated = _scalar(
        connection,
        "SELECT count(*) <> count(DISTINCT person_id) FROM person_rows",
    )
    columns = ", ".join(rows.fields)
    single, key = "person_rows", "person_id"
    if repeated:
        single = (
            "(SELECT * FROM person_rows QUALIFY row_number()"
            f" OVER (PARTITION BY {columns} ORDER BY _order) = 1)"
        )
        key = (
            "CASE WHEN person_id IS NULL THEN household_id || '#' || _row"
            " WHEN row_number() OVER (PARTITION BY person_id ORDER BY _order) > 1"
            " THEN person_id || '#' || _row ELSE person_id END"
        )
    checked = ", ".join(f"p.{f}" for f in rows.fields if f in CHECKED)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE person_placed AS"
        f" SELECT {checked}, p._file, p._sheet, p._row, p._order, p._key,"
        " CASE WHEN p.household_id IS NULL THEN 'refused'"
        " WHEN h.household_id IS NULL THEN"
        " CASE WHEN p.household_id IN (SELECT household_id FROM household_refused)"
        " THEN 'refused' ELSE 'orphan' END"
        f" WHEN {outside_sql('h.village_code', region)} THEN 'outside'"
        " ELSE 'placed' END"
        f" AS _stand FROM (SELECT *, {key} AS _key FROM {single}) AS p"
        " LEFT JOIN household_merged AS h USING (household_id)"
    )


def split_households(connection: duckdb.DuckDBPyConnection, region: str | None) -> None:
    """Make `household_kept` and `village_kept`: what lies in the region."""
    for name in ("household", "village"):
        connection.execute(
            f"CREATE OR REPLACE VIEW {name}_kept AS SELECT * FROM {name}_merged"
            f" WHERE NOT ({outside_sql('village_code', region)})"
        )


def add_villages_of_households(
    connection: duckdb.DuckDBPyConnection, rows: LevelRows
) -> None:
    """Where no sheet lists the villages, let every village with households stand."""
    if rows.primary:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE village_found AS SELECT * FROM village_merged"
        " UNION ALL BY NAME"
        " SELECT village_code, min(_order) AS _order, arg_min(_file, _order) AS _file,"
        " arg_min(_sheet, _order) AS _sheet, arg_min(_row, _order) AS _row"
        " FROM household_merged WHERE village_code IS NOT NULL AND village_code NOT IN"
        " (SELECT village_code FROM village_merged) GROUP BY village_code"
    )
    connection.execute(
        "CREATE OR REPLACE VIEW village_merged AS SELECT * FROM village_found"
    )


def write_tables(
    connection: duckdb.DuckDBPyConnection, levels: Sequence[LevelRows], folder: Path
) -> dict[str, Path]:
    """Write the tables as Parquet in the order of reading; return their paths."""
    paths = {}
    for rows in levels:
        path = folder / f"{rows.level.name}.parquet"
        if not _moved_whole(connection, rows, path):
            _copy(connection, rows, path)
        paths[rows.level.name] = path
    return paths


def _moved_whole(
    connection: duckdb.DuckDBPyConnection, rows: LevelRows, path: Path
) -> bool:
    """Let a staged file be the table when it is all there is and all of it stays."""
    name = rows.level.name
    if rows.only is None:
        return False
    kept = {"person": "person_placed WHERE _stand = 'placed' AND _key = person_id"}.get(
        name, f"{name}_kept"
    )
    same = _scalar(
        connection,
        f"SELECT (SELECT count(*) FROM {kept}) = (SELECT count(*) FROM {name}_rows)",
    )
    if same:
        rows.only.replace(path)
    return bool(same)


def _copy(connection: duckdb.DuckDBPyConnection, rows: LevelRows, path: Path) -> None:
    name = rows.level.name
    columns, source = list(rows.fields), f"{name}_kept"
    if name == "person":
        columns[columns.index("person_id")] = "_key AS person_id"
        source = (
            "person_rows JOIN (SELECT _order, _key FROM person_placed"
            " WHERE _stand = 'placed') USING (_order)"
        )
    connection.execute(
        f"COPY (SELECT {', '.join([*columns, *PLACE])} FROM {source}"
        f" ORDER BY _order) TO {sql_literal(path)} (FORMAT parquet)"
    )


def clashes(
    connection: duckdb.DuckDBPyConnection, rows: LevelRows, place: str
) -> pa.Table | None:
    """Return the contradicting cells of refused keys: key, place, field, value, other.

    `place` is the SQL that names a row.
    """
    name, key = rows.level.name, rows.level.key
    fields = [
        f
        for (f,) in connection.execute(
            f"SELECT DISTINCT field FROM {name}_refused ORDER BY 1"
        ).fetchall()
    ]
    if not fields:
        return None
    cells = " UNION ALL ".join(
        f"SELECT {key} AS key, _file, _sheet, _row, _order, '{f}' AS field,"
        f" {shown_sql(rows.level.by_name[f])} AS value,"
        f" array_to_string(list_filter(list({place}) OVER (PARTITION BY {key}),"
        f" lambda p: p <> {place})[:3], ', ') AS other"
        f" FROM {name}_rows WHERE {key} IN"
        f" (SELECT {key} FROM {name}_refused WHERE field = '{f}')"
        for f in fields
    )
    return connection.sql(f"{cells} ORDER BY _order, field").to_arrow_table()


def outside_sql(column: str, region: str | None) -> str:
    """Return the SQL that tells whether a code lies outside a region."""
    if not region:
        return "false"
    return f"coalesce(NOT starts_with({column}, '{region}'), false)"


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def sql_literal(path: Path) -> str:
    """Return a path as a text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
