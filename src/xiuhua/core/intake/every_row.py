"""What became of every row of a source: kept, repeated, or why it counts nowhere.

The table lists each filled row of each sheet once, by its place, so that rows in the
file can be balanced against what came of them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from xiuhua.core.intake.assemble import LevelRows, outside_sql, sql_literal


FILE_NAME = "rows.parquet"


def write_every_row(
    connection: duckdb.DuckDBPyConnection,
    levels: dict[str, LevelRows],
    region: str | None,
    folder: Path,
) -> Path:
    """Write `rows.parquet` with level, place, `key`, `household_id` and `stand`.

    `stand` is kept, repeated (an equal row stands above it), keyless, refused (rows of
    its household contradict each other), orphan (its household is nowhere) or outside
    (of the region). Reads the views made while the tables were assembled.
    """
    household, village = levels["household"], levels["village"]
    parts = [
        _keyed(household, "household_id", region),
        _person(),
        _keyed(village, "NULL::VARCHAR", region),
    ]
    path = folder / FILE_NAME
    connection.execute(
        f"COPY ({' UNION ALL '.join(parts)} ORDER BY _order)"
        f" TO {sql_literal(path)} (FORMAT parquet)"
    )
    return path


def _keyed(rows: LevelRows, household: str, region: str | None) -> str:
    """The rows of sheets of a level that stands once per key."""
    name, key = rows.level.name, rows.level.key
    outside = outside_sql("village_code", region)
    if "village_code" not in rows.fields:
        outside = "false"
    return (
        f"SELECT '{name}' AS level, _file, _sheet, _row, _order, {key} AS key,"
        f" {household} AS household_id, CASE WHEN {key} IS NULL THEN 'keyless'"
        f" WHEN {key} IN (SELECT {key} FROM {name}_refused) THEN 'refused'"
        f" WHEN {outside} THEN 'outside' WHEN _order = min(_order) OVER"
        f" (PARTITION BY {key}) THEN 'kept' ELSE 'repeated' END AS stand"
        f" FROM {name}_rows WHERE _strict"
    )


def _person() -> str:
    return (
        "SELECT 'person' AS level, p._file, p._sheet, p._row, p._order,"
        " coalesce(q._key, p.person_id) AS key, p.household_id,"
        " CASE WHEN q._order IS NULL THEN 'repeated' WHEN p.household_id IS NULL"
        " THEN 'keyless' WHEN q._stand = 'placed' THEN 'kept' ELSE q._stand END"
        " AS stand FROM person_rows AS p LEFT JOIN person_placed AS q"
        " ON p._order = q._order WHERE p._strict"
    )
