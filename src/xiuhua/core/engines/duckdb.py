"""The default engine: DuckDB in process, over Parquet, within a memory limit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from sqlglot.dialects.duckdb import DuckDB

from xiuhua.core.compiler.assemble import Plan, Step
from xiuhua.core.dictionary.model import DATE_TYPES, NUMBER_TYPES, Field, FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.base import Progress


class DuckDBEngine:
    """Runs each kept step as one COPY to Parquet; the others are views.

    `memory_mb` limits DuckDB's own memory; `threads` defaults to the machine's.
    """

    name = "duckdb"

    def __init__(self, memory_mb: int | None = None, threads: int | None = None):
        self._memory_mb = memory_mb
        self._threads = threads

    def run(
        self,
        plan: Plan,
        tables: Mapping[str, Path],
        out: Path,
        progress: Progress | None = None,
    ) -> dict[str, Path]:
        """Run all steps; see `Engine.run`."""
        out.mkdir(parents=True, exist_ok=True)
        kept: dict[str, Path] = {}
        with self._connect(out) as connection:
            for level, columns in plan.reads.items():
                connection.execute(table_view(level, columns, tables[level]))
            for step in plan.steps:
                if progress:
                    progress(step.name)
                kept |= _run_step(connection, step, out)
        return kept

    def _connect(self, out: Path) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        settings: dict[str, object] = {
            "temp_directory": str(out / ".spill"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": self._threads or os.cpu_count() or 1,
        }
        if self._memory_mb:
            settings["memory_limit"] = f"{self._memory_mb}MB"
        for name, value in settings.items():
            connection.execute(f"SET {name} = {literal(value)}")
        return connection


def _run_step(
    connection: duckdb.DuckDBPyConnection, step: Step, out: Path
) -> dict[str, Path]:
    query = step.query.sql(dialect=DuckDB)
    if not step.kept:
        connection.execute(f'CREATE VIEW "{step.name}" AS {query}')
        return {}
    path = out / f"{step.name}.parquet"
    connection.execute(
        f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"
    )
    connection.execute(f'CREATE VIEW "{step.name}" AS {_scan(path)}')
    return {step.name: path}


def table_view(level: str, columns: tuple[str, ...], path: Path) -> str:
    """Return the view of a registry table with just the columns a plan reads.

    A column the file does not have is unknown in its own type.
    """
    present = set(pq.read_schema(path).names)
    fields = load_dictionary().level(level).by_name
    items = [
        f'"{name}"'
        if name in present
        else f'CAST(NULL AS {sql_type(fields[name])}) AS "{name}"'
        for name in columns
    ]
    return f'CREATE VIEW "{level}" AS {_scan(path, ", ".join(items))}'


def sql_type(field: Field) -> str:
    """Return the SQL type a field is stored in."""
    if field.type in NUMBER_TYPES:
        return "BIGINT"
    if field.type in DATE_TYPES:
        return "DATE"
    return "BOOLEAN" if field.type is FieldType.BOOLEAN else "VARCHAR"


def _scan(path: Path, columns: str = "*") -> str:
    # Dictionary names and an escaped path: nothing a user typed reaches the query.
    return f"SELECT {columns} FROM read_parquet({literal(str(path))})"  # noqa: S608


def literal(value: object) -> str:
    """Return a value as an SQL literal, quotes escaped."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
