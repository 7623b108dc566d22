"""The sheets of who helps come back with every bad cell marked, kind by kind."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.assistance import COUNTY, make_helper, make_unit
from tests.factories.registry import VILLAGE
from tests.factories.sheets import book_of
from tests.web.households import browser, get
from tests.web.test_assistance import filled
from tests.web.test_sheets import HEADS as PAIRINGS
from tests.web.test_sheets_of_help import (
    HELPERS,
    MEMBERS,
    ROSTERS,
    VISITS,
    everywhere,  # noqa: F401  the fixture
    latest,
)


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")
NO_HOME = "这里没有该户（请核对编号；其他地区的户不予受理）"
NO_RANK = "不认识“皇帝”（请从中选择：正处级、副处级、正科级、副科级、一般干部）"
NO_POST = "不认识“皇帝”（请从中选择：第一书记、队长、队员）"
NO_HELPER = "没有叫这个名字的帮扶责任人（请先导入帮扶责任人表）"
NO_KIND = (
    "不认识“闲谈”（请从中选择：入户走访、对标核查、商议计划、政策宣讲、困难或灾害）"
)
EMPTY = "单元格为空（请填写）"
AHEAD = "日期不能在今天之后"
WRONG = {
    "pairings": (
        PAIRINGS,
        [
            ("没有的户", "甲", "县水务局", "皇帝", "2100-01-01"),
            ("", "", "", "", "不久"),
        ],
        {
            "A2": NO_HOME,
            "D2": NO_RANK,
            "E2": "结对的开始日期不能晚于今天",
            "A3": EMPTY,
            "B3": "请写明姓名和单位",
            "E3": "“不久”不是日期（请写成 2020-06-30）",
        },
    ),
    "helpers": (
        HELPERS,
        [
            ("B9", "谁", "县水务局", "", "", ""),
            ("", "无单位", "", "", "", ""),
            ("", "早退", "县水务局", "皇帝", "", "2100-01-01"),
        ],
        {
            "A2": "没有该编号的帮扶责任人",
            "C3": "请写明姓名和单位",
            "D4": NO_RANK,
            "F4": "离任时间不能在今天之后",
        },
    ),
    "members": (
        MEMBERS,
        [
            ("火星村", "王芳", "皇帝", "2019-13-01", "", "", ""),
            (VILLAGE, "王芳", "", "2100-01-01", "2100-06-01", "2100-02-01", ""),
            (VILLAGE, "没有的人", "", "", "", "", ""),
        ],
        {
            "A2": "本区域没有这个村",
            "C2": NO_POST,
            "D2": "“2019-13-01”不是日期（请写成 2020-06-30）",
            "C3": EMPTY,
            "D3": AHEAD,
            "F3": AHEAD,
            "G3": "请写明离队原因",
            "B4": NO_HELPER,
        },
    ),
    "visits": (
        VISITS,
        [
            ("没有的户", "", "2100-01-01", "闲谈", "屋顶漏雨", "也许"),
            ("没有的户", "没有的人", "2019-06-01", "", "", ""),
        ],
        {
            "A2": NO_HOME,
            "C2": "走访日期尚未到来",
            "D2": NO_KIND,
            "F2": "“也许”既不是“是”也不是“否”（请填写“是”或“否”）",
            "A3": NO_HOME,
            "B3": NO_HELPER,
            "E3": "请写明走访发现的情况",
        },
    ),
    "visits_kept": (
        VISITS,
        [("没有的户", "没有的人", "2019-02-30", "闲谈", "漏雨", "")],
        {
            "A2": NO_HOME,
            "B2": NO_HELPER,
            "C2": "“2019-02-30”不是日期（请写成 2020-06-30）",
            "D2": NO_KIND,
        },
    ),
    "rosters": (
        ROSTERS,
        [
            ("火星村", "2019-13", "王芳", "3"),
            (VILLAGE, "2019-05", "没有的人", "月底"),
        ],
        {
            "A2": "本区域没有这个村",
            "B2": "不是有效的月份（请写成 2020-06）",
            "C3": "该月驻村工作队中没有此人",
            "D3": "请填写当月日期，如 3-7, 12",
        },
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_every_bad_cell_is_marked_with_what_to_do(kind):
    heads, rows, marked = WRONG[kind]
    make_helper(make_unit("县教育局"), name="王芳")
    villager = kind in ("visits", "rosters")
    role = ("village_secretary", VILLAGE) if villager else ("county_office", COUNTY)
    client = browser(*role)
    file = SimpleUploadedFile("表.xlsx", book_of([heads, *rows]))
    assert filled(client, reverse(f"sheets:{kind}_send"), file=file).status_code == 302
    assert latest().counts["rejected"] == len(rows)

    address = reverse(f"sheets:{kind}_sheet", args=[latest().pk]) + "?as=marked"
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(get(client, address).streaming_content))
    )

    cells = [cell for line in book.active.iter_rows(min_row=2) for cell in line]
    said = {c.coordinate: c.comment.text.split("\n") for c in cells if c.comment}
    assert {at: lines[0] for at, lines in said.items()} == marked
    assert all(c.fill.fgColor.rgb != "00000000" for c in cells if c.comment)
