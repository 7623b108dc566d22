"""What is handed back holds values alone: nothing computes, calls out or leads away."""

import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from tests.core.intake.making import HOME, PLAIN, VILLAGE, read, rows, workbook

from xiuhua.core.intake.marking.lifeless import without_formulas
from xiuhua.core.intake.marking.marks import Mark, MarkingImpossible
from xiuhua.core.intake.marking.workbook import mark_workbook


DDE = "cmd|'/c calc'!A1"
LINK = "'[1]外表'!$A$1"


def lively(path: Path) -> Path:
    """A workbook with formulas of every place a formula can stand in."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("户")
        sheet.write_row(0, 0, ["户编号", "行政村代码", "户主姓名", "工资性收入"])
        sheet.write_formula(1, 0, f'="{HOME[:5]}"&A9', None, HOME)
        sheet.write_number(1, 1, int(VILLAGE))
        sheet.write_formula(1, 2, "=" + DDE, None, "甲")
        sheet.write_array_formula(1, 3, 1, 3, "{=SUM(600,600.5)}", None, 1200.5)
        sheet.data_validation("C2:C9", {"validate": "list", "source": ["甲", "乙"]})
        sheet.data_validation("D2", {"validate": "custom", "value": "=INDIRECT(A1)>1"})
        rule = {"type": "formula", "criteria": "=WEBSERVICE(A1)=1"}
        sheet.conditional_format("A1:D9", rule)
        sheet.write_url("F1", "https://example.org/", string="更多")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=户!$D$2:$D$3"})
        sheet.insert_chart("H1", chart)
        other = book.add_worksheet("人")
        for at, row in enumerate(PLAIN["人"]):
            other.write_row(at, 0, [str(v) if isinstance(v, date) else v for v in row])
        other.write_formula(1, 8, "=NOW()", None, 43000)
        book.define_name("外", "=" + LINK)
        book.define_name("村", "=户!$B$2:$B$9")
    return path


def with_parts(source: Path, more: dict[str, str], edits: dict[str, tuple[str, str]]):
    """A workbook with further parts, and texts in others replaced."""
    target = source.with_name(f"more-{source.name}")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name in edits:
                before, after = edits[name]
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
        for name, said in more.items():
            new.writestr(name, said)
    return target


def marked(source: Path, *marks: Mark, **more: object) -> Path:
    target = source.with_name("marked.xlsx")
    mark_workbook(source, target, marks, **more)
    return target


def every_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(n).decode() for n in archive.namelist())


def test_formulas_give_way_to_what_was_read(tmp_path: Path) -> None:
    source = lively(tmp_path / "a.xlsx")
    target = marked(source, Mark("户", 2, 3, "太多"), codes={"户": [0, 1]})
    sheet = openpyxl.load_workbook(target)["户"]
    assert [c.value for c in sheet[2]][:4] == [HOME, VILLAGE, "甲", 1200.5]
    assert sheet["D2"].comment.text == "太多"
    assert openpyxl.load_workbook(target)["人"]["I2"].value == 43000
    # What is read of the copy is what was read of the file.
    first, second = (read(p, tmp_path / p.stem) for p in (source, target))
    (home,), (again,) = rows(first.household), rows(second.household)
    assert again == home | {"_file": "marked.xlsx"}
    assert len(second.ignored_columns) == len(first.ignored_columns)


def test_nothing_alive_is_left_anywhere(tmp_path: Path) -> None:
    source = with_parts(
        lively(tmp_path / "a.xlsx"),
        {
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/vbaProject.bin": "macro",
        },
        {
            "xl/_rels/workbook.xml.rels": (
                "</Relationships>",
                '<Relationship Id="rId90" Type="http://x/externalLink"'
                ' Target="externalLinks/externalLink1.xml"/>'
                '<Relationship Id="rId91" Type="http://x/vbaProject"'
                ' Target="vbaProject.bin"/></Relationships>',
            ),
            "xl/workbook.xml": (
                "<definedNames>",
                '<externalReferences><externalReference r:id="rId90"/>'
                "</externalReferences><definedNames>",
            ),
            "[Content_Types].xml": (
                "openxmlformats-officedocument.spreadsheetml.sheet.main",
                "ms-excel.sheet.macroEnabled.main",
            ),
        },
    )
    target = marked(source, Mark("户", 2, 3, "太多"))
    said = every_text(target)
    for gone in (
        "calc'!", "INDIRECT", "WEBSERVICE", "NOW()", "example.org", "[1]",
        "externalReference", "vbaProject", "macroEnabled", "drawing1.xml", "charts/",
    ):  # fmt: skip
        assert gone not in said
    assert not re.search(r"<(\w+:)?f[\s/>]", said)
    book = openpyxl.load_workbook(target)
    assert list(book.defined_names) == ["村"]
    (choice,) = book["户"].data_validations.dataValidation
    assert choice.formula1 == '"甲,乙"'
    assert book.sheetnames == ["户", "人", "标注说明"]
    assert "公式已换成" in book["标注说明"]["A1"].value
    assert "Formulas were replaced" in book["标注说明"]["A2"].value


def test_a_copy_says_nothing_of_formulas_where_there_were_none(tmp_path: Path) -> None:
    target = marked(workbook(tmp_path / "a.xlsx", PLAIN), Mark("户", 2, 0, "一"))
    assert openpyxl.load_workbook(target).sheetnames == ["户", "人", "村"]


def test_a_damaged_number_stays_a_number(tmp_path: Path) -> None:
    sheets = {"户": [["户编号", "代码"], [990126193303199110, 990126100201]]}
    source = workbook(tmp_path / "a.xlsx", sheets)
    sheet = openpyxl.load_workbook(marked(source, codes={"户": [0, 1]}))["户"]
    assert [c.data_type for c in sheet[2]] == ["n", "s"]
    assert sheet["B2"].value == "990126100201"


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", "<sheetData>", "<!DOCTYPE x><sheetData>"),
        ("xl/worksheets/sheet1.xml", "UTF-8", "UTF-7"),
        ("xl/worksheets/sheet1.xml", "<f>", "<f><![CDATA[1]]>"),
        ("_rels/.rels", "xl/workbook.xml", "xl/other.xml"),
        ("xl/workbook.xml", 'sheetId="1"', 'sheetId="1" state="x" sheetId="9"'),
    ],
)
def test_what_could_hide_a_formula_is_not_marked(
    part: str, before: str, after: str, tmp_path: Path
) -> None:
    source = with_parts(lively(tmp_path / "a.xlsx"), {}, {part: (before, after)})
    with pytest.raises(MarkingImpossible):
        marked(source, Mark("户", 2, 0, "一"))


@given(
    st.lists(
        st.sampled_from(
            ["<f>", "</f>", "<x:f a='>'>", "</x:f>", "<f/>", '<f t="shared" si="1"/>',
             "<v>1</v>", "A1", "<!--", "-->", '"', "<c r='A1'>", "</c>", "<f"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_no_formula_survives_however_it_is_written(text: str) -> None:
    try:
        still = without_formulas(text.encode())
    except MarkingImpossible:
        return
    assert not re.search(rb"<(\w+:)?f[\s/>]", still)
