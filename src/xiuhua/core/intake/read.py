"""The front door: a source in, three typed tables and all faults out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.assemble import (
    LevelRows,
    add_villages_of_households,
    merge_rows,
    place_persons,
    split_households,
    union_rows,
    write_tables,
)
from xiuhua.core.intake.checks import run_checks
from xiuhua.core.intake.every_row import write_every_row
from xiuhua.core.intake.faults import no_faults
from xiuhua.core.intake.headers import OWN_SHEETS, SheetPlan
from xiuhua.core.intake.raw import read_raw
from xiuhua.core.intake.sandbox import parse
from xiuhua.core.intake.sources import InputFile, find_files, hashed, unread_files
from xiuhua.core.intake.stage import Stage
from xiuhua.core.region_codes import level_of
from xiuhua.core.tables import REGISTRY_LEVELS


Progress = Callable[[str, int, int], None]
"""Called with what is being done (a file name), how much is done and of how much."""


class NoHouseholds(XiuhuaError):
    """Nothing in the source looks like a table of households."""

    code = "intake.no_households"


class RegionUnknown(XiuhuaError):
    """The region asked for is no division code."""

    code = "intake.region_unknown"


@dataclass(frozen=True)
class IgnoredColumn:
    """A column that was not understood; an empty header stands for a whole sheet,
    an empty sheet for a whole file."""

    file: str
    sheet: str
    header: str


@dataclass(frozen=True)
class Registry:
    """The three tables as typed Parquet, and what was found on the way.

    The tables hold the dictionary's columns that were present, in the order of the
    dictionary, and `_file`, `_sheet`, `_row` (the row of the workbook, from 1); rows
    are in the order of reading. They hold only what counts: persons under a household
    of the table, one row per household and village, rows of the region. `rows_read`
    counts, by level, the rows of the region before persons without a household and
    refused households were left out. `rows`, when asked for, says of every row of the
    source what became of it (see `every_row`). `plans` says by file and sheet how
    each was read.
    """

    household: Path
    person: Path
    village: Path
    faults: pa.Table
    ignored_columns: tuple[IgnoredColumn, ...]
    inputs: tuple[InputFile, ...]
    rows_read: dict[str, int]
    rows: Path | None = None
    plans: Mapping[tuple[str, str], SheetPlan] = field(default_factory=dict)


def read_registry(
    source: Path,
    *,
    region: str | None,
    work_dir: Path,
    progress: Progress | None = None,
    as_of: date | None = None,
    every_row: bool = False,
) -> Registry:
    """Read a workbook, a folder of tables, or exports of the national system.

    `work_dir` receives `household.parquet`, `person.parquet` and `village.parquet`;
    nothing is left in it when reading fails. `as_of` is the day on which somebody
    counts as under 16; without it the last day of the registry's year. `every_row`
    adds `rows.parquet`.

    Raises:
        SourceNotFound: when there is nothing to read.
        NotWhatItSays, FileLocked: when a file is not what it should be.
        ArchiveRefused, FileDamaged, FileTooLarge: when a file cannot be parsed.
        NoHouseholds: when nothing looks like a table of households.
        RegionUnknown: when the region is no division code.
    """
    if region is not None and level_of(region) is None:
        raise RegionUnknown(
            "{value} is no division code of 2, 4, 6, 9 or 12 digits", value=region
        )
    work_dir.mkdir(parents=True, exist_ok=True)
    scratch = work_dir / "intake-scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        return _read(source, region, work_dir, scratch, progress, as_of, every_row)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _read(
    source: Path,
    region: str | None,
    work_dir: Path,
    scratch: Path,
    progress: Progress | None,
    as_of: date | None,
    every_row: bool,
) -> Registry:
    files = find_files(source)
    ignored = [IgnoredColumn(name, "", "") for name in unread_files(source, files)]
    config = {"temp_directory": str(scratch / "spill")}
    with duckdb.connect(config=config) as connection:
        stage = Stage(scratch, connection)
        for number, file in enumerate(files):
            if progress:
                progress(file.name, number, len(files))
            raw = scratch / f"raw-{number}"
            for found in parse(file, raw):
                ignored += _staged(stage, file.name, found)
            shutil.rmtree(raw, ignore_errors=True)
        if progress:
            progress("", len(files), len(files))
        return _assembled(
            connection,
            stage,
            region=region,
            work_dir=work_dir,
            as_of=as_of,
            every_row=every_row,
            ignored=tuple(ignored),
            inputs=tuple(hashed(file) for file in files),
            source=source,
        )


def _staged(stage: Stage, file: str, found: Path | str) -> list[IgnoredColumn]:
    """Type a sheet; return what of it was not understood."""
    if isinstance(found, str):
        return [] if found in OWN_SHEETS else [IgnoredColumn(file, found, "")]
    sheet = read_raw(found)
    stage.add(sheet)
    return [
        IgnoredColumn(file, sheet.title, header) for _, header in sheet.plan.ignored
    ]


def _assembled(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    *,
    region: str | None,
    work_dir: Path,
    as_of: date | None,
    every_row: bool,
    ignored: tuple[IgnoredColumn, ...],
    inputs: tuple[InputFile, ...],
    source: Path,
) -> Registry:
    if not any(t.level == "household" for t in stage.tables):
        raise NoHouseholds(
            "no table of households was found",
            where=Place(source.name),
            hint="a sheet named 户, or columns 户编号 and 户主姓名",
        )
    levels = {n: union_rows(connection, n, stage.tables) for n in REGISTRY_LEVELS}
    for name in ("household", "village"):
        merge_rows(connection, levels[name])
    add_villages_of_households(connection, levels["village"])
    split_households(connection, region)
    place_persons(connection, levels["person"], region)
    place = "_sheet || '!' || _row"
    if len(inputs) > 1:
        place = f"_file || ' ' || {place}"
    day = as_of or _year_end(connection, levels["household"])
    found = run_checks(connection, levels, day, region, place)
    rows_read = _rows_read(connection)
    rows = None
    if every_row:
        rows = write_every_row(connection, levels, region, work_dir)
    paths = write_tables(connection, list(levels.values()), work_dir)
    return Registry(
        household=paths["household"],
        person=paths["person"],
        village=paths["village"],
        faults=pa.concat_tables([no_faults(), *stage.faults, *found]),
        ignored_columns=ignored,
        inputs=inputs,
        rows_read=rows_read,
        rows=rows,
        plans=stage.plans,
    )


def _year_end(
    connection: duckdb.DuckDBPyConnection, household: LevelRows
) -> date | None:
    if "year" not in household.fields:
        return None
    row = connection.execute("SELECT max(year) FROM household_kept").fetchone()
    return date(row[0], 12, 31) if row and row[0] else None


def _rows_read(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    queries = {
        "household": "SELECT count(*) FROM household_kept",
        "person": "SELECT count(*) FROM person_placed WHERE _stand <> 'outside'",
        "village": "SELECT count(*) FROM village_kept",
    }
    counts = {}
    for level, query in queries.items():
        row = connection.execute(query).fetchone()
        counts[level] = int(row[0]) if row else 0
    return counts
