"""Registries as offices really keep them."""

from codecs import BOM_UTF8
from datetime import date
from pathlib import Path

import pytest
from tests.core.intake.making import (
    HOME,
    HOUSEHOLD,
    HOUSEHOLD_HEADER,
    MAN,
    PERSON,
    PERSON_HEADER,
    PLAIN,
    VILLAGE,
    kinds,
    read,
    rows,
    workbook,
)


def test_plain_registry_has_no_faults(tmp_path: Path) -> None:
    registry = read(workbook(tmp_path / "r.xlsx", PLAIN), tmp_path / "w")
    assert kinds(registry) == []
    assert rows(registry.household)[0]["wage_income"] == 120050
    assert rows(registry.person)[0]["birth_date"] == date(1933, 3, 19)


def test_export_of_one_row_per_person_with_titles_and_stray_blanks(
    tmp_path: Path,
) -> None:
    header = [
        "序号", "村", "户 编号(AAC001)", "行政村编码", "户主姓名", "工资性收入（元）",
        "人口编号*", "成员姓名", "身份证号码", "性别", "出生日期", "户主关系",
        "居民医保",
    ]  # fmt: skip
    home = [
        "东村",
        f"G{HOME}",
        f"{VILLAGE}\t",
        " 甲　",
        "\uff11\uff0c\uff12\uff10\uff10.50",
    ]
    export = [
        ["某县建档立卡人口信息表"],
        [],
        header,
        [
            1,
            *home,
            f"G{HOME}01",
            "甲",
            f"G{MAN.lower()}",
            "男性",
            12132,
            "本人或户主",
            "√",
        ],
        [2, *home, f"G{HOME}02", "乙", None, "2", "1940年5月1日", "02", "N"],
    ]
    registry = read(
        workbook(tmp_path / "导出.xlsx", {"Sheet1": export}), tmp_path / "w"
    )
    assert kinds(registry) == []
    assert [c.header for c in registry.ignored_columns] == ["序号"]
    (household,) = rows(registry.household)
    assert household["household_id"] == HOME
    assert household["head_name"] == "甲"
    assert household["wage_income"] == 120050
    (village,) = rows(registry.village)
    assert (village["village_code"], village["village_name"]) == (VILLAGE, "东村")
    first, second = rows(registry.person)
    assert first["id_number"] == MAN
    assert first["birth_date"] == date(1933, 3, 19)
    assert first["resident_medical_insurance"] is True
    assert second["birth_date"] == date(1940, 5, 1)
    assert (second["sex"], second["relation_to_head"]) == ("female", "spouse")
    assert second["resident_medical_insurance"] is False
    assert second["_row"] == 5


def test_heads_in_two_rows_are_one_header(tmp_path: Path) -> None:
    above = ["户编号", "行政村代码", "户主情况", None, "工资性收入"]
    below = [None, None, "户主姓名", "联系电话", None]
    groups = ["户编号", "户主情况", None, None, None]
    under = [None, "户主姓名", "联系电话", "行政村代码", "工资性收入"]
    for name, heads, home in (
        ("a", [above, below], [HOME, VILLAGE, "甲", "139", 5]),
        ("b", [groups, under], [HOME, "甲", "139", VILLAGE, 5]),
    ):
        sheets = {**PLAIN, "户": [["某县台账"], *heads, home]}
        registry = read(workbook(tmp_path / f"{name}.xlsx", sheets), tmp_path / name)
        assert kinds(registry) == []
        (row,) = rows(registry.household)
        assert (row["head_name"], row["phone"]) == ("甲", "139")
        assert (row["village_code"], row["wage_income"], row["_row"]) == (
            VILLAGE,
            500,
            4,
        )


