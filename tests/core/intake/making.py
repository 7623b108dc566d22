"""Workbooks made in a test: rows of plain values under a header."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter

from xiuhua.core.intake.read import Registry, read_registry


REGION = "990126"
VILLAGE = "990126100201"
HOME = "99012610020100001"
# Right numbers of nobody: the area code 990126 was never given.
MAN = "99012619330319911X"

HOUSEHOLD_HEADER = ["户编号", "行政村代码", "户主姓名", "工资性收入"]
PERSON_HEADER = [
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "性别",
    "出生日期",
    "与户主关系",
]
VILLAGE_HEADER = ["行政村代码", "行政村名称"]
HOUSEHOLD = [HOME, VILLAGE, "甲", 1200.5]
PERSON = [HOME, HOME + "01", "甲", MAN, "男", date(1933, 3, 19), "户主"]
PLAIN = {
    "户": [HOUSEHOLD_HEADER, HOUSEHOLD],
    "人": [PERSON_HEADER, PERSON],
    "村": [VILLAGE_HEADER, [VILLAGE, "东村"]],
}


def workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    options: dict[str, Any] | None = None,
) -> Path:
    """Write sheets of rows: text as text, numbers as numbers, days as days."""
    with xlsxwriter.Workbook(path, options or {}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001
                        sheet.write_datetime(at, column, moment, day)
                    elif isinstance(value, str):
                        sheet.write_string(at, column, value)
                    elif value is not None:
                        sheet.write(at, column, value)
    return path


def read(source: Path, work_dir: Path, region: str | None = REGION) -> Registry:
    return read_registry(
        source, region=region, work_dir=work_dir, as_of=date(2019, 11, 22)
    )


def rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def kinds(registry: Registry) -> list[str]:
    return registry.faults["kind"].to_pylist()
