from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xiuhua.core.survey.frames import Group, OrdinaryHousehold
from xiuhua.core.survey.ordinary_list import (
    COLUMNS,
    SHEET,
    OrdinaryListUnusable,
    read_list,
    write_template,
)
from xiuhua.core.truth import UNKNOWN
from xiuhua.messages import translator


VILLAGE = "990101100200"


def _csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join((",".join(COLUMNS), *lines)) + "\n", "utf-8-sig")
    return path


def test_template_filled_in_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_template(path, [VILLAGE])
    assert read_list(path) == []

    book = openpyxl.load_workbook(path)
    book[SHEET].append([VILLAGE, None, "甲", 3, "低保、残疾"])
    book[SHEET].append([int(VILLAGE), "n2", "乙", None, None])
    book.save(path)

    assert read_list(path) == [
        OrdinaryHousehold(
            VILLAGE, "甲", 3, frozenset({Group.MINIMUM_LIVING, Group.DISABILITY})
        ),
        OrdinaryHousehold(VILLAGE, "乙", UNKNOWN, frozenset(), "n2"),
    ]


def test_csv_is_read_with_the_words_in_use(tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "list.csv",
        f"{VILLAGE},,甲,2,重病慢病户",
        f"{VILLAGE},,乙,4,一般农户",
        ",,,,",
    )

    assert [h.groups for h in read_list(path)] == [{Group.ILLNESS}, set()]


def test_every_bad_cell_is_named(tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "list.csv",
        f"{VILLAGE},,甲,0,低保",
        "99010110020,,乙,3,富裕",
        f"{VILLAGE},,,3,",
    )

    with pytest.raises(OrdinaryListUnusable) as caught:
        read_list(path)

    assert [fault.place.cell for fault in caught.value.faults] == [
        "D2",
        "A3",
        "E3",
        "C4",
    ]
    assert "0" in str(caught.value)


def test_missing_columns_and_empty_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("行政村代码,户主姓名\n", "utf-8")
    with pytest.raises(OrdinaryListUnusable, match="家庭人口数, 重点类别"):
        read_list(path)
    path.write_text("", "utf-8")
    with pytest.raises(OrdinaryListUnusable, match="empty"):
        read_list(path)


def test_faults_are_worded_in_chinese(tmp_path: Path) -> None:
    path = _csv(tmp_path / "list.csv", f"{VILLAGE},,甲,40,富裕")

    with pytest.raises(OrdinaryListUnusable) as caught:
        read_list(path)

    assert caught.value.worded(translator("zh")).split("\n") == [
        "有 2 个单元格读不出来",
        "list.csv:D2: “40”不是 1 至 30 的数",
        "list.csv:E2: “富裕”不是重点类别",
    ]
