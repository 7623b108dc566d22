"""Workbooks handed out filled: keys locked, the rest free, recognised on their return.

A workbook carries a token in its document properties. It says nothing by itself; who
handed the workbook out can look in it for the day and the region.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import xlsxwriter

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    NUMBER_TYPES,
    TEXT_TYPES,
    Field,
    FieldType,
    Level,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.export import label_of, typed_rows, write_cell
from xiuhua.core.intake.template import (
    code_ranges,
    drop_down,
    write_code_sheet,
    write_field_sheet,
)
from xiuhua.messages import translator


KEYS: Final = frozenset({"household_id", "person_id", "village_code", "year"})
"""Fields that say which row is meant: not to be changed in the sheet."""
_PROPERTY: Final = "xiuhua"
_SPARE_ROWS: Final = 2_000
_PART: Final = "docProps/custom.xml"
_PART_BYTES: Final = 1 << 20
_TOKEN: Final = re.compile(
    rb'name="xiuhua"[^>]*>\s*<(?:\w+:)?lpwstr>([\w:.\-=]{1,500})</(?:\w+:)?lpwstr>'
)


def write_prefilled(
    path: Path, tables: Mapping[str, Path], *, token: str, language: str = "zh"
) -> None:
    """Write Parquet tables, by level, as sheets to be corrected and sent back.

    Below the rows stands room for new ones, keys included.
    """
    levels = [load_dictionary().level(name) for name in tables]
    with xlsxwriter.Workbook(path) as book:
        book.set_custom_property(_PROPERTY, token, "text")
        formats = _formats(book)
        ranges = code_ranges(levels)
        for level in levels:
            _write_level(
                book, level, pq.ParquetFile(tables[level.name]), formats, ranges
            )
        write_field_sheet(book, levels, formats, translator(language), language)
        write_code_sheet(book, ranges, formats)


def token_of(path: Path) -> str | None:
    """Return the token of a workbook that was handed out filled, None for others."""
    try:
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo(_PART)
            if entry.file_size > _PART_BYTES:
                return None
            found = _TOKEN.search(archive.read(entry))
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, NotImplementedError):
        return None
    except (RuntimeError, ValueError):  # protected, or no archive at all
        return None
    return found[1].decode("ascii") if found else None


def _formats(book: Any) -> Mapping[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    locked = {"bg_color": "#EEF0F2", "font_color": "#5B6470"}
    kinds = {
        "text": {"num_format": "@"},
        "day": {"num_format": "yyyy-mm-dd"},
        "money": {"num_format": "0.00"},
        "plain": {},
    }
    free = {n: book.add_format({**f, "locked": False}) for n, f in kinds.items()}
    fixed = {f"locked {n}": book.add_format({**f, **locked}) for n, f in kinds.items()}
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    return {"head": book.add_format(head), "wrap": wrap, **free, **fixed}


def _format_name(field: Field) -> str:
    if field.type in TEXT_TYPES or field.codes is not None:
        return "text"
    if field.type in DATE_TYPES:
        return "day"
    return "money" if field.type is FieldType.MONEY else "plain"


def _write_level(
    book: Any,
    level: Level,
    table: pq.ParquetFile,
    formats: Mapping[str, Any],
    ranges: Mapping[str, Any],
) -> None:
    names = [n for n in table.schema_arrow.names if n in level.by_name]
    fields = [level.by_name[n] for n in names]
    last = table.metadata.num_rows + _SPARE_ROWS
    sheet = book.add_worksheet(level.sheet)
    sheet.freeze_panes(1, sum(name in KEYS for name in names))
    sheet.protect(
        "",
        {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True},
    )
    for column, field in enumerate(fields):
        sheet.set_column(column, column, 18, formats[_format_name(field)])
        sheet.write_string(0, column, field.label.zh, formats["head"])
        rule = drop_down(field, ranges)
        if rule:
            sheet.data_validation(1, column, last, column, rule)
    for row, values in enumerate(typed_rows(table, names), 1):
        for column, (field, value) in enumerate(zip(fields, values, strict=True)):
            lock = "locked " if field.name in KEYS else ""
            look = formats[f"{lock}{_format_name(field)}"]
            if value is None or field.type in NUMBER_TYPES:
                # An empty cell of a key is locked as well.
                sheet.write(row, column, label_of(field, value), look)
            else:
                styles = {"text": look, "day": look}
                write_cell(sheet, styles, row, column, field, value)
