"""Which signs the font has; the others are written so that nobody overlooks them.

A family may bear a sign that the font of the papers lacks (GB 18030 has some 88,000).
A paper must neither leave it out nor print an empty box: it is written as its number in
Unicode, [U+2A6A5], which can be looked up and written in by hand.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import Any, Final


# Platform 3, encoding 10: the whole of Unicode; 1: the first plane.
_WHOLE, _FIRST_PLANE = (3, 10), (3, 1)
_FORMAT_WHOLE, _FORMAT_FIRST = 12, 4
_UNPRINTED: Final = frozenset("\n\r\t")


def font_file() -> Path:
    """Return the font the papers are set in; it comes with the extra `documents`."""
    # Eight megabytes of font are asked for only where a paper is made.
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415

    return Path(sans_path())


def printable(said: Any) -> Any:
    """Return texts, in whatever lists and tables, with signs the font lacks named."""
    if isinstance(said, str):
        has = signs_of(font_file())
        return "".join(_named(c, has) for c in said)
    if isinstance(said, dict):
        return {key: printable(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [printable(item) for item in said]
    return said


@cache
def signs_of(path: Path) -> frozenset[int]:
    """Return the code points a font has signs for (OpenType 1.9, `cmap`)."""
    data = path.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    entries = (struct.unpack_from(">4sIII", data, 12 + 16 * n) for n in range(tables))
    start = next(offset for name, _, offset, _ in entries if name == b"cmap")
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", data, start + 2)[0]):
        platform, encoding, at = struct.unpack_from(">HHI", data, start + 4 + 8 * n)
        if (platform, encoding) in (_WHOLE, _FIRST_PLANE):
            found |= _subtable(data, start + at)
    return frozenset(found)


def _subtable(data: bytes, at: int) -> set[int]:
    form = struct.unpack_from(">H", data, at)[0]
    if form == _FORMAT_WHOLE:
        count = struct.unpack_from(">I", data, at + 12)[0]
        groups = (
            struct.unpack_from(">II", data, at + 16 + 12 * n) for n in range(count)
        )
        return {code for first, last in groups for code in range(first, last + 1)}
    if form == _FORMAT_FIRST:
        count = struct.unpack_from(">H", data, at + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", data, at + 14)
        starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
        spans = zip(starts, ends, strict=True)
        return {code for first, last in spans for code in range(first, last + 1)}
    return set()


def _named(sign: str, has: frozenset[int]) -> str:
    if ord(sign) in has or sign in _UNPRINTED:
        return sign
    return f"[U+{ord(sign):04X}]"
