"""Delimited text (CSV, TSV) to raw sheets; runs in the parsing child.

UTF-8 with or without a mark, else GB 18030, even behind the mark of UTF-8; the
delimiter is the one that cuts the first lines most often. Every cell stays text.
"""

from __future__ import annotations

import codecs
import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.headers import HEADER_SEARCH_ROWS, Planner
from xiuhua.core.intake.inert import unguarded_sql
from xiuhua.core.intake.raw import BATCH_ROWS, RawSheet, cell_name
from xiuhua.core.intake.sources import SourceFile


class TextUnreadable(XiuhuaError):
    """A text file is in no encoding known, or is no table."""

    code = "intake.text_unreadable"


_CHUNK: Final = 1 << 20
_DELIMITERS: Final = (",", "\t", ";", "|")


def read_delimited(
    file: SourceFile, work_dir: Path, planned: Planner
) -> Iterator[RawSheet | str]:
    """Yield the one table of a text file, or its name when it is not understood.

    Raises:
        TextUnreadable: when it is in no known encoding or no table.
    """
    utf8 = work_dir / "text.csv"
    _to_utf8(file, utf8)
    try:
        yield from _read(file, utf8, planned)
    except (duckdb.Error, csv.Error) as error:
        raise TextUnreadable(
            "the text file is no table", where=Place(file.name)
        ) from error
    finally:
        utf8.unlink(missing_ok=True)


def _read(file: SourceFile, path: Path, planned: Planner) -> Iterator[RawSheet | str]:
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(itertools.islice(stream, HEADER_SEARCH_ROWS))
    delimiter = max(_DELIMITERS, key=lambda d: sum(line.count(d) for line in lines))
    head = list(csv.reader(lines, delimiter=delimiter))
    plan = planned(head, file.path.stem)
    if plan is None:
        yield file.name
        return
    width = max(len(row) for row in head)
    names = {f"x{i}": "VARCHAR" for i in range(width)}
    chosen = ", ".join(
        f"{unguarded_sql(f'x{i}')} AS {cell_name(i)}"
        for i in dict.fromkeys(c.index for c in plan.columns)
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        cells = connection.sql(
            f"SELECT {chosen} FROM read_csv($path, header = false,"
            " auto_detect = false, columns = $names, delim = $delimiter,"
            " quote = '\"', escape = '\"', null_padding = true, parallel = false,"
            " strict_mode = false, nullstr = '', max_line_size = 1048576)"
            f" OFFSET {plan.header_row + 1}",
            params={"path": str(path), "names": names, "delimiter": delimiter},
        ).to_arrow_reader(BATCH_ROWS)
        yield RawSheet(
            file.name, file.path.stem, plan, plan.header_row + 2, False, cells
        )


def _to_utf8(file: SourceFile, target: Path) -> None:
    """Write the text as UTF-8 without a mark."""
    for encoding in ("utf-8", "gb18030"):
        if _transcoded(file.path, target, encoding):
            return
    raise TextUnreadable(
        "the text is neither UTF-8 nor GB 18030",
        where=Place(file.name),
        hint="save it as UTF-8",
    )


def _transcoded(source: Path, target: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with source.open("rb") as raw, target.open("w", encoding="utf-8") as out:
            if raw.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
                raw.seek(0)
            while chunk := raw.read(_CHUNK):
                out.write(decoder.decode(chunk))
            out.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False
    return True
