"""Typed tables back to a workbook: Chinese headers and labels, nothing that computes.

Codes and numbers of documents are text cells, every text is written as text (a cell
that begins with `=` stays what it is), so reading the workbook gives the same tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from xiuhua.core.dictionary.model import (
    CODED_TYPES,
    DATE_TYPES,
    NUMBER_TYPES,
    Field,
    FieldType,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError


SHEET_ROWS: Final = 1_048_576
_SEPARATOR: Final = "、"


class SheetTooLong(XiuhuaError):
    """A table has more rows than a sheet can hold."""

    code = "intake.sheet_too_long"


def write_registry(path: Path, tables: Mapping[str, Path]) -> None:
    """Write Parquet tables, by level, as the sheets of a workbook.

    Columns that are no fields of the level (such as `_row`) are left out.

    Raises:
        SheetTooLong: when a table does not fit on a sheet.
    """
    for name, table in tables.items():
        if pq.read_metadata(table).num_rows >= SHEET_ROWS:
            raise SheetTooLong(
                "the table {name} has more rows than a sheet can hold",
                name=name,
                hint="write Parquet or CSV instead",
            )
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "text": book.add_format({"num_format": "@"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for name, table in tables.items():
            level = load_dictionary().level(name)
            sheet = book.add_worksheet(level.sheet)
            sheet.freeze_panes(1, 0)
            _write_sheet(sheet, formats, level.by_name, pq.ParquetFile(table))


def label_of(field: Field, value: Any) -> Any:
    """Return a stored value as it is written in a cell.

    Money is in yuan, a choice is its Chinese label, yes and no are 是 and 否.
    """
    if value is None:
        return None
    if field.type is FieldType.BOOLEAN:
        return "是" if value else "否"
    if field.type in CODED_TYPES and field.codes is not None:
        codes = field.codes.by_code
        return _SEPARATOR.join(codes[code].label.zh for code in value.split(","))
    if field.type in NUMBER_TYPES:
        return value / 10**field.scale if field.scale else value
    return value


def _write_sheet(
    sheet: Any,
    formats: Mapping[str, Any],
    fields: Mapping[str, Field],
    table: pq.ParquetFile,
) -> None:
    names = [n for n in table.schema_arrow.names if n in fields]
    for column, name in enumerate(names):
        sheet.set_column(column, column, 18)
        sheet.write_string(0, column, fields[name].label.zh, formats["head"])
    for row, values in enumerate(typed_rows(table, names), 1):
        for column, (name, value) in enumerate(zip(names, values, strict=True)):
            write_cell(sheet, formats, row, column, fields[name], value)


def typed_rows(table: pq.ParquetFile, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some columns of a table."""
    for batch in table.iter_batches(1 << 14, columns=names):
        columns: list[list[Any]] = [
            column.to_pylist() for column in pa.Table.from_batches([batch]).columns
        ]
        yield from zip(*columns, strict=True)


def write_cell(
    sheet: Any,
    formats: Mapping[str, Any],
    row: int,
    column: int,
    field: Field,
    value: Any,
) -> None:
    """Write a stored value as a cell that holds it and computes nothing."""
    shown = label_of(field, value)
    if shown is None:
        return
    if field.type in DATE_TYPES:
        sheet.write_datetime(row, column, shown, formats["day"])
    elif field.type in NUMBER_TYPES:
        sheet.write_number(row, column, shown)
    else:
        sheet.write_string(row, column, shown, formats["text"])
