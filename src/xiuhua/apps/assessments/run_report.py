"""The workbook of a run: the core's screening report over the kept files.

Numbers and names stand in it again, as far as they were not erased; whoever takes it
is on record. Numbers of cards are in no file of a run, so none can stand in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from xiuhua.apps.assessments.extract import quiet_duckdb
from xiuhua.apps.assessments.models import Fault, Run
from xiuhua.apps.assessments.run_files import (
    result_files,
    run_folder,
    snapshot_tables,
)
from xiuhua.apps.assessments.running import parts_of
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.selectors import within
from xiuhua.core.compiler.assemble import assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.duckdb import literal
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.evaluate import Evaluation
from xiuhua.core.intake.faults import FAULT_SCHEMA
from xiuhua.core.intake.read import Registry
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.screening.database import open_results
from xiuhua.core.screening.report.write import write_report
from xiuhua.core.screening.run import Screening


# A workbook of more households takes longer than a page may.
MOST: Final = 20_000
_TOWNSHIP: Final = LENGTH_BY_LEVEL["township"]


class TooLarge(XiuhuaError):
    """A workbook would hold more households than can be written at once."""

    code = "assessments.too_large"


def run_workbook(run: Run, *, language: str) -> bytes:
    """Return the workbook of a run that is done, in `zh` or `en`.

    Raises:
        TooLarge: when the run holds more households than a workbook takes.
        StandardChanged: when a pack is no longer what the run judged by.
    """
    if run.counts["households"] > MOST:
        raise TooLarge(
            "the run holds {count} households, a workbook takes {most}: screen a part",
            count=run.counts["households"],
            most=MOST,
        )
    with tempfile.TemporaryDirectory(prefix="xiuhua-workbook-") as name:
        folder = Path(name)
        with _screening(run, folder) as screening:
            path = folder / "report.xlsx"
            write_report(screening, path, language)
            return path.read_bytes()


@contextmanager
def _screening(run: Run, folder: Path) -> Iterator[Screening]:
    standard = parts_of(run)[0].standard
    tables, files = _named(run, folder)
    registry = Registry(
        household=tables["household"],
        person=tables["person"],
        village=tables["village"],
        faults=_faults(run),
        ignored_columns=(),
        inputs=(),
        rows_read=dict(run.counts["rows"]),
    )
    evaluation = Evaluation(assemble(standard, load_dictionary()), files)
    results = open_results(standard, evaluation, registry)
    try:
        yield Screening(registry, standard, evaluation, "duckdb", folder, results)
    finally:
        results.close()


def _named(run: Run, folder: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """Lay numbers and names beside the keys, as far as they are kept."""
    kept = run_folder(run.folder)
    tables, files = snapshot_tables(kept), dict(result_files(kept))
    names = kept / "snapshot" / "identities.parquet"
    made = {level: folder / f"{level}.parquet" for level in tables}
    judged = folder / "judged.parquet"
    with quiet_duckdb(folder / "spill") as duck:
        people = f"SELECT * FROM {_scan(names)}"  # noqa: S608  files of ours
        if not names.exists():
            people = (
                "SELECT household_id, household_id AS number,"  # noqa: S608  files of ours
                " NULL::VARCHAR AS head_name, NULL::VARCHAR AS helper_name"
                f" FROM {_scan(tables['household'])} AS h"
            )
        duck.execute(f"CREATE VIEW people AS {people}")
        duck.register("places", _places(duck, tables["village"], run.as_of))
        own = "SELECT p.number AS household_id, t.* EXCLUDE (household_id"
        from_ = "JOIN people AS p USING (household_id)"
        queries = {
            made["household"]: (
                f"{own}, _edition), p.head_name, p.helper_name"
                f" FROM {_scan(tables['household'])} AS t {from_}"
            ),
            made["person"]: f"{own}) FROM {_scan(tables['person'])} AS t {from_}",
            made["village"]: (
                "SELECT t.* REPLACE (coalesce(village_name, p.village) AS village_name,"  # noqa: S608
                " coalesce(township_name, p.township) AS township_name)"
                f" FROM {_scan(tables['village'])} AS t"
                " LEFT JOIN places AS p ON p.code = t.village_code"
            ),
            judged: f"{own}) FROM {_scan(files['household__judged'])} AS t {from_}",
        }
        for path, query in queries.items():
            duck.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")
    return made, files | {"household__judged": judged}


def _places(duck: duckdb.DuckDBPyConnection, villages: Path, day: date) -> pa.Table:
    """Return the names of villages and their townships as the tree has them."""
    rows = duck.execute(f"SELECT village_code FROM {_scan(villages)}").fetchall()  # noqa: S608
    codes = [str(row[0]) for row in rows]
    townships = sorted({code[:_TOWNSHIP] for code in codes})
    names = regions.names_of(codes=[*codes, *townships], as_of=day)
    return pa.table(
        {
            "code": pa.array(codes, pa.string()),
            "village": pa.array([names[c] or None for c in codes], pa.string()),
            "township": pa.array(
                [names[c[:_TOWNSHIP]] or None for c in codes], pa.string()
            ),
        }
    )


def _faults(run: Run) -> pa.Table:
    """Return the faults known now of the run's region, as the report reads them."""
    found = Fault.unscoped.filter(within(run.region_id, "village_id"))
    dictionary = load_dictionary()
    rows: list[dict[str, Any]] = [
        {
            "kind": fault.kind,
            "household_id": fault.household.number,
            "person_id": fault.person.number if fault.person else None,
            "column": dictionary.level(fault.level).by_name[fault.field].label.zh,
            "level": fault.level,
            "field": fault.field,
            "expected": fault.expected or None,
            "other": fault.others or None,
        }
        for fault in found.select_related("household", "person").order_by("pk")
    ]
    return pa.Table.from_pylist(rows, schema=FAULT_SCHEMA)


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"
