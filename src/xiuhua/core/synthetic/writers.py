"""Write county after county to Parquet, CSV or one workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from xiuhua.core.dictionary.model import DATE_TYPES, NUMBER_TYPES, TEXT_TYPES, Level
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.synthetic.columns import arrow_table
from xiuhua.core.synthetic.labels import labelled
from xiuhua.core.synthetic.population import CountyTables
from xiuhua.core.tables import REGISTRY_LEVELS


WORKBOOK: Final = "registry.xlsx"
WORKBOOK_ROWS: Final = 1_048_576
NOTICE: Final = (
    "合成数据：本表中的村、户、人、证件号码和电话均为虚构。"
    "Synthetic data: every village, household, person, ID number and phone in it "
    "is made up."
)
# Measured: zstd is a third smaller than snappy, written and read as fast. What never
# repeats takes a fifth less without a dictionary. Where dictionaries stay below 20,000
# words, as those of 40,000 persons do, DuckDB groups persons by household in half the
# time it takes over plain text.
_COMPRESSION: Final = "zstd"
_COMPRESSION_LEVEL: Final = 1
_ROW_GROUP: Final = 40_000
_UNIQUE: Final = ("id_number", "phone")
_METADATA: Final = {"synthetic": "true", "notice": NOTICE}


class Writer(Protocol):
    """Takes the tables of one county after the other."""

    def write(self, tables: CountyTables) -> None:
        """Append the tables of a county."""

    def close(self) -> None:
        """Finish the files."""


class WorkbookTooLong(XiuhuaError):
    """More rows than a sheet of a workbook can hold."""

    code = "synthetic.workbook_too_long"


class ParquetWriter:
    """`household.parquet`, `person.parquet`, `village.parquet`, typed.

    The Arrow schema is left out, so that lists, dictionary-encoded here for speed,
    are plain text to every reader, as the column contract says. `synthetic` stands in
    the file's metadata.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._files: dict[str, pq.ParquetWriter] = {}

    def write(self, tables: CountyTables) -> None:
        """Append the tables of a county."""
        for name, table in arrow_tables(tables).items():
            if name not in self._files:
                self._files[name] = _parquet_file(self._folder, name, table.schema)
            self._files[name].write_table(table, row_group_size=_ROW_GROUP)

    def close(self) -> None:
        """Finish the files."""
        for file in self._files.values():
            file.add_key_value_metadata(_METADATA)
            file.close()


class CsvWriter:
    """`户.csv`, `人.csv`, `村.csv`: the template's headers and labels, UTF-8."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._files: dict[str, pa_csv.CSVWriter] = {}

    def write(self, tables: CountyTables) -> None:
        """Append the tables of a county."""
        for name, table in arrow_tables(tables).items():
            level = load_dictionary().level(name)
            rows = _plain(labelled(table, level))
            if name not in self._files:
                path = self._folder / f"{level.sheet}.csv"
                self._files[name] = pa_csv.CSVWriter(path, rows.schema)
            self._files[name].write_table(rows)

    def close(self) -> None:
        """Finish the files."""
        for file in self._files.values():
            file.close()


class WorkbookWriter:
    """One workbook with the sheets 户, 人, 村 and a sheet that says it is made up.

    Rows are flushed as they are written, so memory does not grow with them.
    """

    def __init__(self, folder: Path):
        self._book = xlsxwriter.Workbook(
            folder / WORKBOOK, {"constant_memory": True, "tmpdir": str(folder)}
        )
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._text = self._book.add_format({"num_format": "@"})
        self._levels = {n: load_dictionary().level(n) for n in REGISTRY_LEVELS}
        self._sheets = {
            n: self._book.add_worksheet(level.sheet)
            for n, level in self._levels.items()
        }
        self._next_row = dict.fromkeys(self._levels, 1)
        for name, level in self._levels.items():
            headers = [f.label.zh for f in level.fields if f.template]
            self._sheets[name].write_row(0, 0, headers)
        self._book.add_worksheet("说明").write_string(0, 0, NOTICE)

    def write(self, tables: CountyTables) -> None:
        """Append the tables of a county.

        Raises:
            WorkbookTooLong: when a sheet is full.
        """
        for name, table in arrow_tables(tables).items():
            self._append(name, table)

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _append(self, name: str, table: pa.Table) -> None:
        level, first = self._levels[name], self._next_row[name]
        if first + table.num_rows > WORKBOOK_ROWS:
            raise WorkbookTooLong(
                "a sheet holds {most} rows; there are more of {name}",
                most=WORKBOOK_ROWS - 1,
                name=name,
                hint="choose fewer households, or csv or parquet",
            )
        shown = labelled(table, level)
        put = [self._put(self._sheets[name], kind) for kind in _kinds(level)]
        for start in range(0, shown.num_rows, _SLICE):
            part = shown.slice(start, _SLICE)
            columns = [column.to_pylist() for column in part.columns]
            for offset, cells in enumerate(zip(*columns, strict=True)):
                row = first + start + offset
                for place, cell in enumerate(cells):
                    if cell is not None:
                        put[place](row, place, cell)
        self._next_row[name] += table.num_rows

    def _put(self, sheet: Any, kind: str) -> Callable[[int, int, Any], Any]:
        if kind == "date":
            return lambda row, place, day: sheet.write_datetime(
                row, place, day, self._day
            )
        if kind == "identifier":
            return lambda row, place, text: sheet.write_string(
                row, place, text, self._text
            )
        write: Callable[[int, int, Any], Any]
        write = sheet.write_string if kind == "text" else sheet.write_number
        return write


_SLICE: Final = 4096
WRITERS: Final[Mapping[str, Callable[[Path], Writer]]] = {
    "parquet": ParquetWriter,
    "csv": CsvWriter,
    "xlsx": WorkbookWriter,
}


def arrow_tables(tables: CountyTables) -> dict[str, pa.Table]:
    """Return the three tables of a county as Arrow, by level."""
    return {
        name: arrow_table(getattr(tables, name), load_dictionary().level(name))
        for name in REGISTRY_LEVELS
    }


def _parquet_file(folder: Path, name: str, schema: pa.Schema) -> pq.ParquetWriter:
    never_repeat = {*_UNIQUE, load_dictionary().level(name).key}
    repeating = [column for column in schema.names if column not in never_repeat]
    return pq.ParquetWriter(
        folder / f"{name}.parquet",
        schema,
        compression=_COMPRESSION,
        compression_level=_COMPRESSION_LEVEL,
        use_dictionary=repeating,
        store_schema=False,
    )


def _kinds(level: Level) -> list[str]:
    kinds = []
    for field in level.fields:
        if not field.template:
            continue
        if field.type in DATE_TYPES:
            kinds.append("date")
        elif field.type in TEXT_TYPES:
            kinds.append("identifier")
        elif field.type in NUMBER_TYPES:
            kinds.append("number")
        else:
            kinds.append("text")
    return kinds


def _plain(table: pa.Table) -> pa.Table:
    """Return a table with its lists written out as text."""
    return pa.table(
        {
            name: column.cast(pa.string())
            if pa.types.is_dictionary(column.type)
            else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
