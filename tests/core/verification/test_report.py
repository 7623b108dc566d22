"""The report: no person in it, texts stay texts, and a way out without the PDF."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from tests.core.verification.making import other, write_sheet

from xiuhua.core.verification import report as report_module
from xiuhua.core.verification.files import write_county
from xiuhua.core.verification.report import report, report_writers
from xiuhua.core.verification.report_pdf import write_pdf
from xiuhua.core.verification.run import CountyCheck, judge_county


COUNTY = Path(__file__).parents[2] / "cases" / "county-2020"
REGION, DAY = "529917", date(2020, 2, 25)
HOSTILE = '=1+1#set page(fill: red) "}] \\u{41} 𠮷'


@pytest.fixture(scope="module")
def check(tmp_path_factory) -> CountyCheck:
    """A county whose sheet names things that want to be more than text."""
    folder = tmp_path_factory.mktemp("county")
    book = openpyxl.load_workbook(COUNTY / "self-check.xlsx", read_only=True)
    rows = [[c or "" for c in r] for r in book["样本"].iter_rows(values_only=True)]
    headers, lines = list(rows[0]), [[str(c) for c in row] for row in rows[1:]]
    for line in lines[:3]:
        line[headers.index("核查组")] = HOSTILE
        line[headers.index("核查方式")] = HOSTILE
    lines[0][headers.index("核查结论")] = "疑似错退"
    path = write_sheet(folder / "check.xlsx", lines, headers=headers)
    return judge_county(
        path,
        COUNTY / "registry.xlsx",
        region=REGION,
        as_of=DAY,
        params={"water_area": "rich"},
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_report_names_no_household(check, language) -> None:
    text = json.dumps(report(check, language), ensure_ascii=False)

    assert not any(row.household_id in text for row in check.rows if row.household_id)
    assert not any(row.village in text for row in check.rows)


def test_paragraph_is_written_from_the_data(check) -> None:
    text = report(check, "zh")["paragraph"]

    assert "核查 1,200 户 4,600 人" in text
    assert "另有 1 户" in text
    assert "0.78%" in text


def test_suspected_are_shown_with_what_would_be(check) -> None:
    case = next(s for s in check.scenarios if s.name == "suspected")

    assert len(case.rows) == 1
    more = case.reckoned.counts.wrong_exit_persons
    assert more - check.reckoned.counts.wrong_exit_persons == case.rows[0].persons
    table = report(check, "zh")["what_if"]["rows"]
    assert [row[:2] for row in table[:2]] == [
        ["现已认定", "0"],
        ["若疑似全部认定", "1"],
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_texts_stay_texts(check, language, tmp_path) -> None:
    files = write_county(check, tmp_path, language=language, extra=report_writers())

    names = {path.name for path in files}
    assert {"report.xlsx", "report.pdf", "rates.csv", "findings.csv"} < names
    assert "'=1+1" in (tmp_path / "sample-rows.csv").read_text("utf-8")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert any(c.value == HOSTILE for c in cells)
    assert not any(c.data_type == "f" for c in cells)


def test_pdf_has_the_same_bytes_again(check, tmp_path) -> None:
    paths = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for path in paths:
        write_pdf(report(check, "zh"), path, day=DAY)

    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first.startswith(b"%PDF")


def test_without_the_extra_the_workbook_is_written(
    check, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(report_module, "find_spec", lambda name: None)

    files = write_county(check, tmp_path, extra=report_writers())

    names = {path.name for path in files}
    assert "report.xlsx" in names
    assert "report.pdf" not in names


def test_a_sheet_of_one_group_is_judged_as_far_as_it_goes(tmp_path) -> None:
    path = write_sheet(tmp_path / "check.xlsx", [other(k) for k in range(40)])

    found = judge_county(path, COUNTY / "registry.xlsx", region=REGION, as_of=DAY)

    assert found.judgement.binding.value == "undecided"
    assert "exited" in {gap.group for gap in found.basis.not_covered}
