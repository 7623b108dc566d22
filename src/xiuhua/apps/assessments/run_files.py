"""The files of a run: snapshot, results, their hashes, and two runs compared.

They lie in the data folder, one folder per run. A snapshot is known by the SHA-256 of
its three tables; results by a hash over their rows in a fixed order and form, so that
recomputing gives the same whatever the engine writes around them.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from django.conf import settings

from xiuhua.apps.assessments.extract import quiet_duckdb
from xiuhua.core.compiler.assemble import verdict_column
from xiuhua.core.engines.duckdb import DuckDBEngine, literal
from xiuhua.core.evaluate import evaluate
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.tables import REGISTRY_LEVELS
from xiuhua.core.truth import Verdict


RESULTS: Final = ("household__judged", "village__judged", "regions")
_KEY: Final = {
    "household__judged": "CAST(household_id AS BIGINT)",
    "village__judged": "village_code",
    "regions": "region",
}
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Part:
    """Counties judged by one standard: amounts can differ from county to county."""

    standard: Standard
    counties: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A household whose verdict differs between two runs; None: it was not there."""

    household_id: int
    village: str
    before: Verdict | None
    after: Verdict | None


def run_folder(name: str) -> Path:
    """Return the folder of a run by its name."""
    return Path(settings.DATA_DIR) / "runs" / name


def snapshot_tables(folder: Path) -> dict[str, Path]:
    """Return the tables of a run's snapshot by level."""
    return {n: folder / "snapshot" / f"{n}.parquet" for n in REGISTRY_LEVELS}


def result_files(folder: Path) -> dict[str, Path]:
    """Return the files of a run's results by step."""
    return {n: folder / "results" / f"{n}.parquet" for n in RESULTS}


def snapshot_hash(tables: Mapping[str, Path]) -> str:
    """Return the SHA-256 over the tables of a snapshot, in the order of levels."""
    whole = hashlib.sha256()
    for level in REGISTRY_LEVELS:
        whole.update(_file_hash(tables[level]).encode())
    return whole.hexdigest()


