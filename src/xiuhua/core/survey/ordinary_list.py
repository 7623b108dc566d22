"""The list of ordinary households: its template, and reading it cell by cell.

Households that are not registered as poor stand in no national system, so a county
writes this list for a check. The first row of a sheet holds the headers; the Chinese
ones are the template's, the English ones are accepted too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import fastexcel
import xlsxwriter

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.survey.frames import Group, OrdinaryHousehold
from xiuhua.core.truth import UNKNOWN, Unknown


class OrdinaryListUnusable(XiuhuaError):
    """The list has faults; all of them are in `faults`, cell by cell."""

    code = "survey.ordinary_list_unusable"

    def __init__(
        self,
        message: str,
        *,
        faults: Sequence[CellFault],
        hint: str = "",
        **values: Any,
    ):
        super().__init__(message, hint=hint, **values)
        self.faults = tuple(faults)

    def worded(self, say: Callable[[str], str]) -> str:
        """Return the error and its first faults, each with its cell."""
        lines = [super().worded(say)]
        lines += [f"{f.place}: {f.worded(say)}" for f in self.faults[:SHOWN]]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class CellFault:
    """One cell that cannot be read, and why."""

    place: Place
    message: str
    value: str = ""

    def worded(self, say: Callable[[str], str]) -> str:
        """Return what is wrong in the language of a translator."""
        return say(self.message).format(value=self.value, most=MAX_PERSONS)


SHEET: Final = "一般农户"
COLUMNS: Final = {
    "行政村代码": "village_code",
    "户编号": "household_id",
    "户主姓名": "head_name",
    "家庭人口数": "persons",
    "重点类别": "risk_group",
}
REQUIRED: Final = ("village_code", "head_name", "persons", "risk_group")
RISK_WORDS: Final = {
    Group.MINIMUM_LIVING: ("低保", "低保户"),
    Group.DISABILITY: ("残疾", "残疾人户"),
    Group.ILLNESS: ("重病慢病", "重病慢病户", "重病", "慢病", "大病"),
    Group.DILAPIDATED_HOUSING: ("危房", "住危房户", "危房户"),
    Group.NO_LABOR: ("无劳动力", "无劳动力户", "无劳动能力户", "无劳动能力"),
    Group.DESTITUTE: ("特困", "特困户", "特困供养户", "特困供养"),
    Group.ORDINARY: ("", "无", "一般", "一般农户"),
}
_GROUP_BY_WORD: Final = {w: g for g, words in RISK_WORDS.items() for w in words} | {
    g.value: g for g in RISK_WORDS
}
_VILLAGE: Final = re.compile(r"\d{12}")
MAX_PERSONS: Final = 30
SHOWN: Final = 20
_SEPARATORS: Final = re.compile(r"[、,，;；/\s]+")


def write_template(path: Path, villages: Sequence[str] = ()) -> None:
    """Write an empty list as a workbook with drop-downs and a sheet of remarks.

    With `villages`, their codes are the only ones the sheet lets in.
    """
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        bold = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet.write_row(0, 0, list(COLUMNS), bold)
        sheet.set_column(0, 2, 20, text)
        sheet.set_column(3, 4, 14)
        sheet.freeze_panes(1, 0)
        words = [w[0] for g, w in RISK_WORDS.items() if g is not Group.ORDINARY]
        sheet.data_validation(
            1,
            4,
            20_000,
            4,
            {
                "validate": "list",
                "source": words,
                "error_type": "warning",
                "error_message": "可填多项, 以顿号分隔; 不属重点类别的留空",
            },
        )
        remarks = book.add_worksheet("填表说明")
        remarks.set_column(0, 0, 90)
        for at, line in enumerate(_REMARKS):
            remarks.write(at, 0, line)
        if villages:
            codes = book.add_worksheet("村代码")
            codes.write_column(0, 0, sorted(villages), text)
            source = f"='村代码'!$A$1:$A${len(villages)}"
            sheet.data_validation(
                1, 0, 20_000, 0, {"validate": "list", "source": source}
            )


_REMARKS: Final = (
    "每户一行, 只列未建档立卡的农户。",
    "行政村代码: 12 位统计用区划代码, 按文本填写。",
    "户编号: 可留空; 同村户主同名的必须填写以示区别。",
    "家庭人口数: 1 至 30; 不清楚的留空, 不要填 0。",
    "重点类别: 低保、残疾、重病慢病、危房、无劳动力、特困; 可填多项, 不属的留空。",
    "表中没有列出的农户不可能被抽中, 结果中会写明这部分农户未覆盖。",
)


def read_list(path: Path) -> list[OrdinaryHousehold]:
    """Return the households of a list, from a workbook or a CSV file.

    Raises:
        OrdinaryListUnusable: with every bad cell named.
    """
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows, sheet = list(csv.reader(file)), ""
    else:
        rows, sheet = _sheet_rows(path)
    if not rows:
        raise OrdinaryListUnusable("{file} is empty", faults=(), file=path.name)
    at = _columns_of(rows[0], path.name)
    faults: list[CellFault] = []
    result = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            cells = {name: row[k].strip() for name, k in at.items() if k < len(row)}
            reader = _Row(cells, at, Place(path.name, sheet=sheet), number, faults)
            result.append(reader.household())
    if faults:
        raise OrdinaryListUnusable(
            "{count} cells cannot be read", faults=faults, count=len(faults)
        )
    return result


def _sheet_rows(path: Path) -> tuple[list[list[str]], str]:
    book = fastexcel.read_excel(path)
    name = SHEET if SHEET in book.sheet_names else book.sheet_names[0]
    # All cells as text: a 12-digit code read as a float loses its form.
    sheet = book.load_sheet(name, header_row=None, dtypes="string")
    columns = [column.to_pylist() for column in sheet.to_arrow().columns]
    rows = zip(*columns, strict=True)
    return [["" if c is None else str(c) for c in row] for row in rows], name


def _columns_of(header: Sequence[str], file: str) -> dict[str, int]:
    found = {
        COLUMNS.get(cell.strip(), cell.strip()): k for k, cell in enumerate(header)
    }
    missing = [
        zh for zh, name in COLUMNS.items() if name in REQUIRED and name not in found
    ]
    if missing:
        raise OrdinaryListUnusable(
            "{file} has no column {columns}",
            faults=(),
            hint="write the template with `xiuhua sample template`",
            file=file,
            columns=", ".join(missing),
        )
    return {name: k for name, k in found.items() if name in COLUMNS.values()}


@dataclass(frozen=True)
class _Row:
    cells: Mapping[str, str]
    at: Mapping[str, int]
    place: Place
    number: int
    faults: list[CellFault]

    def household(self) -> OrdinaryHousehold:
        village = self.cells.get("village_code", "")
        if not _VILLAGE.fullmatch(village):
            self._fault(
                "village_code", "'{value}' is no village code of 12 digits", village
            )
        head = self.cells.get("head_name", "")
        number = self.cells.get("household_id", "")
        if not head and not number:
            self._fault("head_name", "neither a head nor a household number is given")
        return OrdinaryHousehold(village, head, self._persons(), self._groups(), number)

    def _persons(self) -> int | Unknown:
        text = self.cells.get("persons", "").removesuffix(".0")
        if not text:
            return UNKNOWN
        if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PERSONS:
            return int(text)
        self._fault("persons", "'{value}' is no number from 1 to {most}", text)
        return UNKNOWN

    def _groups(self) -> frozenset[Group]:
        words = _SEPARATORS.split(self.cells.get("risk_group", ""))
        unknown = [word for word in words if word not in _GROUP_BY_WORD]
        if unknown:
            self._fault("risk_group", "'{value}' is no risk group", unknown[0])
        groups = {_GROUP_BY_WORD[w] for w in words if w in _GROUP_BY_WORD}
        return frozenset(groups - {Group.ORDINARY})

    def _fault(self, column: str, message: str, value: str = "") -> None:
        cell = f"{chr(ord('A') + self.at[column])}{self.number}"
        place = Place(self.place.file, sheet=self.place.sheet, cell=cell)
        self.faults.append(CellFault(place, message, value))
