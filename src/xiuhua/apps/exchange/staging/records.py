"""Records of a file as they were compared: households, persons, villages of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.apps.exchange.rules import Difference, Outcome


FILE_NAME: Final = "records.parquet"
_BATCH: Final = 20_000


@dataclass(frozen=True)
class Reason:
    """Why a row is rejected: the kind of fault, and the cell where there is one."""

    kind: str
    level: str = ""
    field: str = ""
    column: str = ""
    value: str = ""
    other: str = ""
    expected: str = ""


@dataclass(frozen=True)
class FieldChange:
    """What a field's value in the file means to ours; values as JSON."""

    kind: Difference
    old: Any
    new: Any


@dataclass
class Record:
    """One household or person of a file; `at` is its row in the table of its level.

    `version` and `income_version` are what our rows were when they were compared,
    None where there is none.
    """

    at: int
    level: str
    number: str
    household: str
    village: str
    label: str
    file: str
    sheet: str
    row: int
    outcome: Outcome
    pk: int | None = None
    version: int | None = None
    income_version: int | None = None
    year: int | None = None
    changes: dict[str, FieldChange] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    # Open keyings whose value the file carries: they are done once it is promoted.
    keyed: list[int] = field(default_factory=list)


_SCHEMA: Final = pa.schema(
    [
        ("at", pa.int64()),
        ("level", pa.string()),
        ("number", pa.string()),
        ("household", pa.string()),
        ("village", pa.string()),
        ("label", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("outcome", pa.string()),
        ("pk", pa.int64()),
        ("version", pa.int64()),
        ("income_version", pa.int64()),
        ("year", pa.int64()),
        ("changes", pa.string()),
        ("reasons", pa.string()),
        ("keyed", pa.list_(pa.int64())),
    ]
)


def write_records(records: Iterable[Record], path: Path) -> None:
    """Write records as a table, in their order."""
    with pq.ParquetWriter(path, _SCHEMA) as out:
        batch: list[dict[str, Any]] = []
        for record in records:
            batch.append(_row(record))
            if len(batch) == _BATCH:
                out.write_table(pa.Table.from_pylist(batch, schema=_SCHEMA))
                batch = []
        out.write_table(pa.Table.from_pylist(batch, schema=_SCHEMA))


def read_records(table: pa.Table) -> Iterator[Record]:
    """Yield the records of a table."""
    for batch in table.to_batches(_BATCH):
        for row in batch.to_pylist():
            yield record_of(row)


def record_of(row: dict[str, Any]) -> Record:
    """Return the record of a row of the table."""
    changes = {
        name: FieldChange(Difference(kind), old, new)
        for name, (kind, old, new) in json.loads(row["changes"]).items()
    }
    reasons = [Reason(**said) for said in json.loads(row["reasons"])]
    known = {f: row[f] for f in _SCHEMA.names if f not in ("changes", "reasons")}
    known |= {"outcome": Outcome(row["outcome"]), "keyed": row["keyed"] or []}
    return Record(**known, changes=changes, reasons=reasons)


def _row(record: Record) -> dict[str, Any]:
    said = {name: getattr(record, name) for name in _SCHEMA.names}
    said["outcome"] = record.outcome.value
    said["changes"] = json.dumps(
        {n: [c.kind.value, c.old, c.new] for n, c in record.changes.items()},
        ensure_ascii=False,
    )
    said["reasons"] = json.dumps(
        [asdict(reason) for reason in record.reasons], ensure_ascii=False
    )
    return said
