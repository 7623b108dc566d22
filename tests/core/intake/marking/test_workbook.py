"""A marked workbook is the same workbook, with fills and comments on the bad cells."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.intake.making import PLAIN, workbook

from xiuhua.core.intake.marking.marks import Mark, MarkingImpossible
from xiuhua.core.intake.marking.workbook import mark_workbook
from xiuhua.core.intake.template import write_template


RED = "FFF8C9C4"


def marked(source: Path, *marks: Mark) -> Path:
    target = source.with_name("marked.xlsx")
    mark_workbook(source, target, marks)
    return target


def cells(path: Path) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_only_the_bad_cells_are_filled_and_say_why(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", PLAIN)
    target = marked(
        source,
        Mark("户", 2, 3, "工资写成了文字\nwages are no number"),
        Mark("人", 2, 9, "这里缺一格"),
    )
    assert cells(target) == cells(source)
    book = openpyxl.load_workbook(target)
    shown = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert shown == {
        ("户", "D2"): "工资写成了文字\nwages are no number",
        ("人", "J2"): "这里缺一格",
    }
    assert book["户"]["D2"].fill.fgColor.rgb == RED
    assert book["人"]["J2"].fill.fgColor.rgb == RED
    assert book["户"]["C2"].fill.fill_type is None
    # The day keeps its format beside the fill.
    assert book["人"]["F2"].number_format == "yyyy-mm-dd"


def test_parts_that_hold_no_mark_stay_byte_for_byte(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    write_template(source)
    target = marked(source, Mark("户", 1, 0, "空"))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        changed = {n for n in old.namelist() if old.read(n) != new.read(n)}
        assert set(old.namelist()) <= set(new.namelist())
    assert changed == {
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
        "[Content_Types].xml",
    }


def test_a_row_that_is_not_there_cannot_be_marked(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", PLAIN)
    with pytest.raises(MarkingImpossible):
        marked(source, Mark("户", 99, 0, "无此行"))


def test_comments_that_were_there_stay(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(source) as book:
        sheet = book.add_worksheet("户")
        sheet.write_row(0, 0, ["甲", "乙", "丙"])
        sheet.write_comment("A1", "旧")
    target = marked(source, Mark("户", 1, 0, "新"), Mark("户", 1, 2, "丙错"))
    sheet = openpyxl.load_workbook(target)["户"]
    assert [c.comment and c.comment.text for c in sheet[1]] == ["旧", None, "丙错"]
    assert sheet["A1"].fill.fgColor.rgb == RED


def test_a_marked_workbook_can_be_marked_again(tmp_path: Path) -> None:
    once = marked(workbook(tmp_path / "a.xlsx", PLAIN), Mark("户", 2, 0, "一"))
    twice = tmp_path / "twice.xlsx"
    mark_workbook(once, twice, [Mark("户", 2, 1, "二")])
    sheet = openpyxl.load_workbook(twice)["户"]
    assert [c.comment and c.comment.text for c in sheet[2]][:2] == ["一", "二"]


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["", "甲", "=1+1", "<a&b>", "99012619330319911X"]),
            min_size=5,
            max_size=5,
        ),
        min_size=1,
        max_size=12,
    ),
    picks=st.sets(st.tuples(st.integers(0, 11), st.integers(0, 4)), max_size=12),
)
def test_any_sheet_keeps_its_cells(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    picks: set[tuple[int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("marks")
    source = workbook(folder / "a.xlsx", {"户": [["头"] * 5, *rows]})
    marks = [Mark("户", r + 2, c, f"{r}/{c} < & >") for r, c in picks if r < len(rows)]
    target = marked(source, *marks)
    assert cells(target) == cells(source)
    sheet = openpyxl.load_workbook(target)["户"]
    for mark in marks:
        cell = sheet.cell(mark.row, mark.column + 1)
        assert cell.comment.text == mark.text
        assert cell.fill.fgColor.rgb == RED
