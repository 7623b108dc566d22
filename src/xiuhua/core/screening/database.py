"""The results of a run as named tables to be asked: verdicts, villages, regions.

A DuckDB connection in memory over the Parquet files of the run; verdicts are words
here and money is in yuan.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from xiuhua.core.engines.duckdb import literal
from xiuhua.core.evaluate import Evaluation
from xiuhua.core.intake.read import Registry
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.model import DerivedField
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.truth import Verdict


COUNT_COLUMNS: Final = (
    "households",
    "persons",
    "exited_households",
    "exited_persons",
    "remaining_households",
    "remaining_persons",
    "agricultural_population",
)


def open_results(
    standard: Standard, evaluation: Evaluation, registry: Registry
) -> duckdb.DuckDBPyConnection:
    """Return a connection over the tables read and the results of a run.

    `household`, `person` and `village` are the tables as read; `judged` has verdicts
    as whole numbers; `verdicts` and `villages` have words; `regions` is the roll-up.
    """
    connection = duckdb.connect()
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        connection.execute(f"SET {setting} = false")
    for level in ("household", "person", "village"):
        _view(connection, level, _scan(getattr(registry, level)))
    files = evaluation.files
    _view(connection, "judged", _scan(files["household__judged"]))
    _view(connection, "judged_village", _scan(files["village__judged"]))
    _view(connection, "regions_raw", _scan(files["regions"]))
    _view(connection, "verdicts", _verdicts(standard))
    _view(connection, "villages", _villages(standard))
    _view(connection, "regions", _regions(standard))
    connection.register("faults", registry.faults)
    return connection


def _view(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE VIEW {name} AS {query}")


def _scan(path: Path) -> str:
    return f"SELECT * FROM read_parquet({literal(str(path))})"


def word(column: str) -> str:
    """Return the SQL that turns a verdict's number into its word."""
    branches = " ".join(f"WHEN {v.value} THEN '{v.word}'" for v in Verdict)
    return f'CASE "{column}" {branches} END'


def _words(standard: Standard, level: str) -> list[str]:
    names = [i.id for i in standard.shown_at(level)]
    return [f'{word(f"v_{name}")} AS "{name}"' for name in (*names, OVERALL)]


def _verdicts(standard: Standard) -> str:
    results = [_result(d) for d in standard.results_of("household")]
    columns = ["household_id", *_words(standard, "household"), *reversed(results)]
    hidden = ["village_code", "exit_status"]
    names = ", ".join(columns + hidden)
    return f"SELECT {names} FROM judged ORDER BY village_code, household_id"


def _result(derived: DerivedField) -> str:
    column = f'"r_{derived.name}"'
    if derived.decimals:
        places = derived.decimals
        unit = f"CAST({10**-places:.{places}f} AS DECIMAL(9, {places}))"
        column = f"CAST({column} AS DECIMAL(18, 0)) * {unit}"
    return f'{column} AS "{derived.name}"'


def _villages(standard: Standard) -> str:
    columns = ", ".join(_words(standard, "village"))
    return f"SELECT village_code AS village, {columns} FROM judged_village ORDER BY 1"


def _regions(standard: Standard) -> str:
    tallies = [
        f'"{name}_{v}"'
        for name in (*(i.id for i in standard.shown_at("household")), OVERALL)
        for v in ("met", "unmet", "unknown", "not_applicable")
    ]
    incidence = (
        "CAST(CAST(poverty_incidence AS DECIMAL(18, 0)) / 100000000 AS DECIMAL(18, 8))"
    )
    columns = ["region", *COUNT_COLUMNS, f"{incidence} AS poverty_incidence", *tallies]
    return (
        f"SELECT {', '.join(columns)} FROM regions_raw ORDER BY LENGTH(region), region"
    )
