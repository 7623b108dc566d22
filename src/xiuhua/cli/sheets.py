"""Small tables a user writes: rows of text by column, from a workbook or CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import fastexcel

from xiuhua.core.errors import Place, XiuhuaError


class SheetUnusable(XiuhuaError):
    """A table lacks a column, or a cell cannot be read."""

    code = "cli.sheet_unusable"


class Row(dict[str, str]):
    """The cells of a row by column name, and where the row stands."""

    def __init__(self, cells: Mapping[str, str], place: Place):
        super().__init__(cells)
        self.place = place

    def whole(self, column: str, default: int | None = None) -> int:
        """Return a cell as a whole number of at least 0.

        Raises:
            SheetUnusable: when it is none, or empty without a default.
        """
        text = self.get(column, "").removesuffix(".0")
        if not text and default is not None:
            return default
        if text.isascii() and text.isdigit():
            return int(text)
        raise SheetUnusable(
            "{column}: '{text}' is no whole number",
            where=self.place,
            column=column,
            text=text,
        )

    def number(self, column: str) -> float | None:
        """Return a cell as a number, None when it is empty.

        Raises:
            SheetUnusable: when it is no number.
        """
        text = self.get(column, "")
        try:
            return float(text) if text else None
        except ValueError as error:
            raise SheetUnusable(
                "{column}: '{text}' is no number",
                where=self.place,
                column=column,
                text=text,
            ) from error

    def words(self, column: str) -> frozenset[str]:
        """Return the entries of a cell, separated by 、 or a comma."""
        text = self.get(column, "").replace("、", ",").replace("，", ",")
        return frozenset(word.strip() for word in text.split(",") if word.strip())


def read_rows(
    path: Path, columns: Mapping[str, str], required: Sequence[str]
) -> list[Row]:
    """Return the rows of the first sheet; Chinese headers become column names.

    Columns that are not in `columns` keep their own header.

    Raises:
        SheetUnusable: when a required column is missing.
    """
    grid = _csv_grid(path) if path.suffix.lower() == ".csv" else _sheet_grid(path)
    header = [columns.get(cell.strip(), cell.strip()) for cell in grid[0]]
    missing = [name for name in required if name not in header]
    if missing:
        chinese = {name: zh for zh, name in columns.items()}
        names = ", ".join(f"{chinese.get(m, m)} ({m})" for m in missing)
        raise SheetUnusable("no column {names}", where=Place(str(path)), names=names)
    return [
        Row(
            {k: cell.strip() for k, cell in zip(header, row, strict=False)},
            Place(path.name, line=number),
        )
        for number, row in enumerate(grid[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def _csv_grid(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file)) or [[]]


def _sheet_grid(path: Path) -> list[list[str]]:
    # All cells as text: a 12-digit code read as a float loses its form.
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
    cells = [column.to_pylist() for column in sheet.to_arrow().columns]
    rows = [
        ["" if c is None else str(c) for c in row] for row in zip(*cells, strict=True)
    ]
    return rows or [[]]


def write_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows as UTF-8 with a mark, so that Excel and WPS show Chinese."""
    listed = list(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        if listed:
            writer = csv.DictWriter(file, list(listed[0]))
            writer.writeheader()
            writer.writerows(listed)
