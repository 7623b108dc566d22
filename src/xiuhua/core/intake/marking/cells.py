"""Edit the rows of a sheet's XML one after the other, without reading it whole.

Cells get another style, formulas their values, codes kept as numbers become texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import IO, Final

from xiuhua.core.intake.marking.lifeless import plain, without_formulas
from xiuhua.core.intake.marking.marks import unmarkable


_CHUNK: Final = 1 << 20
# A row of 16,384 cells stays below; more would be no sheet anybody typed.
_LONGEST: Final = 64 << 20
_ROW: Final = re.compile(
    rb"<((?:\w+:)?)row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)", re.S
)
_CELL: Final = re.compile(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
_PLACE: Final = re.compile(rb'\br\s*=\s*["\']([A-Za-z]*)(\d+)["\']')
_TYPE: Final = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>\s*([-+0-9.eE]{1,40})\s*</(?:\w+:)?v>")
# A number of more digits has lost some: it stays a number, so that this can be seen.
_EXACT_DIGITS: Final = 15
_STYLE: Final = re.compile(rb'\bs\s*=\s*["\'](\d+)["\']')

Restyle = Callable[[int], int]
"""Gives the number of the marked style that stands for a style."""


def restyle_cells(
    source: IO[bytes],
    out: IO[bytes],
    rows: Mapping[int, frozenset[int]],
    restyle: Restyle,
    codes: Collection[int] = (),
) -> tuple[bytes, bool]:
    """Copy a sheet with the cells of `rows` (row to columns) in their marked style.

    `codes` are the columns of numbers that are names, such as an ID: they become texts.
    Returns the end of the sheet, after its last row, unwritten, and whether any cell
    held more than its value.

    Raises:
        MarkingImpossible: when rows have no end, or a cell to be marked has no row.
    """
    last, left = 0, set(rows)
    buffer, is_lively, is_first = b"", False, True
    of_codes = _of_columns(codes)

    def edited(match: re.Match[bytes]) -> bytes:
        nonlocal last
        found = _PLACE.search(match[2])
        last = int(found[2]) if found else last + 1
        if last not in rows:
            return match[0]
        left.discard(last)
        return _row(match, last, rows[last], restyle)

    while chunk := source.read(_CHUNK):
        buffer += plain(chunk) if is_first else chunk
        is_first = False
        cut = buffer.rfind(b"row>") + len(b"row>")
        if cut >= len(b"row>"):
            still = without_formulas(buffer[:cut])
            is_lively = is_lively or still != buffer[:cut]
            if of_codes:
                still = of_codes.sub(_as_text, still)
            out.write(_ROW.sub(edited, still) if rows else still)
            buffer = buffer[cut:]
        if len(buffer) > _LONGEST:
            raise unmarkable()
    if left:
        raise unmarkable()
    return buffer, is_lively


def _of_columns(columns: Collection[int]) -> re.Pattern[bytes] | None:
    """What finds the cells of some columns that hold something."""
    if not columns:
        return None
    names = "|".join(column_name(column) for column in sorted(columns)).encode()
    return re.compile(
        rb"""<((?:\w+:)?)c\b([^<>]*?\br\s*=\s*["'](?:%s)\d+["'][^<>]*)(?<!/)>"""
        rb"(.{0,200}?)</(?:\w+:)?c>" % names,
        re.S,
    )


def _as_text(cell: re.Match[bytes]) -> bytes:
    """A cell with its number as text; other cells, and damaged numbers, as they are."""
    kind, value = _TYPE.search(cell[2]), _VALUE.search(cell[3])
    if value is None or (kind and kind[1] != b"n"):
        return cell[0]
    number = Decimal(value[1].decode())
    if number != number.to_integral_value() or number.adjusted() >= _EXACT_DIGITS:
        return cell[0]
    prefix, rest = cell[1], _TYPE.sub(b"", cell[2]).rstrip()
    text = f"{number:.0f}".encode()
    return b'<%sc%s t="inlineStr"><%sis><%st>%s</%st></%sis></%sc>' % (
        prefix, rest, prefix, prefix, text, prefix, prefix, prefix,
    )  # fmt: skip


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
