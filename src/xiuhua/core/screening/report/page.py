"""One sheet, written from top to bottom: titles, lines of text, tables, print set-up.

Rows are only ever written in order, so that a large workbook need not be held in
memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from xlsxwriter.utility import xl_range

from xiuhua.core.screening.files import defused
from xiuhua.core.screening.report.book import SUMMARY, Book
from xiuhua.core.screening.report.figures import lines, width


SHEET_ROWS: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
_MEASURED: Final = 2000
_A4: Final = 9
# The long side of the paper less the margins, and room for fonts wider than ours.
_A4_INCHES: Final = 10.6 * 0.7
_FILTER_BUTTON: Final = 3
_ROW: Final = 3.0
_LINE: Final = 13.5
_HIGHEST: Final = 400.0
_MOST_BREAKS: Final = 1023

Value = str | int | Decimal | Fraction | None


class Marked(NamedTuple):
    """A value that looks different from the rest of its column."""

    value: Value
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, how its cells look, how wide it may be."""

    head: str
    parts: tuple[str, ...] = ()
    least: int = 5
    most: int = 30


class Page:
    """A sheet of the workbook; `row` is the next row to be written."""

    def __init__(self, book: Book, name: str, title: str = "", number: int = 1):
        self.book = book
        suffix = f" ({number})" if number > 1 else ""
        self.sheet: Any = book.workbook.add_worksheet(book.say(name) + suffix)
        self.row = 0
        self._set_up_print()
        if title:
            self.put(0, title, "title")
            self.next()

    def _set_up_print(self) -> None:
        book = self.book
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        pages = book.say("page {page} of {pages}").format(page="&P", pages="&N")
        personal = book.say("holds personal data").replace("&", "&&")
        region = f"{book.region} {book.day}".replace("&", "&&")
        self.sheet.set_footer(f"&L{region}&C{pages}&R{personal}")
        self.sheet.hide_gridlines(2)

    def put(self, column: int, value: Value, *parts: str) -> None:
        """Write one cell of the row."""
        style = self.book.styles.of
        if value is None or value == "":
            self.sheet.write_blank(self.row, column, None, style(*parts))
        elif isinstance(value, str):
            if defused(value) != value:
                parts = (*parts, "inert")
            self.sheet.write_string(self.row, column, _cut(value), style(*parts))
        else:
            self.sheet.write_number(self.row, column, float(value), style(*parts))

    def merge(self, last: int, text: str, *parts: str, height: float = 0) -> None:
        """Write a text over the columns up to the last one and go on."""
        form = self.book.styles.of(*parts)
        if height:
            self.sheet.set_row(self.row, height)
        # An empty text merges; the text itself is written as a text, never guessed at.
        self.sheet.merge_range(self.row, 0, self.row, last, "", form)
        self.sheet.write_string(self.row, 0, _cut(text), form)
        self.next()

    def link(self, column: int, text: str, name: str, *parts: str) -> None:
        """Write a link to another sheet of the workbook."""
        target = f"internal:'{self.book.say(name)}'!A1"
        form = self.book.styles.of(*parts, "link")
        self.sheet.write_url(self.row, column, target, form, text)

    def note(self, text: str) -> None:
        """Write a line below the title, with the way back to the summary."""
        self.link(0, self.book.say("back to the summary"), SUMMARY)
        self.next()
        self.put(0, text, "quiet")
        self.next()

    def height(self, needed: int) -> None:
        """Make the row high enough for a number of lines.

        Spreadsheets do not all fit rows to wrapped text by themselves.
        """
        if needed > 1:
            self.sheet.set_row(self.row, min(_ROW + _LINE * needed, _HIGHEST))

    def break_pages(self, rows: Sequence[int]) -> None:
        """Begin printed pages at some rows; Excel only does so after `fix_scale`."""
        self.sheet.set_h_pagebreaks(list(rows)[:_MOST_BREAKS])

    def fix_scale(self, widths: Sequence[float]) -> None:
        """Print at a scale at which columns of some widths fit on the paper.

        Unlike a page fitted to the width it keeps to the breaks set by hand.
        """
        inches = sum(7 * w + 5 for w in widths) / 96
        self.sheet.set_print_scale(max(10, min(100, int(100 * _A4_INCHES / inches))))

    def next(self) -> None:
        """Go on to the next row."""
        self.row += 1


class Table:
    """A table on a page; heads are frozen and repeated when printed.

    `groups` are heads above the heads, each over a number of columns.
    """

    def __init__(
        self,
        page: Page,
        columns: Sequence[Column],
        *,
        frozen: int = 0,
        groups: Sequence[tuple[str, int]] = (),
    ):
        self._page = page
        self._columns = columns
        self._widths = [0] * len(columns)
        first = page.row
        if groups:
            self._write_groups(groups)
        self.head_row = page.row
        self.rows = 0
        page.height(max(lines(c.head, _head_width(c.head)) for c in columns))
        for at, column in enumerate(columns):
            page.put(at, column.head, "head")
        page.sheet.freeze_panes(page.row + 1, frozen)
        page.sheet.repeat_rows(first, page.row)
        page.next()

    def _write_groups(self, groups: Sequence[tuple[str, int]]) -> None:
        page, at = self._page, 0
        form = page.book.styles.of("head")
        page.height(2)
        for head, span in groups:
            if span > 1:
                page.sheet.merge_range(page.row, at, page.row, at + span - 1, "", form)
            page.put(at, head, "head")
            at += span
        page.next()

    @property
    def full(self) -> bool:
        """Whether the sheet has no row left."""
        return self._page.row >= SHEET_ROWS

    def add(
        self, values: Iterable[Value | Marked], *parts: str, least: int = 1
    ) -> None:
        """Write a row, at least some lines high."""
        needed = least
        for at, item in enumerate(values):
            column = self._columns[at]
            value, marks = item if isinstance(item, Marked) else (item, ())
            self._page.put(at, value, "cell", *column.parts, *parts, *marks)
            if isinstance(value, str) and "wrap" in column.parts:
                needed = max(needed, lines(value, column.most - 1))
            if self.rows < _MEASURED:
                self._widths[at] = max(self._widths[at], _shown_width(value))
        self._page.height(needed)
        self._page.next()
        self.rows += 1

    def none(self, text: str) -> None:
        """Say that there are no rows."""
        self._page.put(0, text, "strong")
        self._page.next()

    def close(self, *, filters: bool = True) -> list[float]:
        """Set widths and, where rows are, filters; return the widths."""
        page = self._page
        extra = _FILTER_BUTTON if filters else 1
        widths: list[float] = []
        for at, column in enumerate(self._columns):
            content = min(max(self._widths[at] + 1, column.least), column.most)
            widths.append(max(content, _head_width(column.head) + extra))
            page.sheet.set_column(at, at, widths[at])
        last = len(self._columns) - 1
        if filters and self.rows:
            page.sheet.autofilter(self.head_row, 0, self.head_row + self.rows, last)
        if self.rows:
            area = xl_range(self.head_row + 1, 0, self.head_row + self.rows, last)
            page.sheet.ignore_errors({"number_stored_as_text": area})
        return widths


def _head_width(head: str) -> int:
    """Heads are wrapped over a few lines, not within an English word."""
    if head.isascii():
        return max(map(width, head.split()), default=0)
    return width(head) if width(head) <= 8 else width(head) // 2 + 1


def _shown_width(value: Value) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return width(value)
    return len(f"{float(value):,.2f}" if not isinstance(value, int) else f"{value:,}")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
