"""A raw sheet to staged tables: typed columns with the place of each row, and faults.

Works batch by batch, so memory does not grow with the sheet. Of several columns of one
field a blank agrees with everything; a value counts when every cell beside it says the
same or nothing, and a cell that cannot be read might say anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiuhua.core.dictionary.model import NUMBER_TYPES, TEXT_TYPES, Field, Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.convert import Converted, convert
from xiuhua.core.intake.faults import FAULT_SCHEMA
from xiuhua.core.intake.headers import ColumnPlan, SheetPlan
from xiuhua.core.intake.marking.cells import column_name
from xiuhua.core.intake.raw import BATCH_ROWS, RawSheet, cell_name, numeric_name
from xiuhua.core.tables import arrow_type


PLACE_SCHEMA: Final = pa.schema(
    [("_file", pa.string()), ("_sheet", pa.string()), ("_row", pa.int64())]
)


# The columns of each field, by its name.
_Columns = dict[str, list[ColumnPlan]]


@dataclass(frozen=True)
class Staged:
    """What a sheet gave for one level; `primary` when its rows are of that level."""

    level: str
    path: Path
    primary: bool
    fields: tuple[str, ...]
    headers: dict[str, str]


@dataclass
class Stage:
    """Collects the staged tables and the faults of cells."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    tables: list[Staged] = field(default_factory=list)
    faults: list[pa.Table] = field(default_factory=list)
    plans: dict[tuple[str, str], SheetPlan] = field(default_factory=dict)

    def add(self, sheet: RawSheet) -> None:
        """Type the cells of a sheet, one table per level it fills."""
        self.plans[sheet.file, sheet.title] = sheet.plan
        for level in sheet.plan.levels:
            columns = _by_field(sheet.plan, level)
            path = self.folder / f"{len(self.tables)}-{level}.parquet"
            self._write(sheet, level, columns, path)
            self.tables.append(
                Staged(
                    level,
                    path,
                    level == sheet.plan.primary,
                    tuple(columns),
                    {
                        name: " / ".join(sheet.plan.called(c) for c in found)
                        for name, found in columns.items()
                    },
                )
            )

    def _write(
        self, sheet: RawSheet, level: str, columns: _Columns, path: Path
    ) -> None:
        fields = load_dictionary().level(level).by_name
        schema = pa.schema([pa.field(n, arrow_type(fields[n])) for n in columns])
        schema = pa.unify_schemas([schema, PLACE_SCHEMA])
        # Identifiers hardly repeat: trying a dictionary on them costs time and space.
        repeating = [
            n for n in schema.names if n not in fields or not _is_name(fields[n])
        ]
        with pq.ParquetWriter(path, schema, use_dictionary=repeating) as out:
            for batch, first_row in _batches(sheet):
                table = self._typed(sheet, level, columns, batch, first_row)
                out.write_table(table.cast(schema))

    def _typed(
        self,
        sheet: RawSheet,
        level: str,
        columns: _Columns,
        batch: pa.RecordBatch,
        first_row: int,
    ) -> pa.Table:
        fields = load_dictionary().level(level).by_name
        read = {
            name: _agreed([self._converted(sheet, fields[name], c, batch) for c in own])
            for name, own in columns.items()
        }
        data = {name: values for name, (values, _) in read.items()}
        rows = pa.array(range(first_row, first_row + len(batch)), pa.int64())
        filled = _filled_rows(batch)
        for name, own in columns.items():
            first, *others = read[name][1]
            first = _with_missing(fields[name], [first, *others], data[name], filled)
            for column, kinds in zip(own, [first, *others], strict=True):
                self._note(sheet, fields[name], column, batch, kinds, rows, data)
        data["_file"] = pa.repeat(sheet.file, len(batch))
        data["_sheet"] = pa.repeat(sheet.title, len(batch))
        data["_row"] = rows
        return pa.table(data).filter(filled)

    def _converted(
        self, sheet: RawSheet, field: Field, column: ColumnPlan, batch: pa.RecordBatch
    ) -> Converted:
        raw = batch.column(cell_name(column.index))
        if _is_stored(field, column.header, raw):
            return _stored(field, raw)
        number = numeric_name(column.index)
        known = number in batch.schema.names
        return convert(
            field,
            raw,
            connection=self.connection,
            epoch_1904=sheet.epoch_1904,
            were_numbers=batch.column(number) if known else None,
        )

    def _note(
        self,
        sheet: RawSheet,
        field: Field,
        column: ColumnPlan,
        batch: pa.RecordBatch,
        kinds: pa.Array,
        rows: pa.Array,
        data: dict[str, pa.Array],
    ) -> None:
        """Add the faults of one column."""
        at = pc.indices_nonzero(pc.is_valid(kinds))
        if not len(at):
            return
        nothing = pa.nulls(len(at), pa.string())
        keys = {
            key: data[key].take(at) if key in data else nothing
            for key in ("household_id", "person_id")
        }
        raw = pc.cast(batch.column(cell_name(column.index)).take(at), pa.string())
        self.faults.append(
            pa.Table.from_pydict(
                {
                    "kind": kinds.take(at),
                    **keys,
                    "file": pa.repeat(sheet.file, len(at)),
                    "sheet": pa.repeat(sheet.title, len(at)),
                    "row": rows.take(at),
                    "column": pa.repeat(sheet.plan.called(column), len(at)),
                    "value": _masked(raw, field.mask),
                    "level": pa.repeat(field.level, len(at)),
                    "field": pa.repeat(field.name, len(at)),
                    "expected": nothing,
                    "other": _others(sheet.plan, column, rows.take(at)),
                },
                schema=FAULT_SCHEMA,
            )
        )


