"""Delimited text that no spreadsheet program takes for a formula.

A text that a program might compute (it begins with = + - @ or the like, behind
whatever blanks, in full width or half) is written behind an apostrophe; so is a text
that begins with an apostrophe. Reading takes the one apostrophe away again, so every
text comes back as it was.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from xiuhua.core.dictionary.model import NUMBER_TYPES, Field
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.export import label_of, typed_rows


GUARD: Final = "'"
# Unicode categories of what nobody sees: control and format characters, blanks.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
# The signs a formula may begin with, and all characters that are folded to them.
_SIGNS: Final = "=+-@|%−⁺⁻⁼₊₋₌⩴⩵⩶﬩﹢﹣﹦﹪﹫＋－％＝＠｜"
# The same for RE2, behind the apostrophe that guards a text.
_GUARDED_RE2: Final = (
    r"^'([\p{Cc}\p{Cf}\p{Z}]*["
    + "".join(rf"\x{{{ord(sign):x}}}" for sign in _SIGNS)
    + r"]|[\t\r\n]|')"
)


def is_dangerous(text: str) -> bool:
    """Test whether a program might compute a text, or take its apostrophe away.

    >>> is_dangerous("\\u200b＝1+1"), is_dangerous("1+1")
    (True, False)
    """
    if text[:1] in ("'", "\t", "\r", "\n"):
        return True
    seen = (c for c in text if unicodedata.category(c) not in _UNSEEN)
    return next(seen, "") in set(_SIGNS)


def unguarded_sql(column: str) -> str:
    """Return the SQL that takes the apostrophe of a guarded text away."""
    pattern = _GUARDED_RE2.replace("'", "''")
    return (
        f"CASE WHEN starts_with({column}, '''') THEN"
        f" regexp_replace({column}, '{pattern}', '\\1') ELSE {column} END"
    )


def guarded(text: str) -> str:
    """Return a text as it may stand in a cell of delimited text.

    >>> guarded("=1+1"), guarded("张三"), guarded("'")
    ("'=1+1", '张三', "''")
    """
    return GUARD + text if is_dangerous(text) else text


def unguarded(text: str) -> str:
    """Return the text of a guarded one.

    >>> unguarded("'=1+1"), unguarded("'quoted'")
    ('=1+1', "'quoted'")
    """
    bare = text.removeprefix(GUARD)
    return bare if bare is not text and is_dangerous(bare) else text


def write_delimited(path: Path, level: str, table: Path) -> None:
    """Write a Parquet table of a level as CSV with Chinese headers.

    UTF-8 with a mark, so that spreadsheet programs read the Chinese.
    """
    source = pq.ParquetFile(table)
    fields = load_dictionary().level(level).by_name
    names = [n for n in source.schema_arrow.names if n in fields]
    rows = (
        [_cell(fields[n], v) for n, v in zip(names, values, strict=True)]
        for values in typed_rows(source, names)
    )
    write_rows(path, [fields[n].label.zh for n in names], rows)


def write_rows(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows of texts that are guarded already under a header."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream, lineterminator="\r\n")
        out.writerow([guarded(text) for text in head])
        out.writerows(rows)


def _cell(field: Field, value: Any) -> str:
    shown = label_of(field, value)
    if shown is None:
        return ""
    if field.type in NUMBER_TYPES:
        return (
            f"{value / 10**field.scale:.{field.scale}f}" if field.scale else str(value)
        )
    return guarded(str(shown))
