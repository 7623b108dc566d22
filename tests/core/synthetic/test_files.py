"""Files a population is written to: the column contract, or a county's own tables."""

import csv
from datetime import datetime

import openpyxl
import pyarrow.parquet as pq
import pytest

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.synthetic import writers
from xiuhua.core.synthetic.files import write_population
from xiuhua.core.synthetic.population import Recipe, population
from xiuhua.core.synthetic.writers import arrow_tables
from xiuhua.core.tables import REGISTRY_LEVELS, arrow_schema


RECIPE = Recipe(300, 6, faults=0.01)


def headers(level):
    return [f.label.zh for f in load_dictionary().level(level).fields if f.template]


def test_parquet_follows_the_column_contract(tmp_path):
    write_population(RECIPE, tmp_path / "made", "parquet")

    for name in REGISTRY_LEVELS:
        file = pq.ParquetFile(tmp_path / "made" / f"{name}.parquet")
        contract = arrow_schema(load_dictionary().level(name))
        for column in file.schema_arrow:
            assert contract.field(column.name).type == column.type
        assert file.metadata.metadata[b"synthetic"] == b"true"
    (tables,) = population(RECIPE)
    made = arrow_tables(tables)["person"]
    read = pq.read_table(tmp_path / "made" / "person.parquet")
    assert read.to_pylist() == made.to_pylist()


def test_csv_has_the_headers_and_labels_of_the_template(tmp_path):
    write_population(RECIPE, tmp_path / "made", "csv")

    for name in REGISTRY_LEVELS:
        sheet = load_dictionary().level(name).sheet
        with (tmp_path / "made" / f"{sheet}.csv").open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert rows[0] == headers(name)
    with (tmp_path / "made" / "人.csv").open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    (tables,) = population(RECIPE)
    assert len(people) == len(tables.person)
    assert {p["性别"] for p in people} == {"男", "女"}
    assert {p["城乡居民基本医疗保险"] for p in people} <= {"是", "否", ""}


def test_a_workbook_has_three_sheets_and_says_it_is_made_up(tmp_path):
    write_population(RECIPE, tmp_path / "made", "xlsx")

    book = openpyxl.load_workbook(tmp_path / "made" / writers.WORKBOOK)

    assert book.sheetnames == ["户", "人", "村", "说明"]
    assert book["说明"]["A1"].value == writers.NOTICE
    (tables,) = population(RECIPE)
    for name in REGISTRY_LEVELS:
        sheet = book[load_dictionary().level(name).sheet]
        assert [cell.value for cell in sheet[1]] == headers(name)
        assert sheet.max_row == len(getattr(tables, name)) + 1
    money = headers("household").index("工资性收入") + 1
    fen = arrow_tables(tables)["household"]["wage_income"][0].as_py()
    assert book["户"].cell(2, money).value == fen / 100
    assert isinstance(book["人"].cell(2, 6).value, datetime)
    assert len(str(book["人"].cell(2, 4).value)) == 18


def test_the_lists_of_faults_and_gaps_lie_beside(tmp_path):
    write_population(RECIPE, tmp_path / "made", "csv")

    (tables,) = population(RECIPE)
    text = (tmp_path / "made" / "planted-faults.csv").read_text(encoding="utf-8")
    gaps = (tmp_path / "made" / "planted-gaps.csv").read_text(encoding="utf-8")
    readme = (tmp_path / "made" / "README.txt").read_text(encoding="utf-8")

    assert text.startswith("kind,household_id,person_id\n")
    assert gaps.startswith("household_id,person_id,field\n")
    assert text.count("\n") + gaps.count("\n") - 2 == len(tables.faults)
    assert writers.NOTICE in readme


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(XiuhuaError) as refused:
        write_population(RECIPE, tmp_path, "csv")

    assert refused.value.code == "synthetic.output_not_empty"
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_when_writing_fails(tmp_path):
    def stop(households: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_population(RECIPE, tmp_path / "made", "csv", stop)

    assert not (tmp_path / "made").exists()


def test_more_persons_than_a_sheet_has_rows_are_refused(tmp_path):
    with pytest.raises(XiuhuaError) as refused:
        write_population(Recipe(300_000, 1), tmp_path / "made", "xlsx")

    assert refused.value.code == "synthetic.workbook_too_long"
    assert not (tmp_path / "made").exists()
