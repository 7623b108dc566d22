"""The template and exports: what is written reads back the same."""

import string
import tempfile
import zipfile
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.intake.making import PLAIN, kinds, read, rows, workbook

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    NUMBER_TYPES,
    Field,
    FieldType,
    Level,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.export import write_registry
from xiuhua.core.intake.read import read_registry
from xiuhua.core.intake.template import write_template
from xiuhua.core.tables import REGISTRY_LEVELS, arrow_type


VILLAGES = [f"9901261002{n:02d}" for n in range(1, 4)]
HOMES = [f"99012610020100{n:03d}" for n in range(1, 31)]
WORDS = "abc=+@甲乙丙丁村屯"


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_template_reads_back_empty(whole: bool, language: str, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, whole=whole, language=language)
    registry = read(path, tmp_path / "w")
    assert kinds(registry) == []
    assert registry.ignored_columns == ()
    for name in REGISTRY_LEVELS:
        table = pq.read_table(getattr(registry, name))
        level = load_dictionary().level(name)
        fields = [f.name for f in level.fields if whole or f.template]
        assert table.num_rows == 0
        assert table.schema.names[: len(fields)] == fields


def test_template_offers_lists_and_keeps_codes_as_text(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    sheet = book["人"]
    headers = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions[headers["户编号"]].number_format == "@"
    rules = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    assert rules[f"{headers['城乡居民基本医疗保险']}2"] == '"是,否"'
    reference = rules[f"{headers['劳动技能']}2"]
    cells = book["代码"][reference.removeprefix("代码!").replace("$", "")]
    labels = [c.label.zh for c in load_dictionary().code_lists["labor_skill"].codes]
    assert [row[0].value for row in cells] == labels


def value_of(field: Field, random: Random) -> Any:
    """A value a typed table may hold for a field, or nothing."""
    if random.random() < 0.3:
        return None
    if field.type is FieldType.BOOLEAN:
        return random.random() < 0.5
    if field.codes is not None:
        codes = sorted(c.code for c in field.codes.codes)
        count = random.randint(1, 3) if field.type is FieldType.CHOICES else 1
        return ",".join(sorted(random.sample(codes, count)))
    if field.type in NUMBER_TYPES:
        unit = 10**field.scale
        year = field.type is FieldType.YEAR
        low = 1950 if year else (field.minimum or 0) * unit
        high = 2100 if year else min(field.maximum or 10**6, 10**9) * unit
        return random.randint(low, high)
    if field.type in DATE_TYPES:
        day = date(1930, 1, 1) + timedelta(days=random.randrange(36_000))
        return day.replace(day=1) if field.type is FieldType.MONTH else day
    alphabet = WORDS if field.type is FieldType.TEXT else string.digits
    return "".join(random.choices(alphabet, k=random.randint(4, 22)))


def table_of(level: Level, keys: list[dict[str, Any]], random: Random) -> pa.Table:
    rows = [{**{f.name: value_of(f, random) for f in level.fields}, **k} for k in keys]
    schema = pa.schema([(f.name, arrow_type(f)) for f in level.fields])
    return pa.Table.from_pylist(rows, schema=schema)


KEYS = {
    "village": [{"village_code": code} for code in VILLAGES],
    "household": [
        {"household_id": home, "village_code": VILLAGES[n % 3]}
        for n, home in enumerate(HOMES)
    ],
    "person": [
        {"household_id": home, "person_id": f"{home}{n:02d}"}
        for home in HOMES
        for n in (1, 2)
    ],
}


@settings(max_examples=4, deadline=None, database=None)
@given(st.integers(0, 2**32))
def test_what_is_written_reads_back_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311  made-up values, nothing secret
    tables = {
        name: table_of(load_dictionary().level(name), keys, random)
        for name, keys in KEYS.items()
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {}
        for level, table in tables.items():
            paths[level] = folder / f"{level}.parquet"
            pq.write_table(table, paths[level])
        write_registry(folder / "out.xlsx", paths)
        registry = read_registry(
            folder / "out.xlsx", region=None, work_dir=folder / "w"
        )
        cells = {"bad_value", "unknown_code", "out_of_range", "number_damaged"}
        assert not cells & set(kinds(registry))
        for level, table in tables.items():
            found = pq.read_table(getattr(registry, level)).select(table.schema.names)
            assert found.to_pylist() == table.to_pylist()


def test_export_holds_no_formula(tmp_path: Path) -> None:
    header = [*PLAIN["户"][0], "组"]
    evil = [*PLAIN["户"][1][:2], "@SUM(A1)", 5, "=1+1"]
    source = workbook(tmp_path / "r.xlsx", {**PLAIN, "户": [header, evil]})
    with zipfile.ZipFile(source) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    registry = read(source, tmp_path / "w")
    path = tmp_path / "out.xlsx"
    write_registry(path, {"household": registry.household})
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cells = openpyxl.load_workbook(path)["户"]
    found = {c.value: c.data_type for c in cells[2]}
    assert found["=1+1"] == "s"
    (row,) = rows(registry.household)
    assert (row["village_group"], row["head_name"]) == ("=1+1", "@SUM(A1)")
