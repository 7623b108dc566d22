"""How the texts of cells are read, type by type."""

from datetime import date

import duckdb
import pyarrow as pa
import pytest

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.convert import convert


def converted(
    level: str, field: str, text: str, epoch_1904: bool = False
) -> tuple[object, object]:
    with duckdb.connect() as connection:
        found = convert(
            load_dictionary().level(level).by_name[field],
            pa.array([text, None, text]),
            connection=connection,
            epoch_1904=epoch_1904,
        )
    first, none, again = zip(
        found.values.to_pylist(), found.kinds.to_pylist(), strict=True
    )
    assert first == again
    assert none == (None, None)
    return first


DAY = date(1933, 3, 19)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("1933-03-19", DAY, None),
        ("1933/3/19", DAY, None),
        ("1933.3.19", DAY, None),
        ("1933年3月19日", DAY, None),
        ("1933 年 3 月 19 日", DAY, None),
        ("19330319", DAY, None),
        ("\uff11\uff19\uff13\uff13年3月19日", DAY, None),
        ("1933-03-19 00:00:00", DAY, None),
        ("1933-3-1 10:30", date(1933, 3, 1), None),
        ("1933-03-19T08:00:00Z", DAY, None),
        ("12132", DAY, None),
        ("12132.25", DAY, None),
        ("1933-02-29", None, "bad_value"),
        ("1933-13-01", None, "bad_value"),
        ("1933", None, "bad_value"),
        ("1933年3月", None, "bad_value"),
        ("不详", None, "bad_value"),
        ("#N/A", None, "bad_value"),
        ("1066-10-14", None, "out_of_range"),
    ],
)
def test_dates(text: str, value: object, kind: str | None) -> None:
    assert converted("person", "birth_date", text) == (value, kind)


def test_day_numbers_count_from_the_epoch_of_the_workbook() -> None:
    number = str((DAY - date(1904, 1, 1)).days)
    assert converted("person", "birth_date", number, epoch_1904=True) == (DAY, None)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("1234.5", 123450, None),
        ("1,234.56", 123456, None),
        ("1234.565", 123457, None),
        ("0.30000000000000004", 30, None),
        ("¥12元", 1200, None),
        ("1.2E3", 120000, None),
        (" 7 ", 700, None),
        ("-", None, None),
        ("", None, None),
        ("一千", None, "bad_value"),
        ("12,34", None, "bad_value"),
        ("1e99", None, "bad_value"),
        ("#DIV/0!", None, "bad_value"),
        ("-5", None, "out_of_range"),
        ("99999999999", None, "out_of_range"),
        ("9999999999.99", 999999999999, None),
    ],
)
def test_money_in_fen(text: str, value: object, kind: str | None) -> None:
    assert converted("household", "wage_income", text) == (value, kind)


@pytest.mark.parametrize(
    ("field", "text", "value", "kind"),
    [
        ("year", "2019", 2019, None),
        ("year", "2019年", 2019, None),
        ("exit_year", "2018-12", 2018, None),
        ("year", "19", None, "out_of_range"),
        ("industry_links", "2.0", 2, None),
        ("industry_links", "2.5", None, "bad_value"),
        ("industry_links", "100", None, "out_of_range"),
        ("water_supply_rate", "95%", 9500, None),
        ("water_round_trip", "20分钟", 200, None),
        ("enough_food", "能", True, None),
        ("enough_food", "×", False, None),
        ("enough_food", "大概", None, "bad_value"),
        ("exit_status", "1", "exited", None),
        ("exit_status", "已脱贫", "exited", None),
        ("main_cause", "1", "illness", None),
        ("main_cause", "01因病", "illness", None),
        ("other_causes", "因学,因病", "illness,schooling", None),
        ("other_causes", "因学 因命", None, "unknown_code"),
        ("village_code", "990126100201.0", "990126100201", None),
        ("village_code", "9901261002", None, "bad_value"),
        ("household_id", "G99012610020100001", "99012610020100001", None),
        ("household_id", "9.9012610020E+16", None, "number_damaged"),
        ("household_id", "99012610020100001.0", None, "number_damaged"),
        ("phone", "139-0000", "139-0000", None),
        ("head_name", "\u3000甲 \t乙 ", "甲 乙", None),
    ],
)
def test_other_types(field: str, text: str, value: object, kind: str | None) -> None:
    assert converted("household", field, text) == (value, kind)
