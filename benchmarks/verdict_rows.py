"""Judge a county just written and write verdicts, shortfalls, standings and tallies."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from fast_rows import rows_written, sequences_moved, stamp
from registry_rows import Keys

from xiuhua.apps.assessments.extract import EDITION
from xiuhua.apps.assessments.judging import Assessed, judged_rows, with_reasons
from xiuhua.apps.assessments.models import Judgement, Shortfall, Standing, Yardstick
from xiuhua.apps.assessments.recording import tallies_add
from xiuhua.apps.assessments.rules import (
    STANDING,
    Cell,
    Counted,
    cells_of,
    standing_status,
)
from xiuhua.apps.assessments.standards import InForce, adoption_list_at, in_force
from xiuhua.core.engines.duckdb import DuckDBEngine
from xiuhua.core.evaluate import evaluate


def verdicts_written(
    county: str, tables: dict[str, pa.Table], keys: Keys, *, at: datetime
) -> int:
    """Write what the adopted standard says of the county's households."""
    adoption = adoption_list_at(county=county, day=at.date(), unit="household")[0]
    standard = in_force(adoption, county=county)
    Yardstick.objects.bulk_create(
        [Yardstick(fingerprint=standard.fingerprint, measures=list(standard.measures))],
        ignore_conflicts=True,
    )
    count = 0
    with tempfile.TemporaryDirectory() as name:
        paths = _keyed(tables, keys, Path(name))
        out = Path(name) / "out"
        evaluation = evaluate(standard.standard, paths, engine=DuckDBEngine(), out=out)
        judged = evaluation.files["household__judged"]
        counted: list[Counted] = []
        for rows in judged_rows(standard, judged, paths["household"], region=county):
            assessed = list(with_reasons(standard, rows, as_of=standard.standard.as_of))
            _judgements(standard, assessed, at)
            counted += [item.counted for item in assessed]
            count += len(assessed)
    counted += _standings(counted, keys)
    tallies_add(_cells(counted), at=at)
    sequences_moved(Judgement, Shortfall, Standing)
    return count


def _cells(counted: list[Counted]) -> dict[Cell, tuple[int, int]]:
    """Return the cells of many households: those alike are counted once."""
    alike: Counter[Counted] = Counter()
    for item in counted:
        alike[item] += 1
    households: Counter[Cell] = Counter()
    persons: Counter[Cell] = Counter()
    for item, many in alike.items():
        for cell in cells_of(item):
            households[cell] += many
            persons[cell] += many * item.persons
    return {cell: (households[cell], persons[cell]) for cell in sorted(households)}


def _keyed(tables: dict[str, pa.Table], keys: Keys, folder: Path) -> dict[str, Path]:
    """Write the tables under surrogate keys, as an extract has them."""
    household, person = tables["household"], tables["person"]
    numbers = pa.array(keys.households).cast(pa.string())
    edition = pa.array([1] * household.num_rows, pa.int64())
    kept = {n: i for i, n in enumerate(household["household_id"].to_pylist())}
    here = [n in kept for n in person["household_id"].to_pylist()]
    members = person.filter(pa.array(here))
    keyed = {
        "household": _replaced(household, "household_id", numbers).append_column(
            EDITION, edition
        ),
        "person": _replaced(
            _replaced(members, "household_id", pa.array(keys.homes).cast(pa.string())),
            "person_id",
            pa.array(keys.persons).cast(pa.string()),
        ),
        "village": tables["village"],
    }
    for name, table in keyed.items():
        pq.write_table(table, folder / f"{name}.parquet", store_schema=False)
    return {name: folder / f"{name}.parquet" for name in keyed}


def _replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def _judgements(standard: InForce, assessed: list[Assessed], at: datetime) -> None:
    columns: defaultdict[str, list[Any]] = defaultdict(list)
    short: defaultdict[str, list[Any]] = defaultdict(list)
    for item in assessed:
        columns["household_id"].append(item.household_id)
        columns["village_code"].append(item.counted.village)
        columns["status"].append(item.counted.status)
        columns["persons"].append(item.counted.persons)
        columns["overall"].append(item.overall)
        columns["verdicts"].append(item.counted.verdicts)
        columns["results"].append(json.dumps(dict(item.results)))
        for name, mark in item.shortfalls.items():
            short["household_id"].append(item.household_id)
            short["village_code"].append(item.counted.village)
            short["indicator"].append(name)
            short["verdict"].append(mark)
            reasons = json.dumps(item.reasons.get(name, []), ensure_ascii=False)
            short["reasons"].append(reasons)
    count = len(assessed)
    rows_written(
        Judgement,
        columns
        | {
            "pack": [standard.pack] * count,
            "fingerprint": [standard.fingerprint] * count,
            "as_of": [standard.standard.as_of] * count,
            "judged_at": [stamp(at)] * count,
        },
    )
    if short:
        many = len(short["verdict"])
        same = {"pack": [standard.pack] * many, "since": [at.date()] * many}
        rows_written(Shortfall, short | same)


def _standings(judged: list[Counted], keys: Keys) -> list[Counted]:
    """Write the standings of households in the order of their keys."""
    counted = [
        Counted(
            item.village,
            "",
            standing_status("registered", item.status, "none"),
            item.persons,
            (STANDING,),
            "",
        )
        for item in judged
    ]
    columns = {
        "household_id": keys.households,
        "village_code": [item.village for item in counted],
        "status": [item.status for item in counted],
        "persons": [item.persons for item in counted],
        "edition": [1] * len(counted),
    }
    rows_written(Standing, columns)
    return counted
