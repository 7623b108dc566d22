"""The sheet of households checked: what is read, what is refused, what is left out."""

from __future__ import annotations

import pytest
from tests.core.verification.making import (
    HEADERS,
    REGION,
    line,
    other,
    read,
    write_sheet,
)

from xiuhua.core.intake.wording import worded
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.findings import Finding, Kind, Stage
from xiuhua.core.verification.reading import (
    NoSampleSheet,
    SampleColumnMissing,
    read_self_check,
)
from xiuhua.core.verification.template import write_self_check_template


def kinds(found) -> list[tuple[str, int]]:
    faults = found.faults.to_pylist()
    return [(f["kind"], f["row"]) for f in faults]


def test_row_is_read_with_its_place(tmp_path) -> None:
    found = read(tmp_path, [line(1), other(2, 重点类别="低保户、危房")])

    first, second = found.rows
    assert (first.kind, first.persons, first.finding) == (
        Kind.EXITED,
        3,
        Finding.NORMAL,
    )
    assert (second.sheet, second.row) == ("样本", 3)
    assert second.groups == ("dangerous_house", "minimum_living")
    assert found.faults.num_rows == 0


@pytest.mark.parametrize(
    ("finding", "stage", "expected"),
    [
        ("错退", "", Stage.UPHELD),
        ("错退", "疑似", Stage.SUSPECTED),
        ("疑似错退", "", Stage.SUSPECTED),
        ("疑似错退", "已举证", Stage.EVIDENCE_GIVEN),
        ("疑似错退", "认定", Stage.UPHELD),
        ("疑似错退", "不予认定", Stage.DISMISSED),
    ],
)
def test_finding_and_stage_are_read_together(
    tmp_path, finding, stage, expected
) -> None:
    found = read(tmp_path, [line(1, 核查结论=finding, 认定情况=stage)])

    row = found.rows[0]
    assert (row.finding, row.stage) == (Finding.WRONG_EXIT, expected)
    assert row.is_upheld is (expected is Stage.UPHELD)


def test_what_is_missing_is_not_no(tmp_path) -> None:
    found = read(tmp_path, [line(1, 核查结论="", 群众认可=""), line(2, 人口数="")])

    first, second = found.rows
    assert (first.finding, first.approves) == (UNKNOWN, UNKNOWN)
    assert (first.left_out, first.was_asked) == ("finding_unknown", False)
    assert (second.left_out, second.was_asked) == ("persons_unknown", True)
    assert kinds(found) == [("missing_required", 3)]


def test_bad_cells_are_named(tmp_path) -> None:
    found = read(
        tmp_path,
        [line(1, 人口数="三"), line(2, 核查结论="差不多"), line(3, 群众认可="也许")],
    )

    assert kinds(found) == [
        ("bad_value", 2),
        ("unknown_code", 3),
        ("bad_value", 4),
    ]
    places = [(f["sheet"], f["column"]) for f in found.faults.to_pylist()]
    assert places == [("样本", "人口数"), ("样本", "核查结论"), ("样本", "群众认可")]
    assert [row.counts for row in found.rows] == [False, False, True]


@pytest.mark.parametrize(
    ("rows", "kind", "left_out"),
    [
        ([line(1), line(1)], "checked_twice", "duplicate"),
        ([line(1), line(2, 户编号=line(1)[1])], "checked_twice", "duplicate"),
        (
            [line(1), line(2, 核查结论="正常", 认定情况="认定")],
            "finding_contradiction",
            "finding_unknown",
        ),
        (
            [line(1), other(2, 核查结论="错退")],
            "finding_of_other_kind",
            "finding_unknown",
        ),
        (
            [line(1), line(2, 行政村代码="110101001001")],
            "outside_region",
            "outside_region",
        ),
    ],
)
def test_rows_that_contradict_count_nowhere(tmp_path, rows, kind, left_out) -> None:
    found = read(tmp_path, rows)

    assert kinds(found) == [(kind, 3)]
    assert [row.left_out for row in found.rows] == ["", left_out]
    for language in ("zh", "en"):
        told = worded(found.faults, language).to_pylist()[0]
        assert told["problem"] and told["remedy"]


def test_missing_sheet_is_refused(tmp_path) -> None:
    path = write_sheet(tmp_path / "a.xlsx", [["1"]], title="其他", headers=["序号"])

    with pytest.raises(NoSampleSheet):
        read_self_check(path, region=REGION, work_dir=tmp_path / "work")


def test_missing_columns_are_named(tmp_path) -> None:
    headers = [h for h in HEADERS if h not in ("人口数", "核查结论")]
    path = write_sheet(tmp_path / "a.xlsx", [["x"] * len(headers)], headers=headers)

    with pytest.raises(SampleColumnMissing) as refused:
        read_self_check(path, region=REGION, work_dir=tmp_path / "work")

    assert "人口数" in str(refused.value)
    assert "核查结论" in str(refused.value)


def test_sheet_is_known_by_its_columns(tmp_path) -> None:
    path = write_sheet(tmp_path / "a.xlsx", [line(1)], title="Sheet1")

    found = read_self_check(path, region=REGION, work_dir=tmp_path / "work")

    assert len(found.rows) == 1


def test_csv_gives_the_same_rows(tmp_path) -> None:
    rows = [line(1), other(2, 核查结论="疑似漏评")]
    path = tmp_path / "样本.csv"
    path.write_text("\n".join(map(",".join, [HEADERS, *rows])), encoding="gb18030")

    found = read_self_check(path, region=REGION, work_dir=tmp_path / "csv")

    assert found.rows == read(tmp_path, rows).rows


def test_template_is_read_back_without_a_fault(tmp_path) -> None:
    path = tmp_path / "template.xlsx"
    write_self_check_template(path)

    found = read_self_check(path, region=REGION, work_dir=tmp_path / "work")

    assert (found.rows, found.faults.num_rows) == ((), 0)
    assert found.ignored_columns == ()
