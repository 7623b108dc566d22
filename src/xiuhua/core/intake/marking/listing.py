"""A list of cells, for files that cannot be marked themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from xiuhua.core.intake.marking.marks import Mark


_HEAD: Final = (
    "文件 File",
    "工作表 Sheet",
    "单元格 Cell",
    "问题与改法 Problem and remedy",
)
_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}


def list_marks(file: str, marks: Iterable[Mark], target: Path) -> None:
    """Write a workbook that names each cell of a file and what is wrong with it."""
    rows = (
        (file, m.sheet, str(xl_rowcol_to_cell(m.row - 1, m.column)), m.text)
        for m in marks
    )
    list_cells(rows, target)


def list_cells(rows: Iterable[Sequence[str]], target: Path) -> None:
    """Write a workbook of rows of file, sheet, cell and text."""
    with xlsxwriter.Workbook(str(target), _OPTIONS) as book:
        sheet = book.add_worksheet("问题清单")
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 2, 18)
        sheet.set_column(3, 3, 80, wrap)
        for column, head in enumerate(_HEAD):
            sheet.write_string(0, column, head)
        for at, cells in enumerate(rows, 1):
            for column, said in enumerate(cells):
                sheet.write_string(at, column, said or "")
