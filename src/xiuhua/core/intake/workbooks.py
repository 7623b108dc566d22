"""Workbooks (.xlsx, .xlsm, .xls) to raw sheets; runs in the parsing child.

Every cell is read as text by one pass of fastexcel. A number of more than 15 digits
has lost digits when it was kept as a number, which the text does not show: the XML is
searched for such numbers, and only when there is one the columns that hold codes are
read a second time, as booleans, since a number converts to a boolean and a text does
not.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from xiuhua.core.dictionary.model import TEXT_TYPES, FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.headers import HEADER_SEARCH_ROWS, Planner, SheetPlan
from xiuhua.core.intake.raw import RawSheet, cell_name, numeric_name
from xiuhua.core.intake.sources import FileForm, SourceFile


_LONG_NUMBER: Final = re.compile(rb"v>\s*-?(?:[0-9]{16}|[0-9.]+[eE]\+?[0-9]{2})")
_LONG_TEXT: Final = r"^[0-9]{16,}$"
_CHUNK: Final = 1 << 20
_ERROR_NAMES: Final = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def read_workbook(file: SourceFile, planned: Planner) -> Iterator[RawSheet | str]:
    """Yield each sheet that is understood, and the title of each that is not."""
    with ThreadPoolExecutor(1) as beside:
        long_numbers = beside.submit(_has_long_numbers, file)
        book = fastexcel.read_excel(file.path)
        epoch_1904 = file.form is FileForm.XLSX and _counts_from_1904(file.path)
        for title in book.sheet_names:
            sheet = book.load_sheet(
                title, header_row=None, skip_rows=0, dtypes="string"
            )
            cells, errors = _cells(sheet)
            del sheet
            rows = cells.slice(0, HEADER_SEARCH_ROWS).to_pylist()
            plan = planned([list(r.values()) for r in rows], title)
            if plan is None:
                yield title
                continue
            table = _understood(cells, plan, errors)
            if long_numbers.result():
                table = _with_numeric(book, title, plan, table)
            yield RawSheet(
                file.name, title, plan, plan.header_row + 2, epoch_1904, table
            )


def _cells(sheet: Any) -> tuple[pa.RecordBatch, dict[int, dict[int, str]]]:
    """The cells by position, and the error cells: column to row to error."""
    if sheet.width == 0:
        return pa.record_batch([], names=[]), {}
    batch, found = sheet.to_arrow_with_errors()
    errors: dict[int, dict[int, str]] = {}
    for error in found.errors if found else ():
        row, column = error.offset_position
        name = re.search(r"Error\((\w+)\)", error.detail)
        text = _ERROR_NAMES.get(name[1] if name else "", "#VALUE!")
        errors.setdefault(column, {})[row] = text
    names = [str(i) for i in range(batch.num_columns)]
    return pa.RecordBatch.from_arrays(batch.columns, names=names), errors


def _understood(
    cells: pa.RecordBatch, plan: SheetPlan, errors: dict[int, dict[int, str]]
) -> pa.Table:
    """The columns that are understood, below the header, with the error cells shown."""
    start = plan.header_row + 1
    columns = {}
    for index in dict.fromkeys(c.index for c in plan.columns):
        column = cells.column(index).slice(start)
        if index in errors:
            texts = column.to_pylist()
            for row, text in errors[index].items():
                if row >= start:
                    texts[row - start] = text
            column = pa.array(texts, pa.string())
        columns[cell_name(index)] = column
    return pa.table(columns)


def _with_numeric(
    book: fastexcel.ExcelReader, title: str, plan: SheetPlan, table: pa.Table
) -> pa.Table:
    """The table with, beside each text column with long numbers, which were numbers."""
    suspects = [i for i in _text_columns(plan) if _has_long_text(table[cell_name(i)])]
    if not suspects:
        return table
    kinds = book.load_sheet(
        title,
        header_row=None,
        skip_rows=0,
        dtypes="boolean",
        use_columns=list(suspects),
    ).to_arrow()
    for at, index in enumerate(sorted(suspects)):
        numeric = kinds.column(at).slice(plan.header_row + 1).is_valid()
        table = table.append_column(numeric_name(index), numeric)
    return table


def _text_columns(plan: SheetPlan) -> list[int]:
    dictionary = load_dictionary()
    codes = TEXT_TYPES - {FieldType.TEXT}
    return list(
        dict.fromkeys(
            c.index
            for c in plan.columns
            if dictionary.level(c.level).by_name[c.field].type in codes
        )
    )


def _has_long_text(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, _LONG_TEXT)).as_py())


def _has_long_numbers(file: SourceFile) -> bool:
    """Whether any cell of any sheet holds a number of more than 15 digits.

    An old workbook keeps numbers in binary and is small: it is always read twice.
    """
    if file.form is not FileForm.XLSX:
        return True
    with zipfile.ZipFile(file.path) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return any(_finds_long_number(archive, name) for name in names)


def _finds_long_number(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            if _LONG_NUMBER.search(tail + chunk):
                return True
            tail = chunk[-40:]
    return False


def _counts_from_1904(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as stream:
        head = stream.read(_CHUNK)
    return re.search(rb"""date1904\s*=\s*["'](1|true)["']""", head) is not None
