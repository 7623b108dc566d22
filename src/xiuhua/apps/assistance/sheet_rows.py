"""Read a sheet of who helps whom, and say what its columns are.

A workbook or CSV as an office keeps it, parsed in the child process of the intake. What
a row says is judged elsewhere: here a cell is text, or a day, or no day.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.raw import RawSheet, cell_name, read_raw
from xiuhua.core.intake.sandbox import parse
from xiuhua.core.intake.sources import find_files


# The columns in the order of the sheet that is handed out: Chinese and English heads.
HEADS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "household": ("户编号", "household number"),
        "head": ("户主姓名", "head of household"),
        "village": ("村", "village"),
        "helper": ("帮扶责任人", "helper"),
        "unit": ("帮扶单位", "unit"),
        "number": ("帮扶干部编号", "helper number"),
        "rank": ("职务级别", "rank"),
        "phone": ("联系电话", "phone"),
        "starts_on": ("结对开始时间", "from"),
    }
)
# Without these a sheet is no sheet of pairings.
_NEEDED: Final = frozenset({"household", "helper"})
_EPOCH: Final = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_LATEST_SERIAL: Final = 100_000


class PairingSheetUnreadable(XiuhuaError):
    """A sheet of pairings cannot be read: no sheet in it has the columns."""

    code = "assistance.pairing_sheet_unreadable"


@dataclass(frozen=True)
class SheetRow:
    """A row as it stands in the sheet: its number, its cells; None for no day."""

    row: int
    cells: Mapping[str, str]
    starts_on: date | None


def read_pairings(file: Path) -> list[SheetRow]:
    """Return the rows of a workbook or CSV that are not empty, in its order.

    Raises:
        PairingSheetUnreadable: when no sheet has the columns.
        XiuhuaError: when the file is damaged or not what its ending promises.
    """
    found: list[SheetRow] = []
    seen = False
    with tempfile.TemporaryDirectory(prefix="xiuhua-pairings-") as name:
        (source,) = find_files(file)
        for path in parse(source, Path(name) / "sheets", mapping={}):
            if isinstance(path, str):
                continue
            sheet = read_raw(path)
            columns = _columns(sheet)
            if columns is not None:
                seen = True
                found.extend(_rows(sheet, columns))
    if not seen:
        raise PairingSheetUnreadable(
            "no sheet has the columns {columns}",
            where=Place(file=file.name),
            columns="、".join(HEADS[key][0] for key in HEADS if key in _NEEDED),
        )
    return found


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def day_said(text: str, *, epoch_1904: bool = False) -> date | None:
    """Return the day a cell says, None when it says none.

    >>> day_said("2019/6/23"), day_said("43639"), day_said("soon")
    (datetime.date(2019, 6, 23), datetime.date(2019, 6, 23), None)
    """
    said = text.strip().partition(" ")[0].partition("T")[0]
    if said.isascii() and said.isdigit() and len(said) != len("20190623"):
        serial = int(said)
        known = 0 < serial < _LATEST_SERIAL
        return _EPOCH[epoch_1904] + timedelta(days=serial) if known else None
    for mark in "/.年月":
        said = said.replace(mark, "-")
    parts = said.rstrip("日").split("-")
    try:
        if len(parts) == 1:
            return date.fromisoformat(said)
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


def _rows(sheet: RawSheet, columns: Mapping[str, str]) -> Iterator[SheetRow]:
    for number, row in enumerate(sheet.cells.to_pylist(), sheet.first_row):
        cells = {key: str(row[at] or "").strip() for key, at in columns.items()}
        if any(cells.values()):
            said = cells.get("starts_on", "")
            day = day_said(said, epoch_1904=sheet.epoch_1904) if said else None
            yield SheetRow(number, cells, day)


def _columns(sheet: RawSheet) -> dict[str, str] | None:
    """Return where the columns stand, None when a needed one is missing."""
    heads = {c.header.strip().lower(): cell_name(c.index) for c in sheet.plan.columns}
    found = {
        key: place
        for key, names in HEADS.items()
        if (place := heads.get(names[0]) or heads.get(names[1])) is not None
    }
    return found if found.keys() >= _NEEDED else None
