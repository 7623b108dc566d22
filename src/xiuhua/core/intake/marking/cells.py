"""Give cells of a sheet's XML another style, row by row, without reading it whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import IO, Final

from xiuhua.core.intake.marking.marks import unmarkable


_CHUNK: Final = 1 << 20
# A row of 16,384 cells stays below; more would be no sheet anybody typed.
_LONGEST: Final = 64 << 20
_ROW: Final = re.compile(
    rb"<((?:\w+:)?)row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)", re.S
)
_CELL: Final = re.compile(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
_PLACE: Final = re.compile(rb'\br\s*=\s*["\']([A-Za-z]*)(\d+)["\']')
_STYLE: Final = re.compile(rb'\bs\s*=\s*["\'](\d+)["\']')

Restyle = Callable[[int], int]
"""Gives the number of the marked style that stands for a style."""


def restyle_cells(
    source: IO[bytes],
    out: IO[bytes],
    rows: Mapping[int, frozenset[int]],
    restyle: Restyle,
) -> bytes:
    """Copy a sheet with the cells of `rows` (row to columns) in their marked style.

    Returns the end of the sheet, after its last row, unwritten.

    Raises:
        MarkingImpossible: when rows have no end, or a cell to be marked has no row.
    """
    last, left = 0, set(rows)
    buffer = b""

    def edited(match: re.Match[bytes]) -> bytes:
        nonlocal last
        found = _PLACE.search(match[2])
        last = int(found[2]) if found else last + 1
        if last not in rows:
            return match[0]
        left.discard(last)
        return _row(match, last, rows[last], restyle)

    while chunk := source.read(_CHUNK):
        buffer += chunk
        cut = buffer.rfind(b"row>") + len(b"row>")
        if cut >= len(b"row>"):
            out.write(_ROW.sub(edited, buffer[:cut]))
            buffer = buffer[cut:]
        if len(buffer) > _LONGEST:
            raise unmarkable()
    if left:
        raise unmarkable()
    return buffer


def column_name(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> column_name(0), column_name(25), column_name(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def column_number(name: str) -> int:
    """Return the number of a column, from 0.

    >>> column_number("AA")
    26
    """
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _row(
    match: re.Match[bytes], number: int, columns: frozenset[int], restyle: Restyle
) -> bytes:
    prefix, attributes, inner = match[1], match[2], match[3] or b""
    parts: list[tuple[int, bytes]] = []
    at = -1
    for cell in _CELL.finditer(inner):
        place = _PLACE.search(cell[2])
        at = column_number(place[1].decode()) if place and place[1] else at + 1
        whole = cell[0]
        if at in columns:
            whole = _cell(cell, prefix, restyle)
        parts.append((at, whole))
    present = {at for at, _ in parts}
    for column in columns - present:
        name = f"{column_name(column)}{number}".encode()
        style = str(restyle(0)).encode()
        parts.append((column, b'<%sc r="%s" s="%s"/>' % (prefix, name, style)))
    body = b"".join(text for _, text in sorted(parts, key=lambda part: part[0]))
    return b"<%srow%s>%s</%srow>" % (prefix, attributes, body, prefix)


def _cell(cell: re.Match[bytes], prefix: bytes, restyle: Restyle) -> bytes:
    attributes = cell[2]
    style = _STYLE.search(attributes)
    number = str(restyle(int(style[1]) if style else 0)).encode()
    attributes = _STYLE.sub(b"", attributes).rstrip() + b' s="%s"' % number
    if cell[3] is None:
        return b"<%sc%s/>" % (prefix, attributes)
    return b"<%sc%s>%s</%sc>" % (prefix, attributes, cell[3], prefix)