def _file_hash(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def judged_files(
    tables: Mapping[str, Path],
    parts: Sequence[Part],
    out: Path,
    progress: Callable[[str], None],
) -> dict[str, Path]:
    """Judge a snapshot and leave the results in `out`; return the files by step."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".judging-", dir=out) as name:
        work = Path(name)
        found = []
        for number, part in enumerate(parts):
            own = tables if len(parts) == 1 else _of_part(tables, part, work, number)
            engine = DuckDBEngine()
            made = evaluate(
                part.standard,
                own,
                engine=engine,
                out=work / f"results-{number}",
                progress=progress,
            )
            found.append(made.files)
        files = {step: out / f"{step}.parquet" for step in RESULTS}
        with quiet_duckdb(work / "spill") as duck:
            for step, path in files.items():
                many = ", ".join(literal(str(f[step])) for f in found if step in f)
                duck.execute(
                    f"COPY (SELECT * FROM read_parquet([{many}], union_by_name = true)"  # noqa: S608  files of ours
                    f" ORDER BY {_KEY[step]}) TO {literal(str(path))} (FORMAT parquet)"
                )
    return files


def _of_part(
    tables: Mapping[str, Path], part: Part, work: Path, number: int
) -> dict[str, Path]:
    """Write the rows of some counties into tables of their own."""
    digits = LENGTH_BY_LEVEL["county"]
    named = ", ".join(literal(code) for code in part.counties)
    here = f"left(village_code, {digits}) IN ({named})"
    scans = {level: f"read_parquet({literal(str(p))})" for level, p in tables.items()}
    queries = {
        "household": f"SELECT * FROM {scans['household']} WHERE {here}",  # noqa: S608
        "village": f"SELECT * FROM {scans['village']} WHERE {here}",  # noqa: S608
        "person": (
            f"SELECT p.* FROM {scans['person']} AS p SEMI JOIN"  # noqa: S608
            f" (SELECT household_id FROM {scans['household']} WHERE {here})"
            " USING (household_id)"
        ),
    }
    own = {level: work / f"{level}-{number}.parquet" for level in queries}
    with quiet_duckdb(work / "spill") as duck:
        for level, query in queries.items():
            target = literal(str(own[level]))
            duck.execute(f"COPY ({query}) TO {target} (FORMAT parquet)")
    return own


def result_hash(files: Mapping[str, Path]) -> str:
    """Return the hash over all rows of the results: columns by name, rows by key."""
    whole = hashlib.sha256()
    with _reading() as duck:
        for step in RESULTS:
            scan = f"read_parquet({literal(str(files[step]))})"
            described = duck.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()  # noqa: S608
            names = sorted(str(row[0]) for row in described)
            cells = ", ".join(
                f"coalesce(CAST(\"{name}\" AS VARCHAR), '\\N')" for name in names
            )
            whole.update(f"{step}\n{','.join(names)}\n".encode())
            cursor = duck.execute(
                f"SELECT concat_ws(chr(31), {cells}) FROM {scan}"  # noqa: S608
                f" ORDER BY {_KEY[step]}"
            )
            while rows := cursor.fetchmany(20_000):
                whole.update("\n".join(row[0] for row in rows).encode() + b"\n")
    return whole.hexdigest()


@contextmanager
def _reading() -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="xiuhua-spill-") as spill:
        with quiet_duckdb(Path(spill)) as duck:
            yield duck


def counts_of(files: Mapping[str, Path], measures: Sequence[str]) -> dict[str, Any]:
    """Return households and persons, and households by verdict for every measure."""
    scan = f"read_parquet({literal(str(files['household__judged']))})"
    with _reading() as duck:
        whole = duck.execute(f"SELECT count(*), sum(n_rows) FROM {scan}").fetchone()  # noqa: S608
        households, persons = whole or (0, 0)
        tally = {
            measure: {
                Verdict(mark).word: number
                for mark, number in duck.execute(
                    f"SELECT {verdict_column(measure)}, count(*) FROM {scan}"  # noqa: S608
                    " GROUP BY 1 ORDER BY 1"
                ).fetchall()
            }
            for measure in measures
        }
    return {
        "households": int(households),
        "persons": int(persons or 0),
        "measures": tally,
    }


def changes_between(
    older: Path, newer: Path, *, measure: str, region: str
) -> list[Change]:
    """Return the households whose verdict in a measure differs between two runs."""
    column = verdict_column(measure)
    a, b = (
        f"(SELECT household_id, village_code, {column} AS v FROM read_parquet("  # noqa: S608
        f"{literal(str(result_files(folder)['household__judged']))}))"
        for folder in (older, newer)
    )
    query = (
        "SELECT CAST(coalesce(b.household_id, a.household_id) AS BIGINT),"  # noqa: S608
        f" coalesce(b.village_code, a.village_code) AS place, a.v, b.v FROM {a} AS a"
        f" FULL JOIN {b} AS b ON a.household_id = b.household_id"
        " WHERE a.v IS DISTINCT FROM b.v"
        " AND starts_with(coalesce(b.village_code, a.village_code), $region)"
        " ORDER BY place, 1"
    )
    with _reading() as duck:
        rows = duck.execute(query, {"region": region}).fetchall()
    return [
        Change(key, village, _verdict(before), _verdict(after))
        for key, village, before, after in rows
    ]


def _verdict(mark: int | None) -> Verdict | None:
    return None if mark is None else Verdict(mark)


def counties_of(tables: Mapping[str, Path]) -> list[str]:
    """Return the codes of the counties a snapshot has villages in."""
    scan = f"read_parquet({literal(str(tables['village']))})"
    digits = LENGTH_BY_LEVEL["county"]
    with _reading() as duck:
        rows = duck.execute(
            f"SELECT DISTINCT left(village_code, {digits}) FROM {scan} ORDER BY 1"  # noqa: S608
        ).fetchall()
    return [str(row[0]) for row in rows]


def identities_removed(folder: Path) -> bool:
    """Remove the names behind a snapshot's keys; return whether there were any."""
    path = folder / "snapshot" / "identities.parquet"
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def folder_removed(folder: Path) -> None:
    """Remove what a run that was cancelled or failed has left."""
    shutil.rmtree(folder, ignore_errors=True)