def _is_name(field: Field) -> bool:
    return field.type in TEXT_TYPES and field.name != "village_code"


def _batches(sheet: RawSheet) -> Iterator[tuple[pa.RecordBatch, int]]:
    row = sheet.first_row
    for batch in sheet.cells.to_batches(max_chunksize=BATCH_ROWS):
        yield batch, row
        row += len(batch)


def _filled_rows(batch: pa.RecordBatch) -> pa.Array:
    """Which rows have anything in them."""
    filled = pa.repeat(False, len(batch))
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name.startswith("n"):
            continue
        valid = pc.is_valid(column)
        if (
            pa.types.is_string(column.type)
            and not pc.all(pc.if_else(filled, True, valid)).as_py()
        ):
            valid = pc.and_(valid, pc.fill_null(pc.not_equal(column, ""), False))
        filled = pc.or_(filled, valid)
    return filled


def _by_field(plan: SheetPlan, level: str) -> _Columns:
    """The columns of each field of a level, in the order of the dictionary."""
    order = load_dictionary().level(level).by_name
    found = {
        n: [c for c in plan.columns if (c.level, c.field) == (level, n)] for n in order
    }
    return {name: columns for name, columns in found.items() if columns}


def _agreed(columns: Sequence[Converted]) -> tuple[pa.Array, list[pa.Array]]:
    """What the columns of one field say together, and the kinds of fault of each."""
    if len(columns) == 1:
        return columns[0].values, [columns[0].kinds]
    values = pc.coalesce(*(c.values for c in columns))
    other = [pc.fill_null(pc.not_equal(c.values, values), False) for c in columns]
    differ = reduce(pc.or_, other)
    unread = reduce(pc.or_, [pc.is_valid(c.kinds) for c in columns])
    kinds = [
        pc.if_else(pc.and_(differ, pc.is_valid(c.values)), "columns_differ", c.kinds)
        for c in columns
    ]
    nothing = pa.scalar(None, values.type)
    return pc.if_else(pc.or_(differ, unread), nothing, values), kinds


def _others(plan: SheetPlan, column: ColumnPlan, rows: pa.Array) -> pa.Array:
    """The cells of the other columns of a column's field; null where there are none."""
    place = (column.level, column.field)
    cells = [
        pc.binary_join_element_wise(
            column_name(c.index), pc.cast(rows, pa.string()), ""
        )
        for c in plan.columns
        if (c.level, c.field) == place and c.index != column.index
    ]
    if not cells:
        return pa.nulls(len(rows), pa.string())
    return pc.binary_join_element_wise(*cells, ", ")


def _with_missing(
    field: Field, kinds: list[pa.Array], values: pa.Array, filled: pa.Array
) -> pa.Array:
    """The first of the kinds with an empty required value as a fault of its own."""
    if not field.required:
        return kinds[0]
    sound = reduce(pc.and_, [pc.is_null(k) for k in kinds])
    empty = pc.and_(pc.and_(pc.is_null(values), sound), filled)
    return pc.if_else(empty, "missing_required", kinds[0])


def _is_stored(field: Field, header: str, raw: pa.Array) -> bool:
    """Whether a Parquet column already holds what the column contract asks for."""
    exact = raw.type.equals(arrow_type(field)) and not pa.types.is_string(raw.type)
    return exact and header == field.name


def _stored(field: Field, raw: pa.Array) -> Converted:
    kinds = pa.nulls(len(raw), pa.string())
    if field.type not in NUMBER_TYPES:
        return Converted(raw, kinds)
    unit = 10**field.scale
    outside = pa.repeat(False, len(raw))
    if field.minimum is not None:
        outside = pc.or_(outside, pc.less(raw, field.minimum * unit))
    if field.maximum is not None:
        outside = pc.or_(outside, pc.greater(raw, (field.maximum + 1) * unit - 1))
    outside = pc.fill_null(outside, False)
    return Converted(
        pc.if_else(outside, pa.scalar(None, raw.type), raw),
        pc.if_else(outside, "out_of_range", kinds),
    )


def _masked(values: pa.Array, mask: Mask) -> pa.Array:
    if mask is Mask.OPEN:
        return values
    shown = 1 if mask is Mask.PERSONAL else 0
    hidden = pc.max_element_wise(pc.subtract(pc.utf8_length(values), shown), 0)
    hidden = pc.if_else(pc.is_valid(values), hidden, pa.scalar(None, hidden.type))
    stars = pc.binary_repeat(pa.repeat("*", len(values)), hidden)
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(values, 0, shown), stars, ""
    )
