"""The workbook holds what the run found, as plain values, readable to anybody."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.core.intake.making import (
    HOME,
    HOUSEHOLD_HEADER,
    MAN,
    PERSON,
    PERSON_HEADER,
    PLAIN,
    VILLAGE,
    VILLAGE_HEADER,
    workbook,
)

from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.core.screening.report import book as books
from xiuhua.core.screening.report import page as pages
from xiuhua.core.screening.report.faults import FAULT_LABELS
from xiuhua.core.screening.report.write import write_report
from xiuhua.core.screening.run import Screening, screen


CASE = Path(__file__).parents[2] / "cases" / "county-2019"
SHEETS = {
    "zh": "概要 缺口 疑似错退 可退出 需核实 户 村 数据问题 标准".split(),
    "en": [
        *("Summary", "Shortfalls", "Suspected wrong exits", "Ready to exit", "To ask"),
        *("Household list", "Village list", "Data faults", "Standard"),
    ],
}
INDICATORS = (
    *("income", "food", "clothing", "compulsory_education"),
    *("basic_medical", "safe_housing", "safe_water", "overall"),
)


@pytest.fixture(scope="module")
def county() -> Any:
    with screen(
        CASE / "registry.xlsx",
        region="239906",
        as_of="2019-11-22",
        params={"water_area": "short"},
    ) as found:
        yield found


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((CASE / "expected.json").read_text(encoding="utf-8"))


def written(screening: Screening, folder: Path, language: str) -> Workbook:
    path = folder / f"report-{language}.xlsx"
    write_report(screening, path, language)
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def reports(county, tmp_path_factory) -> dict[str, Workbook]:
    folder = tmp_path_factory.mktemp("reports")
    return {language: written(county, folder, language) for language in SHEETS}


def table(sheet: Worksheet, first: str) -> list[dict[str, Any]]:
    """Return the rows under the head row that begins with a word."""
    rows = list(sheet.iter_rows(values_only=True))
    at = next(n for n, row in enumerate(rows) if row[0] == first)
    heads = [h for h in rows[at] if h]
    found = []
    for row in rows[at + 1 :]:
        if all(value is None for value in row):
            break
        found.append(dict(zip(heads, row, strict=False)))
    return found


def texts(sheet: Worksheet) -> list[str]:
    rows = sheet.iter_rows(values_only=True)
    return [value for row in rows for value in row if isinstance(value, str)]


@pytest.mark.parametrize("language", SHEETS)
def test_sheets_stand_in_working_order(reports, language) -> None:
    assert reports[language].sheetnames == SHEETS[language]


@pytest.mark.parametrize("language", SHEETS)
def test_every_cell_is_a_plain_value(reports, language) -> None:
    kinds = Counter(
        cell.data_type
        for sheet in reports[language]
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )

    assert set(kinds) == {"s", "n"}


@pytest.mark.parametrize("language", SHEETS)
def test_links_lead_to_sheets_of_the_workbook(reports, language) -> None:
    links = [
        cell.hyperlink
        for sheet in reports[language]
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink
    ]

    assert len(links) > len(SHEETS[language])
    assert all(link.target is None for link in links)
    targets = {link.location.rsplit("!", 1)[0].strip("'") for link in links}
    assert targets <= set(SHEETS[language])


def test_key_figures_are_those_of_the_county(reports, expected) -> None:
    rows = [
        [value for value in row if value is not None]
        for row in reports["zh"]["概要"].iter_rows(values_only=True)
    ]
    pairs = {row[at]: row[at + 1] for row in rows for at in range(0, len(row) - 1, 2)}
    counts = expected["counts"]

    assert pairs["行政村数"] == counts["villages"]
    assert pairs["贫困村数"] == counts["poor_villages"]
    assert pairs["总户数"] == counts["households"]
    assert pairs["人数"] == counts["persons"]
    assert pairs["已脱贫户"] == counts["exited_households"]
    assert pairs["未脱贫人口"] == counts["remaining_persons"]
    percent = round(100 * pairs["贫困发生率"], 2)
    assert percent == expected["incidence_percent_2dp"]


def test_verdicts_of_all_three_groups_are_exact(reports, expected) -> None:
    rows = list(reports["zh"]["概要"].iter_rows(values_only=True))
    starts = [n for n, row in enumerate(rows) if row[0] == "指标"]
    for start, group in zip(starts, ("all", "exited", "remaining"), strict=False):
        wanted = expected["indicators"][group]
        for row, name in zip(rows[start + 1 :], INDICATORS, strict=False):
            found = dict(
                zip(
                    ("met", "unmet", "unknown", "not_applicable"),
                    row[1:8:2],
                    strict=True,
                )
            )
            assert {w: n for w, n in found.items() if n} == wanted[name], (group, name)
            assert row[8] == sum(wanted[name].values())
    assert len(starts) == 4


def test_shortfalls_add_up_from_village_to_county(reports, expected) -> None:
    rows = [r for r in reports["zh"]["缺口"].iter_rows(values_only=True)]
    by_level = {
        level: [row for row in rows if row[0] == level]
        for level in ("县", "乡镇", "村")
    }
    by_level["乡镇"] = [row for row in by_level["乡镇"] if row[2] is not None]
    by_level["村"] = [row for row in by_level["村"] if row[2] is not None]
    wanted = [
        expected["indicators"]["all"][name].get(word, 0)
        for name in INDICATORS
        for word in ("unmet", "unknown")
    ]

    assert len(by_level["村"]) == expected["counts"]["villages"]
    for found in by_level.values():
        sums = [sum(column) for column in zip(*(row[5:] for row in found), strict=True)]
        assert sums == wanted


def test_lists_and_households_hold_every_household(reports, expected) -> None:
    zh = reports["zh"]
    tallies = expected["indicators"]
    households = table(zh["户"], "乡镇")

    assert len(table(zh["疑似错退"], "乡镇")) == tallies["exited"]["overall"]["unmet"]
    assert "没有符合条件的户。" in texts(zh["可退出"])
    assert len(households) == expected["counts"]["households"]
    words = Counter(row["总体"] for row in households)
    overall = tallies["all"]["overall"]
    assert words == {"达标": overall["met"], "未达标": overall["unmet"]} | {
        "情况不明": overall["unknown"]
    }
    assert zh["户"].auto_filter.ref.startswith("A4:")
    assert zh["户"].freeze_panes == "G5"


def test_what_is_to_be_asked_prints_village_by_village(reports) -> None:
    sheet = reports["zh"]["需核实"]
    bands = [t for t in texts(sheet) if "核实人：" in t]

    assert len(bands) > 1
    assert len(sheet.row_breaks.brk) == len(bands) - 1
    assert sheet.print_title_rows == "$4:$4"
    answers = {cell.value for cell in sheet["H"][4:]}
    assert answers == {None}
    assert sheet["H6"].border.left.style == "thin"


def test_numbers_of_households_and_codes_are_texts(reports) -> None:
    for row in table(reports["zh"]["户"], "乡镇"):
        assert isinstance(row["户编号"], str) and len(row["户编号"]) == 17
        assert isinstance(row["行政村代码"], str)
        assert isinstance(row["人口数"], int)


def test_faults_stand_with_their_cells(reports, expected) -> None:
    rows = table(reports["zh"]["数据问题"], "问题类别")

    assert len(rows) == sum(expected["data_faults"].values())
    assert all(r["行"] and r["列"] and r["问题"] and r["怎么改"] for r in rows)


@pytest.mark.parametrize("language", SHEETS)
def test_no_number_of_a_card_or_telephone_stands_anywhere(
    reports, county, language
) -> None:
    ask = county.results.execute
    numbers = {r[0] for r in ask("SELECT id_number FROM person").fetchall()}
    phones = {r[0] for r in ask("SELECT phone FROM household").fetchall()}
    secret = (numbers | phones) - {None}
    found = {t for sheet in reports[language] for t in texts(sheet)}

    assert len(secret) > 1000
    assert not found & secret


def test_every_sheet_prints_on_a4_with_its_head(reports) -> None:
    for sheet in reports["zh"]:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert "&P" in sheet.oddFooter.center.text
        assert "个人信息" in sheet.oddFooter.right.text
    framed = [s for s in reports["zh"] if s.title not in ("概要", "标准")]
    assert all(s.print_title_rows and s.freeze_panes for s in framed)


def test_doubts_and_given_amounts_are_said_on_the_first_sheet(reports) -> None:
    said = " ".join(texts(reports["zh"]["概要"]))
    standard = " ".join(texts(reports["zh"]["标准"]))

    assert "丰水区或缺水区：缺水区（其他）。由使用者给定" in said
    assert "3218元。依据存疑" in said
    assert "个人信息" in said
    assert "3015元" in standard and "未见文件" in standard
    assert "net_income_per_capita > poverty_line_yuan" in standard


def test_english_report_is_in_english(reports) -> None:
    said = " ".join(texts(reports["en"]["Summary"]))

    assert not [c for c in said if "一" <= c <= "鿿"]


def test_the_same_screening_writes_the_same_bytes(county, tmp_path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_report(county, first, "zh")
    write_report(county, second, "zh")

    assert first.read_bytes() == second.read_bytes()


def test_large_workbooks_hold_the_same_cells(
    reports, county, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(books, "LARGE", 1)

    streamed = written(county, tmp_path, "zh")

    for sheet in reports["zh"]:
        there = list(streamed[sheet.title].iter_rows(values_only=True))
        assert there == list(sheet.iter_rows(values_only=True))


def test_households_go_on_where_a_sheet_is_full(county, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pages, "SHEET_ROWS", 2004)

    report = written(county, tmp_path, "zh")

    parts = [name for name in report.sheetnames if name.startswith("户")]
    assert parts == ["户", "户 (2)", "户 (3)"]
    rows = [row for part in parts for row in table(report[part], "乡镇")]
    assert len({row["户编号"] for row in rows}) == 4206


HOSTILE = [
    '=HYPERLINK("http://a.example","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "https://a.example/",
    "_x0041_",
    "甲\u0001乙",
]


def small(path: Path, sheets: dict[str, Any]) -> Screening:
    source = workbook(path / "registry.xlsx", sheets)
    return screen(source, region="990126", as_of=date(2019, 11, 22))


def test_hostile_names_are_inert(tmp_path) -> None:
    homes = [HOME[:-1] + str(n) for n in range(1, len(HOSTILE) + 1)]
    households = [[h, VILLAGE, n, 1.0] for h, n in zip(homes, HOSTILE, strict=True)]
    persons = [
        [h, h + "01", n, *PERSON[3:]] for h, n in zip(homes, HOSTILE, strict=True)
    ]
    sheets = {
        "户": [HOUSEHOLD_HEADER, *households],
        "人": [PERSON_HEADER, *persons],
        "村": [VILLAGE_HEADER, [VILLAGE, "=1+1"]],
    }
    with small(tmp_path, sheets) as screening:
        report = written(screening, tmp_path, "zh")

    cells = [c for s in report for row in s.iter_rows() for c in row if c.value]
    found = [c for c in cells if c.value in HOSTILE[:3] or c.value == "=1+1"]
    assert {c.value for c in found} == {*HOSTILE[:3], "=1+1"}
    assert {c.data_type for c in cells} == {"s", "n"}
    assert all(c.quotePrefix for c in found)
    assert all(c.hyperlink is None for c in cells if "example" in str(c.value))
    assert MAN not in {c.value for c in cells}


def test_nothing_found_still_reads_well(tmp_path) -> None:
    sheets = {**PLAIN, "户": PLAIN["户"][:1], "人": PLAIN["人"][:1]}
    with small(tmp_path, sheets) as screening:
        report = written(screening, tmp_path, "zh")

    assert report.sheetnames == SHEETS["zh"]
    assert "没有这类农户。" in texts(report["概要"])
    assert "各项指标均没有未达标的户。" in texts(report["缺口"])
    assert "没有情况不明的项目，无需核实。" in texts(report["需核实"])
    assert "没有农户记录。" in texts(report["户"])
    assert "未发现数据问题。" in texts(report["数据问题"])


def test_every_kind_of_fault_has_a_name() -> None:
    assert set(FAULT_LABELS) == set(FAULT_KINDS)
