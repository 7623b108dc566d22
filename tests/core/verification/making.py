"""Made-up sheets of households checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from xiuhua.core.verification.reading import SelfCheck, read_self_check


HEADERS = (
    "样本编号",
    "户编号",
    "行政村代码",
    "样本类型",
    "重点类别",
    "人口数",
    "核查组",
    "核查方式",
    "核查结论",
    "认定情况",
    "群众认可",
)
REGION = "529917"


def village(number: int) -> str:
    return f"{REGION}{100200 + number}"


def line(number: int, **changes: str) -> list[str]:
    """An exited household of three persons where nothing was found."""
    cells = dict.fromkeys(HEADERS, "") | {
        "样本编号": f"S{number:03}",
        "户编号": f"{village(number % 5)}{number:05}",
        "行政村代码": village(number % 5),
        "样本类型": "脱贫户",
        "人口数": "3",
        "核查组": "1",
        "核查结论": "正常",
        "群众认可": "是",
    }
    return list((cells | changes).values())


def other(number: int, **changes: str) -> list[str]:
    """A household that is not registered, of the risk group 低保."""
    base = {"样本类型": "非贫困户", "重点类别": "低保户", "户编号": ""}
    return line(number, **(base | changes))


def write_sheet(
    path: Path,
    rows: Sequence[Sequence[str]],
    *,
    title: str = "样本",
    headers: Sequence[str] = HEADERS,
) -> Path:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title)
        for at, row in enumerate([headers, *rows]):
            sheet.write_row(at, 0, row)
    return path


def read(folder: Path, rows: Sequence[Sequence[str]]) -> SelfCheck:
    path = write_sheet(folder / "self-check.xlsx", rows)
    return read_self_check(path, region=REGION, work_dir=folder / "work")
