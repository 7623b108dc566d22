"""Cells as people type them, and files as offices send them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.sheets import book_of

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head, tidied, value_of
from xiuhua.apps.sheets.kinds import Kind
from xiuhua.apps.sheets.reading import SheetUnreadable, read, read_values
from xiuhua.apps.sheets.rules import MOST_ROWS
from xiuhua.core.errors import XiuhuaError


FULL_WIDTH = str.maketrans({str(n): chr(0xFF10 + n) for n in range(10)})
HEADS = (
    Head("number", "编号", "number", Form.CODE, needed=True, must=True),
    Head("day", "日期", "day", Form.DAY, usual=True),
    Head("what", "内容", "what", synonyms=("事项",)),
)
KIND = Kind(
    "test",
    "test",
    Permission.PLAN_EDIT,
    HEADS,
    lambda rows, sending: None,
    lambda rows, sending: [],
    lambda taken, sending: None,
    lambda viewer, day: [],
)


def said(form, text, **more):
    head = Head("x", "项", "x", form, **more)
    return value_of(head, tidied(head, text))


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (Form.CODE, "2012".translate(FULL_WIDTH) + " 34.0 ", "201234"),
        (Form.DAY, "2019.6.3", date(2019, 6, 3)),
        (Form.DAY, "43639.0", date(2019, 6, 23)),
        (Form.DAY, "2019年6月3日", date(2019, 6, 3)),
        (Form.MONEY, "1,200.5元", Decimal("1200.50")),
        (Form.WHOLE, "12.0", 12),
        (Form.FLAG, "√", True),
        (Form.FLAG, "No", False),
        (Form.TEXT, "\u200b 甲\x00乙 ", "甲 乙"),
        (Form.TEXT, "  ", None),
    ],
)
def test_a_cell_is_read_as_it_was_meant(form, text, value):
    assert said(form, text) == value


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        (Form.DAY, "不久", "is no day"),
        (Form.DAY, "2019-02-30", "is no day"),
        (Form.MONEY, "-5", "no amount"),
        (Form.MONEY, "1e30", "no amount"),
        (Form.MONEY, "NaN", "no amount"),
        (Form.WHOLE, "1.5", "no whole number"),
        (Form.FLAG, "也许", "neither yes nor no"),
        (Form.CODE, "4.401E+17", "lost digits"),
        (Form.TEXT, "#REF!", "error of a formula"),
        (Form.TEXT, "长" * 300, "too many"),
    ],
)
def test_a_cell_that_says_nothing_of_its_form_names_the_remedy(form, text, words):
    with pytest.raises(CellUnfit, match=words) as refused:
        said(form, text)

    assert refused.value.hint


def taken(tmp_path, data, *, name="x.xlsx", usual=None, mappings=None):
    file = tmp_path / name
    file.write_bytes(data)
    return read(file, KIND, name=name, usual=usual or {}, mappings=mappings or {})


def test_titles_merged_heads_sums_and_other_sheets_do_not_matter(tmp_path):
    found = taken(
        tmp_path,
        book_of(
            [
                ["某县清单"],
                ["编号", "情况", None, "日期"],
                [None, "事项", "备注", None],
                [12.0, "=1+1", "x", date(2019, 6, 3)],
                [None, None, None, None],
                ["合计", 1, None, None],
            ],
            [["编号", "内容"], ["13", "乙"]],
            [["说明", "与此无关"], ["a", "b"]],
        ),
        usual={"day": "2019-06-01"},
    )

    for row in found.rows:
        read_values(row, KIND)
    assert [(r.title, r.number, r["number"], r["day"]) for r in found.rows] == [
        ("表1", 4, "12", date(2019, 6, 3)),
        ("表2", 2, "13", date(2019, 6, 1)),
    ]


def test_too_many_rows_are_refused_with_what_to_do(tmp_path):
    text = "编号\n" + "\n".join(str(n) for n in range(1, MOST_ROWS + 2))

    with pytest.raises(SheetUnreadable, match=f"more than {MOST_ROWS} rows") as refused:
        taken(tmp_path, text.encode(), name="x.csv")

    assert "split" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.xlsx", b"PK\x03\x04 no archive"),
        ("x.xls", b"no workbook"),
        ("x.doc", b"\xd0\xcf\x11\xe0"),
        ("x.csv", b"\x00\x01\x02"),
        ("x.xlsx", b""),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path, name, data):
    with pytest.raises(XiuhuaError):
        taken(tmp_path, data, name=name)


def test_of_two_columns_of_one_head_the_filled_one_counts(tmp_path):
    rows = [["编号", "内容", "事项"], ["12", None, "甲"], ["13", "乙", "乙"]]

    found = taken(tmp_path, book_of(rows))

    assert [row.said["what"] for row in found.rows] == ["甲", "乙"]


def test_two_columns_that_contradict_each_other_are_refused_by_their_cells(tmp_path):
    rows = [["编号", "内容", "事项"], ["12", "甲", "甲"], ["13", "甲", "乙"]]

    with pytest.raises(SheetUnreadable, match="the cells B3, C3 say two things"):
        taken(tmp_path, book_of(rows))
