"""Lists of other offices: read by a mapping, each row led to a record of ours.

A row is found by the number of the person or household, else by the ID number. Rows of
nobody here are rejected, never entered: a foreign list is no register.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiuhua.apps.exchange.staging.comparing import Place
from xiuhua.apps.exchange.staging.records import Reason
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.id_number import tidied
from xiuhua.core.intake.faults import no_faults
from xiuhua.core.intake.mapping import headers_fingerprint, mapped_level
from xiuhua.core.intake.raw import cell_name, read_raw
from xiuhua.core.intake.read import IgnoredColumn, Registry
from xiuhua.core.intake.sandbox import parse
from xiuhua.core.intake.sources import SourceFile, find_files, hashed
from xiuhua.core.intake.stage import Stage
from xiuhua.sealing.fields import index_of


Mappings = Callable[[str], Mapping[str, str] | None]
"""Gives the mapping of a fingerprint of headers, None when nobody saved one."""
_SAMPLES: Final = 5
_CHUNK: Final = 800
_KEYS: Final = {
    "person": ("person_id", "id_number"),
    "household": ("household_id", "head_id_number"),
}


class MappingNeeded(XiuhuaError):
    """Nobody has said yet what the columns of this list are."""

    code = "exchange.mapping_needed"


@dataclass(frozen=True)
class Heading:
    """A column of an unknown list: its header and masked samples of what it holds."""

    header: str
    samples: list[str]


def read_list(
    source: Path, scratch: Path, region: str, mappings: Mappings
) -> tuple[Registry, dict[Place, list[Reason]]]:
    """Read a mapped list; return its tables, and why rows of it are rejected.

    Raises:
        MappingNeeded: with the headers and masked samples, when it has no mapping yet.
        XiuhuaError: of the core's intake, when the file cannot be read.
    """
    files = find_files(source)
    headings = _headings(files, scratch / "headings")
    mapping = mappings(headers_fingerprint([h.header for h in headings]))
    if mapping is None:
        raise MappingNeeded(
            "say which of our fields the columns of this list are",
            headings=[vars(h) for h in headings],
        )
    work = scratch / "typed"
    work.mkdir()
    ignored: list[IgnoredColumn] = []
    with duckdb.connect() as connection:
        stage = Stage(work, connection)
        for number, file in enumerate(files):
            for found in parse(file, work / f"raw-{number}", mapping=mapping):
                if isinstance(found, str):
                    ignored.append(IgnoredColumn(file.name, found, ""))
                else:
                    stage.add(read_raw(found))
        level = mapped_level(mapping)
        rows = _rows(connection, stage)
    blocked = _led_to_ours(rows, level, region)
    registry = Registry(
        household=_written(work, "household", rows if level == "household" else []),
        person=_written(work, "person", rows if level == "person" else []),
        village=_no_villages(work),
        faults=pa.concat_tables([no_faults(), *stage.faults]),
        ignored_columns=tuple(ignored),
        inputs=tuple(hashed(file) for file in files),
        rows_read={level: len(rows)},
        rows=_every_row(work, level, rows, blocked),
        plans=stage.plans,
    )
    return registry, blocked


def masked(text: str) -> str:
    """Return a sample of which only the first character shows.

    >>> masked("王小明"), masked("13900000001")
    ('王**', '1**********')
    """
    return text[:1] + "*" * (len(text) - 1)


def _headings(files: Sequence[SourceFile], scratch: Path) -> list[Heading]:
    """The columns of the first sheet that has any."""
    for number, file in enumerate(files):
        for found in parse(file, scratch / str(number), mapping={}):
            if isinstance(found, str):
                continue
            sheet = read_raw(found)
            cells = sheet.cells
            return [
                Heading(c.header, _samples(cells[cell_name(c.index)]))
                for c in sheet.plan.columns
            ]
    return []


def _samples(cells: Any) -> list[str]:
    texts = pc.cast(cells, pa.string()).slice(0, 200).to_pylist()
    return [masked(t.strip()) for t in texts if t and t.strip()][:_SAMPLES]


def _rows(connection: duckdb.DuckDBPyConnection, stage: Stage) -> list[dict[str, Any]]:
    """The rows of all sheets, in the order of reading."""
    rows: list[dict[str, Any]] = []
    for part, table in enumerate(stage.tables):
        for row in pq.read_table(table.path).to_pylist():
            rows.append({**row, "_order": (part << 32) + row["_row"]})
    return rows


def _led_to_ours(
    rows: list[dict[str, Any]], level: str, region: str
) -> dict[Place, list[Reason]]:
    """Fill in the numbers of our records; return why some rows have none."""
    number, id_number = _KEYS[level]
    by_id = dict(_by_id_number(rows, level, region))
    known = dict(_by_number(rows, level, region))
    blocked: dict[Place, list[Reason]] = {}
    for row in rows:
        text = tidied(row.get(id_number) or "")
        ours = known.get(row.get(number) or "") or by_id.get(text)
        if ours is None:
            field = number if row.get(number) else id_number
            blocked[_place(row)] = [Reason("row_unknown", level, field)]
            continue
        row[number], row["household_id"] = ours[0], ours[1]
    _refuse_twice(rows, level, blocked)
    return blocked


def _refuse_twice(
    rows: list[dict[str, Any]], level: str, blocked: dict[Place, list[Reason]]
) -> None:
    """Let rows that say the same twice repeat; refuse those that contradict."""
    number = _KEYS[level][0]
    said: dict[str, dict[str, Any]] = {}
    different: Counter[str] = Counter()
    for row in rows:
        if _place(row) in blocked:
            continue
        plain = {k: v for k, v in row.items() if not k.startswith("_")}
        first = said.setdefault(row[number], plain)
        row["_repeats"] = first is not plain
        different[row[number]] += first != plain
    for row in rows:
        if _place(row) not in blocked and different[row[number]]:
            blocked[_place(row)] = [Reason("row_ambiguous", level, number)]


def _by_number(
    rows: list[dict[str, Any]], level: str, region: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    numbers = [row[_KEYS[level][0]] for row in rows if row.get(_KEYS[level][0])]
    for some in _chunks(numbers):
        yield from (
            (found[0], found) for found in _found(level, region, number__in=some)
        )


def _by_id_number(
    rows: list[dict[str, Any]], level: str, region: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    field = _KEYS[level][1]
    model = Person if level == "person" else Household
    texts = {tidied(row[field]) for row in rows if row.get(field)}
    by_index = {index_of(model, field, text): text for text in texts}
    found: dict[str, list[tuple[str, str]]] = {}
    for some in _chunks(list(by_index)):
        asked = {f"{field}_index__in": some}
        for ours in _found(level, region, f"{field}_index", **asked):
            found.setdefault(by_index[ours[2]], []).append(ours[:2])
    # A number two people have leads to nobody.
    yield from ((text, ours[0]) for text, ours in found.items() if len(ours) == 1)


def _found(level: str, region: str, *more: str, **asked: Any) -> Any:
    if level == "person":
        rows = Person.unscoped.filter(
            within(region, "household__village_id"), ended_on__isnull=True, **asked
        )
        return rows.values_list("number", "household__number", *more)
    homes = Household.unscoped.filter(
        within(region, "village_id"), ended_on__isnull=True, **asked
    )
    return [(row[0], row[0], *row[1:]) for row in homes.values_list("number", *more)]


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def _place(row: Mapping[str, Any]) -> Place:
    return (row["_file"], row["_sheet"], row["_row"])


def _written(folder: Path, level: str, rows: list[dict[str, Any]]) -> Path:
    """Write the rows that lead to a record of ours, each once."""
    key = _KEYS[level][0]
    kept = [r for r in rows if r.get(key) and "_repeats" in r and not r["_repeats"]]
    path = folder / f"{level}.parquet"
    empty = {"household_id": pa.array([], pa.string()), key: pa.array([], pa.string())}
    names = {n: None for row in kept for n in row if n not in ("_order", "_repeats")}
    columns = {n: [row.get(n) for row in kept] for n in names}
    pq.write_table(pa.table(columns if kept else empty), path)
    return path


def _no_villages(folder: Path) -> Path:
    path = folder / "village.parquet"
    pq.write_table(pa.table({"village_code": pa.array([], pa.string())}), path)
    return path


def _every_row(
    folder: Path,
    level: str,
    rows: list[dict[str, Any]],
    blocked: Mapping[Place, list[Reason]],
) -> Path:
    path = folder / "rows.parquet"
    said = [
        {
            "level": level,
            "_file": row["_file"],
            "_sheet": row["_sheet"],
            "_row": row["_row"],
            "key": row.get(_KEYS[level][0]),
            "household_id": row.get("household_id"),
            "stand": "keyless"
            if _place(row) in blocked
            else "repeated"
            if row["_repeats"]
            else "kept",
        }
        for row in rows
    ]
    names = ("level", "_file", "_sheet", "key", "household_id", "stand")
    schema = pa.schema([*((n, pa.string()) for n in names), ("_row", pa.int64())])
    pq.write_table(pa.Table.from_pylist(said, schema=schema), path)
    return path


def headings_of(error: Mapping[str, Any] | None) -> list[Heading]:
    """Return the columns a list was found to have when nobody had mapped it."""
    if not error or error.get("code") != MappingNeeded.code:
        return []
    said = error["values"]["headings"]
    return [Heading(**h) for h in (json.loads(said) if isinstance(said, str) else said)]
