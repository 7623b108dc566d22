"""Both made-up counties: every planted fault, none missed, none invented."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from xiuhua.core.intake.read import Registry, read_registry


CASES = Path(__file__).parents[2] / "cases"
COUNTIES = ("county-2019", "county-2020")


@pytest.fixture(scope="module", params=COUNTIES)
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict, Registry]:
    folder = CASES / request.param
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    registry = read_registry(
        folder / "registry.xlsx",
        region=expected["county"],
        work_dir=tmp_path_factory.mktemp("county"),
        as_of=date.fromisoformat(expected["as_of"]),
    )
    return folder, expected, registry


def test_every_fault_and_no_other(county: tuple[Path, dict, Registry]) -> None:
    folder, expected, registry = county
    with (folder / "expected-faults.csv").open(encoding="utf-8") as file:
        planted = Counter(tuple(row) for row in list(csv.reader(file))[1:])
    found = Counter(
        (f["kind"], f["household_id"] or "", f["person_id"] or "")
        for f in registry.faults.to_pylist()
    )
    assert found == planted
    kinds = Counter(f["kind"] for f in registry.faults.to_pylist())
    assert kinds == Counter(expected["data_faults"])


def test_rows_counted_as_published(county: tuple[Path, dict, Registry]) -> None:
    _, expected, registry = county
    counts = expected["counts"]
    assert registry.rows_read["person"] == counts["person_rows"]
    assert pq.read_metadata(registry.person).num_rows == counts["persons"]
    assert pq.read_metadata(registry.household).num_rows == counts["households"]
    assert pq.read_metadata(registry.village).num_rows == counts["villages"]
    assert registry.ignored_columns == ()


def test_a_row_can_be_traced_to_the_workbook(
    county: tuple[Path, dict, Registry],
) -> None:
    folder, _, registry = county
    first = pq.read_table(registry.household).slice(0, 1).to_pylist()[0]
    assert (first["_file"], first["_sheet"], first["_row"]) == (
        "registry.xlsx",
        "户",
        2,
    )
    if folder.name == "county-2019":
        assert first["wage_income"] == 224972
        assert first["water_quantity"] == 2500
        assert first["exit_status"] == "exited"
