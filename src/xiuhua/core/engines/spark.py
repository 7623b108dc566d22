"""The same SQL on Spark: for a province or the nation, on a cluster that exists.

Uses the session that is active; without one it starts two local threads, enough to
check that the steps run unchanged. Driver and workers must see the same folders.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq

from xiuhua.core.compiler.assemble import Plan, Step
from xiuhua.core.dictionary.model import DATE_TYPES, NUMBER_TYPES, Field, FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.base import Progress
from xiuhua.core.errors import XiuhuaError


if TYPE_CHECKING:
    from pyspark.sql import SparkSession


DIALECT = "spark"
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
}


class JavaMissing(XiuhuaError):
    """Spark runs on Java and there is none."""

    code = "engine.java_missing"


class SparkEngine:
    """Runs each kept step as a Spark job; the others are views."""

    name = "spark"

    def __init__(self, session: SparkSession | None = None):
        # Deferred: pyspark is an extra, this module is read without it too.
        sessions = import_module("pyspark.sql").SparkSession
        active = session or sessions.getActiveSession()
        self._session = active or _local_session(sessions.builder)

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
        for level, columns in plan.reads.items():
            self._register(level, columns, tables[level])
        for step in plan.steps:
            if progress:
                progress(step.name)
            kept |= self._run_step(step, out)
        for name in (*plan.reads, *(step.name for step in plan.steps)):
            self._session.catalog.dropTempView(name)
        return kept

    def _register(self, level: str, columns: tuple[str, ...], path: Path) -> None:
        """Name the table with just the columns a plan reads; absent ones are NULL."""
        frame = self._session.read.parquet(str(path))
        fields = load_dictionary().level(level).by_name
        present = set(frame.columns)
        items = [
            f"`{name}`"
            if name in present
            else f"CAST(NULL AS {sql_type(fields[name])}) AS `{name}`"
            for name in columns
        ]
        frame.selectExpr(*items).createOrReplaceTempView(level)

    def _run_step(self, step: Step, out: Path) -> dict[str, Path]:
        frame: Any = self._session.sql(step.query.sql(dialect=DIALECT))
        if not step.kept:
            frame.createOrReplaceTempView(step.name)
            return {}
        parts, path = out / f".{step.name}", out / f"{step.name}.parquet"
        try:
            frame.write.mode("overwrite").parquet(str(parts))
            _merge(parts, path)
        finally:
            shutil.rmtree(parts, ignore_errors=True)
        self._session.read.parquet(str(path)).createOrReplaceTempView(step.name)
        return {step.name: path}


def sql_type(field: Field) -> str:
    """Return the Spark type a field is stored in."""
    if field.type in NUMBER_TYPES:
        return "bigint"
    if field.type in DATE_TYPES:
        return "date"
    return "boolean" if field.type is FieldType.BOOLEAN else "string"


def _merge(parts: Path, path: Path) -> None:
    """Join the files of all tasks to the one file a kept step is."""
    found = ds.dataset(parts, format="parquet")
    with pq.ParquetWriter(path, found.schema.remove_metadata()) as writer:
        for batch in found.to_batches():
            writer.write_batch(batch)


def _local_session(builder: SparkSession.Builder) -> SparkSession:
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise JavaMissing(
            "Spark needs Java and there is none on this machine",
            hint="install Java 17 or later, or use the engine `duckdb`",
        )
    builder = builder.master("local[2]").appName("xiuhua")
    for name, value in _LOCAL.items():
        builder = builder.config(name, value)
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
