"""Workbooks for taking away: texts stay texts, nothing in them is ever evaluated.

A number of 18 digits is a text: a spreadsheet keeps 15. What is not known is an empty
cell, so that nobody adds it up as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.web.columns import Column, Kind


XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Strings are never looked at for what they might be.
_INERT: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Beyond that a spreadsheet shows other digits than were written.
_EXACT: Final = 10**15
_NAME_LENGTH: Final = 31


@dataclass(frozen=True)
class Sheet:
    """A sheet: the columns' heads and the values below them, row by row."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def workbook(
    sheets: Sequence[Sheet], *, notes: Sequence[tuple[str, str]] = ()
) -> BytesIO:
    """Return a file with a workbook; `notes` say on a last sheet what it is."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, _INERT)
    looks = {
        "head": book.add_format({"bold": True, "bg_color": "#EEF1F6", "bottom": 1}),
        Kind.MONEY: book.add_format({"num_format": "#,##0.00"}),
        Kind.NUMBER: book.add_format({"num_format": "#,##0"}),
        Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.TEXT: book.add_format({"num_format": "@"}),
    }
    taken: set[str] = set()
    for sheet in sheets:
        _write_sheet(book, sheet, looks, taken)
    if settings.DEMO:
        invented = _("Every place, person and figure here is invented.")
        notes = (*notes, (_("Demonstration"), invented))
        for sheet_made in book.worksheets():
            sheet_made.set_header(f"&C{invented}")
    if notes:
        page = book.add_worksheet(_sheet_name(_("About this list"), taken))
        page.set_column(0, 0, 16)
        page.set_column(1, 1, 60)
        for number, (name, text) in enumerate(notes):
            page.write_string(number, 0, name, looks["head"])
            page.write_string(number, 1, text)
    book.close()
    file.seek(0)
    return file


def _write_sheet(
    book: Any, sheet: Sheet, looks: dict[Any, Any], taken: set[str]
) -> None:
    page = book.add_worksheet(_sheet_name(sheet.name, taken))
    page.freeze_panes(1, 0)
    for column in sheet.columns:
        if column.kind is Kind.RATE:
            decimals = "0" * column.decimals
            form = f"0.{decimals}%" if decimals else "0%"
            looks[(Kind.RATE, column.decimals)] = book.add_format({"num_format": form})
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, str(column.label), looks["head"])
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for number, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(page, last, number, column, value, looks)
    if sheet.columns:
        page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _write_cell(
    page: Any, row: int, at: int, column: Column, value: Any, looks: dict[Any, Any]
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(row, at, _("yes") if value else _("no"))
    elif isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        page.write_datetime(row, at, local, looks[Kind.MOMENT])
    elif isinstance(value, date):
        page.write_datetime(row, at, value, looks[Kind.DAY])
    elif column.numeric and isinstance(value, int | float | Decimal):
        _write_number(page, row, at, column, value, looks)
    else:
        page.write_string(row, at, str(value), looks[Kind.TEXT])


def _write_number(
    page: Any,
    row: int,
    at: int,
    column: Column,
    value: Any,
    looks: dict[Any, Any],
) -> None:
    if abs(value) >= _EXACT:
        page.write_string(row, at, str(value), looks[Kind.TEXT])
        return
    look = looks[(column.kind, column.decimals)] if column.kind is Kind.RATE else None
    page.write_number(row, at, float(value), look or looks[column.kind])


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name a spreadsheet takes: short, without its marks, not given twice."""
    plain = "".join(" " if c in "[]:*?/\\'" else c for c in wanted).strip()
    plain = plain[:_NAME_LENGTH] or "1"
    name, number = plain, 2
    while name.lower() in taken:
        end = f" {number}"
        name, number = plain[: _NAME_LENGTH - len(end)] + end, number + 1
    taken.add(name.lower())
    return name