def test_a_first_row_of_data_is_no_second_header(tmp_path: Path) -> None:
    # The name of a household's head may be what a column is called.
    sheets = {**PLAIN, "户": [HOUSEHOLD_HEADER, [HOME, VILLAGE, "户主", 5]]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert rows(registry.household)[0]["head_name"] == "户主"


def test_households_without_a_column_of_villages_are_read(tmp_path: Path) -> None:
    at = HOUSEHOLD_HEADER.index("行政村代码")
    bare = [[*r[:at], *r[at + 1 :]] for r in (HOUSEHOLD_HEADER, HOUSEHOLD)]
    path = workbook(tmp_path / "r.xlsx", {"户": bare})
    (household,) = rows(read(path, tmp_path / "w").household)
    assert (household["household_id"], household["village_code"]) == (HOME, None)


def test_days_counted_from_1904(tmp_path: Path) -> None:
    number = (date(1933, 3, 19) - date(1904, 1, 1)).days
    other = [HOME, HOME + "02", "乙", None, "女", date(1940, 5, 1), "配偶"]
    person = [*PERSON[:5], number, PERSON[6]]
    sheets = {**PLAIN, "人": [PERSON_HEADER, person, other]}
    path = workbook(tmp_path / "r.xlsx", sheets, {"date_1904": True})
    registry = read(path, tmp_path / "w")
    assert [r["birth_date"] for r in rows(registry.person)] == [
        date(1933, 3, 19),
        date(1940, 5, 1),
    ]


def test_bad_date_is_unknown_and_a_fault(tmp_path: Path) -> None:
    sheets = {**PLAIN, "人": [PERSON_HEADER, [*PERSON[:5], "1933年", PERSON[6]]]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    (fault,) = registry.faults.to_pylist()
    assert rows(registry.person)[0]["birth_date"] is None
    place = (fault["sheet"], fault["row"], fault["column"], fault["person_id"])
    assert (fault["kind"], *place) == ("bad_value", "人", 2, "出生日期", HOME + "01")
    assert fault["value"] == "1****"


def test_error_cell_is_a_bad_value(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    sheets = {**PLAIN, "户": [HOUSEHOLD_HEADER, [*HOUSEHOLD[:3], "=1/0"]]}
    workbook(path, sheets)
    registry = read(path, tmp_path / "w")
    assert kinds(registry) == ["bad_value"]


def test_number_damaged_by_a_float_is_refused_a_text_is_not(tmp_path: Path) -> None:
    damaged = [HOME, HOME + "02", "乙", 990126194005012000, "女", None, "配偶"]
    text = [HOME, HOME + "03", "丙", "990126194005012000", "女", None, "之女"]
    written = [HOME, HOME + "04", "丁", "9.9012619400501E+17", "女", None, "之女"]
    sheets = {**PLAIN, "人": [PERSON_HEADER, PERSON, damaged, text, written]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    found = {(f["kind"], f["row"], f["value"]) for f in registry.faults.to_pylist()}
    assert ("number_damaged", 3, "*" * 18) in found
    assert ("number_damaged", 5, "*" * 19) in found
    assert ("id_checksum", 4, "*" * 18) in found
    assert len(found) == 3
    ids = [r["id_number"] for r in rows(registry.person)]
    assert ids == [MAN, None, "990126194005012000", None]


def test_damaged_key_leaves_no_row(tmp_path: Path) -> None:
    sheets = {**PLAIN, "户": [HOUSEHOLD_HEADER, HOUSEHOLD, [int(HOME), *HOUSEHOLD[1:]]]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    assert kinds(registry) == ["number_damaged"]
    assert [r["household_id"] for r in rows(registry.household)] == [HOME]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b""), ("gb18030", b""), ("gb18030", BOM_UTF8)],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_folder_of_text_files(
    encoding: str, mark: bytes, delimiter: str, tmp_path: Path
) -> None:
    folder = tmp_path / "导出"
    folder.mkdir()
    for title, table in PLAIN.items():
        lines = [delimiter.join(f'"{cell}"' for cell in row) for row in table]
        text = "\r\n".join(["某县导出", *lines]) + "\r\n"
        (folder / f"{title}.csv").write_bytes(mark + text.encode(encoding))
    (folder / "verdicts.csv").write_text("household_id,person_id\n1,2\n")
    registry = read(folder, tmp_path / "w")
    assert kinds(registry) == []
    assert rows(registry.household)[0]["wage_income"] == 120050
    assert rows(registry.person)[0]["_row"] == 3
    assert [c.file for c in registry.ignored_columns] == ["verdicts.csv"]


def test_unknown_code_and_open_list(tmp_path: Path) -> None:
    header = [*PERSON_HEADER, "劳动技能", "失学或辍学原因", "健康状况"]
    person = [*PERSON, "很能干", "跟人跑了", "残疾、长期慢性病"]
    sheets = {**PLAIN, "人": [header, person]}
    registry = read(workbook(tmp_path / "r.xlsx", sheets), tmp_path / "w")
    (fault,) = registry.faults.to_pylist()
    assert (fault["kind"], fault["value"]) == ("unknown_code", "很能干")
    (row,) = rows(registry.person)
    assert row["labor_skill"] is None
    assert row["absence_reason"] == "other"
    assert row["health"] == "chronic_illness,disabled"
