"""Workbooks: nothing in them is evaluated, and long numbers keep their digits."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from xiuhua.web.columns import Column, Kind
from xiuhua.web.workbooks import Sheet, workbook


PAYLOADS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "＝1+1", "﻿=1+1", "%0A=1",
    "=cmd|' /C calc'!A0", "{=1+1}", "http://example.invalid", "mailto:a@b.invalid",
    "239906200001011234", "23990620000101123X", "1e5", "TRUE", "2019-06-23",
]  # fmt: skip
TEXT = Column("t", "文", str)


def read(*rows, columns=(TEXT,), name="表"):
    file = workbook([Sheet(name, columns, rows)], notes=[("名", "=1+1")])
    return file, openpyxl.load_workbook(file)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_stays_a_text(payload):
    file, book = read([payload])

    cell = book["表"]["A2"]
    assert cell.data_type == "s"
    assert cell.value == payload
    assert cell.hyperlink is None
    with zipfile.ZipFile(file) as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_comes_back_as_it_was(text):
    _, book = read([text])

    assert book["表"]["A2"].value == text
    assert book["表"]["A2"].data_type == "s"


def test_values_are_what_they_are_and_what_is_not_known_is_empty():
    columns = [
        Column("a", "数", str, kind=Kind.NUMBER),
        Column("b", "元", str, kind=Kind.MONEY),
        Column("c", "率", str, kind=Kind.RATE, decimals=3),
        Column("d", "日", str, kind=Kind.DAY),
        Column("e", "时", str, kind=Kind.MOMENT),
        Column("f", "否", str, kind=Kind.FLAG),
    ]
    noon = datetime(2019, 6, 23, 4, tzinfo=UTC)
    row = [7, Decimal("1234.50"), 0.00028, date(1940, 6, 1), noon, False]

    with translation.override("zh-hans"):
        _, book = read(row, [None] * 6, [10**17] + [None] * 5, columns=columns)

    cells = book["表"][2]
    assert [str(c.value) for c in cells] == [
        "7", "1234.5", "0.00028", "1940-06-01 00:00:00", "2019-06-23 12:00:00", "否",
    ]  # fmt: skip
    assert cells[2].number_format == "0.000%"
    assert [c.value for c in book["表"][3]] == [None] * 6
    assert book["表"]["A4"].value == "100000000000000000"


def test_sheets_get_names_a_spreadsheet_takes():
    same = [Sheet("甲/乙[1]" * 9, (TEXT,), []) for _ in range(3)]

    book = openpyxl.load_workbook(workbook([*same, Sheet("", (TEXT,), [])]))

    assert len(set(book.sheetnames)) == 4
    assert all(0 < len(name) <= 31 for name in book.sheetnames)
