"""How rows come together: repeated, contradicting, stray, without a household."""

from pathlib import Path

from tests.core.intake.making import (
    HOME,
    HOUSEHOLD,
    HOUSEHOLD_HEADER,
    PERSON,
    PERSON_HEADER,
    PLAIN,
    VILLAGE,
    kinds,
    read,
    rows,
    workbook,
)

from xiuhua.core.intake.wording import worded


OTHER = "99012610020100002"
ABROAD = "990127100201"


def homes(path: Path) -> list[str]:
    return [row["household_id"] for row in rows(path)]


def test_identical_household_is_merged(tmp_path: Path) -> None:
    sheets = {**PLAIN, "户": [HOUSEHOLD_HEADER, HOUSEHOLD, HOUSEHOLD]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == []
    assert homes(registry.household) == [HOME]
    assert rows(registry.household)[0]["_row"] == 2


def test_contradicting_household_is_refused_with_both_cells(tmp_path: Path) -> None:
    sheets = {
        **PLAIN,
        "户": [
            HOUSEHOLD_HEADER,
            HOUSEHOLD,
            [*HOUSEHOLD[:2], "乙", 7],
            [OTHER, *HOUSEHOLD[1:]],
        ],
        "人": [PERSON_HEADER, PERSON, [OTHER, OTHER + "01", "丙", *[None] * 3, "户主"]],
    }
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    cells = [
        (f["kind"], f["household_id"], f["row"], f["field"], f["value"], f["other"])
        for f in registry.faults.to_pylist()
    ]
    assert cells == [
        ("household_conflict", HOME, 2, "head_name", "甲", "户!3"),
        ("household_conflict", HOME, 2, "wage_income", "1200.50", "户!3"),
        ("household_conflict", HOME, 3, "head_name", "乙", "户!2"),
        ("household_conflict", HOME, 3, "wage_income", "7.00", "户!2"),
    ]
    assert homes(registry.household) == [OTHER]
    assert homes(registry.person) == [OTHER]


def test_blank_beside_a_value_contradicts_within_a_sheet(tmp_path: Path) -> None:
    sheets = {
        **PLAIN,
        "户": [HOUSEHOLD_HEADER, HOUSEHOLD, [HOME, VILLAGE, "甲", None]],
    }
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == ["household_conflict"] * 2


def test_of_two_columns_of_one_fact_the_filled_one_counts(tmp_path: Path) -> None:
    header = [
        "户编号",
        "户 编号",
        "行政村代码",
        "户主姓名",
        "工资性收入",
        "工资性收入（元）",
    ]
    sheets = {
        **PLAIN,
        "户": [
            header,
            [None, HOME, VILLAGE, "甲", None, 1200.5],
            [OTHER, OTHER, VILLAGE, "乙", 7, "7.00"],
        ],
        "人": [PERSON_HEADER, PERSON, [OTHER, OTHER + "01", "丙", *[None] * 3, "户主"]],
    }
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == []
    assert homes(registry.household) == [HOME, OTHER]
    wages = [row["wage_income"] for row in rows(registry.household)]
    assert wages == [120050, 700]
    assert registry.ignored_columns == ()


def test_two_columns_that_differ_are_a_fault_of_both_cells(tmp_path: Path) -> None:
    header = [*HOUSEHOLD_HEADER, "工资性收入"]
    sheets = {**PLAIN, "户": [header, [*HOUSEHOLD, 9]]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    cells = [
        (f["kind"], f["household_id"], f["row"], f["column"], f["value"], f["other"])
        for f in registry.faults.to_pylist()
    ]
    assert cells == [
        ("columns_differ", HOME, 2, "工资性收入 [D]", "1200.5", "E2"),
        ("columns_differ", HOME, 2, "工资性收入 [E]", "9", "D2"),
    ]
    assert rows(registry.household)[0]["wage_income"] is None
    problem = worded(registry.faults, "en")["problem"].to_pylist()[1]
    assert problem == "工资性收入 [E] and D2 are columns of the same fact and differ"


def test_what_cannot_be_read_is_not_overruled_by_the_other_column(
    tmp_path: Path,
) -> None:
    header = [*HOUSEHOLD_HEADER, "工资性收入"]
    sheets = {**PLAIN, "户": [header, [*HOUSEHOLD, "约九千"]]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert [(f["kind"], f["column"]) for f in registry.faults.to_pylist()] == [
        ("bad_value", "工资性收入 [E]")
    ]
    assert rows(registry.household)[0]["wage_income"] is None


def test_a_key_missing_in_both_columns_is_missed_once(tmp_path: Path) -> None:
    header = ["户编号", *HOUSEHOLD_HEADER]
    sheets = {**PLAIN, "户": [header, [None, *HOUSEHOLD], [None, None, VILLAGE, "乙"]]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == ["missing_required"]
    assert homes(registry.household) == [HOME]


def test_several_files_complete_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    workbook(
        folder / "1.xlsx", {"基本信息": [["户编号", "行政村代码"], [HOME, VILLAGE]]}
    )
    workbook(folder / "2.xlsx", {"收入": [["户编号", "工资性收入"], [HOME, 5]]})
    workbook(folder / "3.xlsx", {"成员": [PERSON_HEADER, PERSON]})
    registry = read(folder, tmp_path / "w")
    assert kinds(registry) == []
    (household,) = rows(registry.household)
    assert (household["village_code"], household["wage_income"]) == (VILLAGE, 500)
    assert len(registry.inputs) == 3
    assert all(len(file.sha256) == 64 for file in registry.inputs)


def test_household_columns_are_compared_across_the_rows_of_its_persons(
    tmp_path: Path,
) -> None:
    header = [*PERSON_HEADER, "户主姓名", "行政村代码"]
    second = [HOME, HOME + "02", "乙", None, "女", None, "配偶"]
    agreeing = [header, [*PERSON, "甲", VILLAGE], [*second, None, VILLAGE]]
    registry = read(workbook(tmp_path / "a.xlsx", {"S": agreeing}), tmp_path / "w")
    assert kinds(registry) == []
    assert len(rows(registry.person)) == 2
    differing = [header, [*PERSON, "甲", VILLAGE], [*second, "戊", VILLAGE]]
    registry = read(workbook(tmp_path / "b.xlsx", {"S": differing}), tmp_path / "w")
    assert kinds(registry) == ["household_conflict"] * 2
    assert rows(registry.person) == []


def test_rows_outside_the_region_leave(tmp_path: Path) -> None:
    sheets = {
        "户": [HOUSEHOLD_HEADER, HOUSEHOLD, [OTHER, ABROAD, "丁", 1]],
        "人": [PERSON_HEADER, PERSON, [OTHER, OTHER + "01", "丁", *[None] * 3, "户主"]],
        "村": [*PLAIN["村"], [ABROAD, "远村"]],
    }
    path = workbook(tmp_path / "r.xlsx", sheets)
    registry = read(path, tmp_path / "w")
    found = {(f["kind"], f["sheet"], f["row"]) for f in registry.faults.to_pylist()}
    assert found == {("outside_region", sheet, 3) for sheet in "户人村"}
    assert homes(registry.household) == homes(registry.person) == [HOME]
    assert [r["village_code"] for r in rows(registry.village)] == [VILLAGE]
    everywhere = read(path, tmp_path / "all", region=None)
    assert kinds(everywhere) == []
    assert homes(everywhere.household) == [HOME, OTHER]


def test_person_without_a_household_counts_nowhere(tmp_path: Path) -> None:
    orphan = [OTHER, OTHER + "01", "丁", *[None] * 3, "户主"]
    nobody = [None, OTHER + "02", "戊", *[None] * 3, "户主"]
    sheets = {**PLAIN, "人": [PERSON_HEADER, PERSON, orphan, nobody]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == ["missing_required", "orphan_person"]
    assert homes(registry.person) == [HOME]
    assert registry.rows_read["person"] == 3


def test_person_numbers_stand_once(tmp_path: Path) -> None:
    twin = [HOME, HOME + "01", "乙", *[None] * 3, "之子"]
    nameless = [HOME, None, "丙", *[None] * 3, "之女"]
    sheets = {**PLAIN, "人": [PERSON_HEADER, PERSON, PERSON, twin, nameless]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == ["missing_required", *["duplicate_person_id"] * 2]
    ids = [r["person_id"] for r in rows(registry.person)]
    assert ids == [HOME + "01", f"{HOME}01#4", f"{HOME}#5"]


def test_village_nobody_knows(tmp_path: Path) -> None:
    sheets = {
        **PLAIN,
        "户": [HOUSEHOLD_HEADER, [HOME, "990126100299", "甲", 1]],
    }
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == ["village_unknown"]
    assert homes(registry.household) == [HOME]


def test_heads(tmp_path: Path) -> None:
    second = [HOME, HOME + "02", "乙", *[None] * 3, "户主"]
    headless = [OTHER, OTHER + "01", "丙", *[None] * 3, "之子"]
    sheets = {
        **PLAIN,
        "户": [HOUSEHOLD_HEADER, HOUSEHOLD, [OTHER, *HOUSEHOLD[1:]]],
        "人": [PERSON_HEADER, PERSON, second, headless],
    }
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    found = [
        (f["kind"], f["household_id"], f["person_id"], f["other"])
        for f in registry.faults.to_pylist()
    ]
    assert found == [
        ("several_heads", HOME, HOME + "02", "人!2"),
        ("no_head", OTHER, None, None),
    ]
