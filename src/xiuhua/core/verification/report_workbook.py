"""The report as a workbook: one sheet to read, one with the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter


_WIDTHS: Final = (30, 14, 14, 14, 17, 20, 12, 12, 12, 12)
_SOURCE_WIDTHS: Final = (30, 22, 56, 56)
_LAST: Final = len(_WIDTHS) - 1
_NAMES: Final = {"zh": ("报告", "依据"), "en": ("Report", "Sources")}
_COLORS: Final = {"met": "#1B7F4B", "unmet": "#C21F1F", "undecided": "#9A6700"}
# Characters of Chinese text that fit on a merged line of the sheet.
_LINE: Final = 78
_LINE_HEIGHT: Final = 16
_FIGURE: Final = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?%?")


def write_workbook(report: Mapping[str, Any], path: Path) -> None:
    """Write a report (see `report.report`) as a workbook; texts stay texts."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        first, second = _NAMES[report["language"]]
        sheet = _Sheet(book, first, _WIDTHS)
        sheet.line(report["title"], "title")
        sheet.line(report["heading"], "badge")
        sheet.line(report["subtitle"], "small")
        sheet.line(report["decision"], report["state"])
        sheet.line(report["paragraph"], "text")
        sheet.table(report["rates"])
        for name in ("checked", "findings"):
            sheet.table(report[name])
        for name in ("basis", "not_covered"):
            sheet.lines(report[name])
        sheet.table(report["held"])
        sheet.table(report["what_if"])
        for text in report["footer"]:
            sheet.line(text, "small")
        sources = _Sheet(book, second, _SOURCE_WIDTHS)
        sources.table(report["sources"], wrap=True)


class _Sheet:
    """Writes from top to bottom."""

    def __init__(self, book: Any, name: str, widths: Sequence[int]):
        self._sheet = book.add_worksheet(name)
        self._last = len(widths) - 1
        self._row = 0
        wrapped = {"text_wrap": True, "valign": "top"}
        self._formats = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "badge": book.add_format({"bold": True, "font_color": "#C21F1F"}),
            "small": book.add_format({"font_color": "#666666", **wrapped}),
            "text": book.add_format(wrapped),
            "head": book.add_format({"bold": True, "font_size": 12}),
            "column": book.add_format(
                {"bold": True, "bg_color": "#F2F2F2", "border": 1, **wrapped}
            ),
            "cell": book.add_format({"border": 1, **wrapped}),
            "number": book.add_format(
                {
                    "border": 1,
                    "align": "right",
                    "valign": "top",
                    "text_wrap": True,
                    "num_format": "#,##0",
                }
            ),
            "decimal": book.add_format(
                {
                    "border": 1,
                    "align": "right",
                    "valign": "top",
                    "num_format": "#,##0.0",
                }
            ),
            "percent": book.add_format(
                {
                    "border": 1,
                    "align": "right",
                    "valign": "top",
                    "num_format": "0.00%",
                }
            ),
        } | {
            state: book.add_format({"bold": True, "font_color": color, **wrapped})
            for state, color in _COLORS.items()
        }
        for at, width in enumerate(widths):
            self._sheet.set_column(at, at, width)
        self._sheet.hide_gridlines(2)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)

    def line(self, text: str, style: str) -> None:
        """Write a text over the whole width, as high as it needs."""
        style_of = self._formats[style]
        self._sheet.merge_range(self._row, 0, self._row, self._last, text, style_of)
        if style != "title":
            self._sheet.set_row(self._row, _LINE_HEIGHT * _lines(text, _LINE))
        self._row += 1

    def lines(self, block: Mapping[str, Any]) -> None:
        """Write a heading and its sentences."""
        self._heading(block)
        for text in block["lines"]:
            self.line(text, "text")

    def table(self, block: Mapping[str, Any], *, wrap: bool = False) -> None:
        """Write a heading, a sentence if there is one, and a table."""
        self._heading(block)
        if block.get("text"):
            self.line(block["text"], "text")
        if block["rows"]:
            self._cells(block["columns"], "column")
            for row in block["rows"]:
                self._cells(row, "cell" if wrap else "number")
        if block.get("note"):
            self.line(block["note"], "small")

    def _heading(self, block: Mapping[str, Any]) -> None:
        self._row += 1
        self._sheet.write_string(self._row, 0, block["title"], self._formats["head"])
        self._row += 1

    def _cells(self, row: Sequence[str], style: str) -> None:
        for at, text in enumerate(row):
            value = None if style == "column" else _figure(text)
            if value is not None:
                kind = _kind(text)
                self._sheet.write_number(self._row, at, value, self._formats[kind])
                continue
            name = "cell" if style == "number" and at == 0 else style
            self._sheet.write_string(self._row, at, text, self._formats[name])
        if style == "cell":
            height = max(
                _lines(t, w // 2) for t, w in zip(row, _SOURCE_WIDTHS, strict=True)
            )
            self._sheet.set_row(self._row, _LINE_HEIGHT * height)
        self._row += 1


def _figure(text: str) -> float | None:
    """A count or percentage as a number, None for anything else.

    >>> _figure("1,878.5"), _figure("93.25%"), _figure("< 2%")
    (1878.5, 0.9325, None)
    """
    if not _FIGURE.fullmatch(text):
        return None
    value = float(text.rstrip("%").replace(",", ""))
    return value / 100 if text.endswith("%") else value


def _kind(text: str) -> str:
    if text.endswith("%"):
        return "percent"
    return "decimal" if "." in text else "number"


def _lines(text: str, width: int) -> int:
    """How many lines a text takes; a Latin letter is half as wide as a Chinese one."""
    size = sum(1.0 if ord(letter) > 0x2E80 else 0.55 for letter in text)
    return max(1, -int(-size // width))
