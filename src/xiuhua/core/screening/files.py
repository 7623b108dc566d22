"""Write the results of a run: CSV files, a summary and the reasons.

Files are written beside the target and moved in when all are whole, so that nothing
half-written is left. Texts that a spreadsheet would take for a formula are defused.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.wording import worded
from xiuhua.core.screening.lists import ASK_COLUMNS, LIST_COLUMNS, ask_rows, list_rows
from xiuhua.core.screening.run import Screening
from xiuhua.core.screening.summary import summary
from xiuhua.core.screening.why import WhyRow, why_rows


FAULT_COLUMNS: Final = (
    "kind",
    "household_id",
    "person_id",
    "sheet",
    "row",
    "column",
    "value",
    "problem",
    "remedy",
)
_FORMULA_STARTS: Final = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t",
    "\r",
    "|",
    "%",
)


class OutputRefused(XiuhuaError):
    """The folder for results cannot be written to."""

    code = "screening.output"


def write_files(
    screening: Screening,
    out: Path,
    *,
    language: str = "zh",
    progress: Callable[[str], None] | None = None,
    extra: Iterable[Callable[[Screening, Path], None]] = (),
) -> list[Path]:
    """Write all results of a run into a folder and return the files.

    `extra` writers put further files (a workbook) beside the rest.

    Raises:
        OutputRefused: when the folder is a file or cannot be written to.
    """
    say = progress or (lambda text: None)
    try:
        out.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    except OSError as error:
        raise OutputRefused(
            "cannot write results to {out}: {reason}", out=out, reason=error.strerror
        ) from error
    try:
        for name, write in _writers(language).items():
            say(name)
            write(screening, staging / name)
        for writer in extra:
            writer(screening, staging)
        written = sorted(staging.iterdir())
        return [path.replace(out / path.name) for path in written]
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _writers(language: str) -> dict[str, Callable[[Screening, Path], None]]:
    return {
        "verdicts.csv": _verdicts,
        "villages.csv": lambda s, p: _query(s, p, "SELECT * FROM villages"),
        "regions.csv": lambda s, p: _query(s, p, "SELECT * FROM regions"),
        "why.csv": _why,
        "faults.csv": lambda s, p: _faults(s, p, language),
        "suspected-wrong-exits.csv": lambda s, p: _list(
            s, p, "exited", "unmet", language
        ),
        "ready-to-exit.csv": lambda s, p: _list(s, p, "not_exited", "met", language),
        "to-ask.csv": lambda s, p: _rows(p, ASK_COLUMNS, ask_rows(s, language)),
        "summary.json": _summary,
    }


def _verdicts(screening: Screening, path: Path) -> None:
    _query(
        screening, path, "SELECT * EXCLUDE (village_code, exit_status) FROM verdicts"
    )


def _query(screening: Screening, path: Path, query: str) -> None:
    cursor = screening.results.cursor().execute(query)
    names = [column[0] for column in cursor.description or ()]
    _rows(path, names, iter(cursor.fetchone, None))


def _why(screening: Screening, path: Path) -> None:
    names = [f.name for f in fields(WhyRow)]
    _rows(path, names, (astuple(row) for row in why_rows(screening)))


def _faults(screening: Screening, path: Path, language: str) -> None:
    write_faults(screening.registry.faults, path, language)


def write_faults(faults: Any, path: Path, language: str) -> None:
    """Write a table of faults with problem and remedy in words."""
    table = worded(faults, language).select(FAULT_COLUMNS)
    rows = (tuple(row.values()) for row in table.to_pylist())
    _rows(path, FAULT_COLUMNS, rows)


def _list(
    screening: Screening, path: Path, status: str, verdict: str, language: str
) -> None:
    _rows(path, LIST_COLUMNS, list_rows(screening, status, verdict, language))


def _summary(screening: Screening, path: Path) -> None:
    text = json.dumps(summary(screening), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _rows(path: Path, names: Iterable[str], rows: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(_defused(rows))


def _defused(rows: Iterable[Any]) -> Iterator[list[Any]]:
    for row in rows:
        yield [defused(cell) if isinstance(cell, str) else cell for cell in row]


def defused(text: str) -> str:
    """Return a text no spreadsheet takes for a formula.

    >>> defused("=1+1"), defused("-3.5"), defused("张三")
    ("'=1+1", '-3.5', '张三')
    """
    start = text.lstrip(" \u200b\ufeff\u00a0")
    if not start.startswith(_FORMULA_STARTS) or _is_number(start):
        return text
    return "'" + text


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()
