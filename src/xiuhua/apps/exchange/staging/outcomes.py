"""The outcome of every row of a file, and the cells that are to blame."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.apps.exchange.rules import Outcome, prevailing
from xiuhua.apps.exchange.staging.comparing import Place
from xiuhua.apps.exchange.staging.records import Reason, Record
from xiuhua.core.intake.headers import SheetPlan
from xiuhua.core.intake.marking.cells import column_name


FILE_NAME: Final = "rows.parquet"
# What a row's stand after reading says where no fault names the row itself.
_STANDS: Final = {
    "keyless": "missing_required",
    "refused": "household_refused",
    "orphan": "orphan_person",
    "outside": "outside_region",
}
_OF_VILLAGES: Final = {**_STANDS, "refused": "village_refused"}
_SCHEMA: Final = pa.schema(
    [
        ("level", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("number", pa.string()),
        ("household", pa.string()),
        ("outcome", pa.string()),
        ("reasons", pa.string()),
    ]
)
Plans = Mapping[tuple[str, str], SheetPlan]


@dataclass(frozen=True)
class Ledger:
    """Rows of a file by outcome: of households, persons and villages."""

    rows: int
    counts: dict[str, int]


class RowsOfFile:
    """What the records of a file say of its rows, gathered while they are compared."""

    def __init__(self, blocked: Mapping[Place, list[Reason]]):
        self._blocked = blocked
        self._outcomes: dict[Place, list[Outcome]] = {}
        self._reasons: dict[Place, list[Reason]] = {}

    def add(self, records: Iterable[Record]) -> None:
        """Take in the outcomes of records."""
        for record in records:
            place = (record.file, record.sheet, record.row)
            self._outcomes.setdefault(place, []).append(record.outcome)
            if record.reasons:
                self._reasons.setdefault(place, []).extend(record.reasons)

    def write(self, rows: Path, plans: Plans, path: Path) -> Ledger:
        """Write the outcome of every row; return how many of each there are."""
        counts: Counter[str] = Counter()
        total = 0
        with pq.ParquetWriter(path, _SCHEMA) as out:
            for batch in pq.ParquetFile(rows).iter_batches(20_000):
                found = []
                for row in batch.to_pylist():
                    outcome, reasons = self._row(row)
                    total += 1
                    counts[outcome.value] += 1
                    found.append(_written(row, outcome, reasons, plans))
                out.write_table(pa.Table.from_pylist(found, schema=_SCHEMA))
        return Ledger(total, dict(counts))

    def _row(self, row: Mapping[str, Any]) -> tuple[Outcome, list[Reason]]:
        place = (row["_file"], row["_sheet"], row["_row"])
        reasons = self._blocked.get(place) or self._reasons.get(place, [])
        is_village = row["level"] == "village"
        stands = _OF_VILLAGES if is_village else _STANDS
        if not reasons and row["stand"] in stands:
            key = "village_code" if is_village else "household_id"
            reasons = [Reason(stands[row["stand"]], row["level"], key)]
        if reasons:
            return Outcome.REJECTED, reasons
        return prevailing(self._outcomes.get(place, [])), []


def _written(
    row: Mapping[str, Any], outcome: Outcome, reasons: list[Reason], plans: Plans
) -> dict[str, Any]:
    plan = plans.get((row["_file"], row["_sheet"]))
    said = [
        {**asdict(r), "at": (at := _column(plan, r)), "cell": _cell(at, row["_row"])}
        for r in reasons
    ]
    return {
        "level": row["level"],
        "file": row["_file"],
        "sheet": row["_sheet"],
        "row": row["_row"],
        "number": row["key"],
        "household": row["household_id"],
        "outcome": outcome.value,
        "reasons": json.dumps(said, ensure_ascii=False),
    }


def _column(plan: SheetPlan | None, reason: Reason) -> int | None:
    """The column of the cell to blame; that of the row's number where none is named."""
    columns = plan.columns if plan else ()
    same = [c for c in columns if c.field == reason.field]
    exact = [c for c in same if c.level == reason.level]
    named = [c for c in exact if plan and plan.called(c) == reason.column]
    return next((c.index for c in (*named, *exact, *same, *columns)), None)


def _cell(column: int | None, row: int) -> str:
    return f"{column_name(column)}{row}" if column is not None else str(row)
