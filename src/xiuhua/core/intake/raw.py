"""Raw sheets: what the parsing child hands over, cells as text, one Arrow file each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from xiuhua.core.intake.headers import ColumnPlan, SheetPlan


_META: Final = b"xiuhua.sheet"
BATCH_ROWS: Final = 1 << 17


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it was parsed.

    `cells` has a column `c<index>` for each column understood (text, or the type of a
    Parquet file) and, where numbers may have been damaged, a boolean `n<index>`: true
    where the cell was kept as a number. `first_row` is the workbook row of row 0.
    The child may hand over a stream of batches instead of a table.
    """

    file: str
    title: str
    plan: SheetPlan
    first_row: int
    epoch_1904: bool
    cells: pa.Table | pa.RecordBatchReader


def cell_name(index: int) -> str:
    """Return the name of a column of cells."""
    return f"c{index}"


def numeric_name(index: int) -> str:
    """Return the name of the column that says which cells were numbers."""
    return f"n{index}"


def write_raw(sheet: RawSheet, path: Path) -> None:
    """Write a raw sheet to an Arrow file."""
    meta = {
        "file": sheet.file,
        "title": sheet.title,
        "plan": asdict(sheet.plan),
        "first_row": sheet.first_row,
        "epoch_1904": sheet.epoch_1904,
    }
    text = json.dumps(meta, ensure_ascii=False).encode()
    schema = sheet.cells.schema.with_metadata({_META: text})
    batches = (
        sheet.cells.to_batches(max_chunksize=BATCH_ROWS)
        if isinstance(sheet.cells, pa.Table)
        else sheet.cells
    )
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
        for batch in batches:
            out.write_batch(batch.replace_schema_metadata(schema.metadata))


def read_raw(path: Path) -> RawSheet:
    """Read a raw sheet back; the cells stay on disk until they are used."""
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    meta: dict[str, Any] = json.loads(table.schema.metadata[_META])
    raw = meta["plan"]
    plan = SheetPlan(
        raw["header_row"],
        raw["primary"],
        tuple(ColumnPlan(**c) for c in raw["columns"]),
        tuple((index, header) for index, header in raw["ignored"]),
    )
    return RawSheet(
        meta["file"],
        meta["title"],
        plan,
        meta["first_row"],
        meta["epoch_1904"],
        table,
    )
