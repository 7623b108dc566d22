"""Read a sheet of what regions count as in a year, and say what its columns are.

A workbook or CSV as an office keeps it, parsed in the child process of the intake. An
empty cell is not known, never no; every bad row is named.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.raw import RawSheet, cell_name, read_raw
from xiuhua.core.intake.sandbox import parse
from xiuhua.core.intake.sources import find_files
from xiuhua.core.region_codes import level_of


# The columns in the order of the sheet that is handed out: Chinese and English heads.
HEADS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "code": ("区划代码", "code"),
        "name": ("名称", "name"),
        "poor_village": ("贫困村", "poor village"),
        "deep_poverty": ("深度贫困", "deep poverty"),
        "target_class": ("目标类别", "target class"),
    }
)
_TRUTH: Final = MappingProxyType(
    {"是": True, "yes": True, "1": True, "否": False, "no": False, "0": False, "": None}
)
_CLASS_LENGTH: Final = 50


class YearSheetUnreadable(XiuhuaError):
    """A sheet of years cannot be read; every bad row is named."""

    code = "regions.year_sheet_unreadable"


@dataclass(frozen=True)
class YearRow:
    """What a region counts as; None is not known."""

    code: str
    poor_village: bool | None
    deep_poverty: bool | None
    target_class: str


def read_years(file: Path) -> list[YearRow]:
    """Return the rows of a workbook or CSV, in its order.

    Raises:
        YearSheetUnreadable: when no sheet has the columns, a code is no division code
            or stands twice, or a cell is neither yes nor no nor empty.
        XiuhuaError: when the file is damaged or not what its ending promises.
    """
    found: dict[str, YearRow] = {}
    faults: list[str] = []
    for number, cells in _rows(file):
        row, fault = _row(cells)
        if row is None or row.code in found:
            faults.append(f"{number}: {fault or cells['code']}")
        else:
            found[row.code] = row
    if faults or not found:
        raise YearSheetUnreadable(
            "bad rows: {rows}",
            where=Place(file=file.name),
            rows="; ".join(faults[:20]) or "0",
        )
    return list(found.values())


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of every row that is not empty."""
    with tempfile.TemporaryDirectory(prefix="xiuhua-years-") as name:
        (source,) = find_files(file)
        seen = False
        for path in parse(source, Path(name) / "sheets", mapping={}):
            if isinstance(path, str):
                continue
            sheet = read_raw(path)
            columns = _columns(sheet)
            if columns is None:
                continue
            seen = True
            for number, row in enumerate(sheet.cells.to_pylist(), sheet.first_row):
                cells = {k: str(row[c] or "").strip() for k, c in columns.items()}
                if any(cells.values()):
                    yield number, cells
        if not seen:
            raise YearSheetUnreadable(
                "no sheet has the columns {columns}",
                where=Place(file=file.name),
                columns="、".join(heads[0] for heads in HEADS.values()),
            )


def _columns(sheet: RawSheet) -> dict[str, str] | None:
    """Return where the columns stand, None when one of them is missing."""
    heads = {c.header.strip().lower(): cell_name(c.index) for c in sheet.plan.columns}
    found: dict[str, str] = {}
    for key, (chinese, english) in HEADS.items():
        place = heads.get(chinese) or heads.get(english)
        if place is None and key != "name":
            return None
        if place is not None:
            found[key] = place
    return found


def _row(cells: Mapping[str, str]) -> tuple[YearRow | None, str]:
    code = cells["code"]
    if not code or level_of(code) is None:
        return None, code or "?"
    said: dict[str, Any] = {}
    for key in ("poor_village", "deep_poverty"):
        word = cells[key].lower()
        if word not in _TRUTH:
            return None, f"{code} {cells[key]}"
        said[key] = _TRUTH[word]
    name = cells["target_class"]
    if len(name) > _CLASS_LENGTH:
        return None, f"{code} {name[:_CLASS_LENGTH]}…"
    return YearRow(code, target_class=name, **said), ""
