"""The rows of a table: hundreds of cells, so no template is run for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xiuhua.web.columns import Cell, Column
from xiuhua.web.tables.table import Line


register = template.Library()


@register.filter
def table_rows(lines: Sequence[Line], ticks: bool) -> SafeString:
    """Return the body of a table; with `ticks` every row begins with its tick box."""
    if not lines:
        return SafeString()
    opened = [
        _opened(cell.column, first=not place)
        for place, cell in enumerate(lines[0].cells)
    ]
    word = escape(_("Tick"))
    rows = []
    for line in lines:
        box = _box(line, word) if ticks else ""
        cells = "".join(_cells(opened, line.cells))
        rows.append(f"<tr>{box}{cells}</tr>")
    return SafeString("\n".join(rows))


def _opened(column: Column, *, first: bool) -> str:
    """Return the start of a column's cells; its label stands there for a phone."""
    marks = (("first", first), ("number", column.numeric), ("minor", column.minor))
    names = " ".join(name for name, on in marks if on)
    return f'<td data-l="{escape(str(column.label))}" class="{names}">'


def _cells(opened: Sequence[str], cells: Sequence[Cell]) -> Iterator[str]:
    for start, cell in zip(opened, cells, strict=True):
        text: str = conditional_escape(cell.text)
        if cell.column.quoted and cell.known:
            text = f'<span lang="">{text}</span>'
        if cell.href:
            text = f'<a href="{escape(cell.href)}">{text}</a>'
        elif not cell.known:
            text = f'<span class="unknown">{text}</span>'
        if cell.state:
            text = f'<span class="state {escape(cell.state)}">{text}</span>'
        yield f"{start}{text}</td>"


def _box(line: Line, word: str) -> str:
    label = f"{word} {escape(line.cells[0].text)}"
    return (
        f'<td><input type="checkbox" name="row" value="{escape(str(line.select))}"'
        f' form="bulk" aria-label="{label}"></td>'
    )
