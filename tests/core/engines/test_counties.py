"""Both made-up counties come out exactly, on every engine that is always there."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from tests.core.engines.counties import (
    COUNTIES,
    by_key,
    found_regions,
    found_verdicts,
    found_villages,
)

from xiuhua.core.engines.registry import open_engine
from xiuhua.core.evaluate import Evaluation, evaluate


ENGINES = ("memory", "duckdb")


@pytest.fixture(scope="module", params=COUNTIES, ids=lambda county: county.name)
def county(request):
    return request.param


@pytest.fixture(scope="module")
def evaluations(county, tmp_path_factory) -> dict[str, Evaluation]:
    work_dir = tmp_path_factory.mktemp(county.name)
    tables, standard = county.tables(work_dir), county.standard()
    return {
        name: evaluate(
            standard, tables, engine=open_engine(name), out=work_dir / f"{name}-results"
        )
        for name in ENGINES
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_verdicts(county, evaluations, engine) -> None:
    found = found_verdicts(evaluations[engine].files["household__judged"])
    expected = county.expected("expected-verdicts.csv")
    assert by_key(found, "household_id") == by_key(expected, "household_id")


@pytest.mark.parametrize("engine", ENGINES)
def test_villages(county, evaluations, engine) -> None:
    found = found_villages(evaluations[engine].files["village__judged"])
    expected = county.expected("expected-villages.csv")
    assert by_key(found, "village") == by_key(expected, "village")


@pytest.mark.parametrize("engine", ENGINES)
def test_regions(county, evaluations, engine) -> None:
    found = found_regions(evaluations[engine].files["regions"])
    assert found == county.expected_regions()


@pytest.mark.parametrize("step", ["household__judged", "village__judged", "regions"])
def test_engines_write_the_same_table(evaluations, step) -> None:
    memory, duckdb = (pq.read_table(evaluations[name].files[step]) for name in ENGINES)
    columns = [[(f.name, f.type) for f in t.schema] for t in (memory, duckdb)]
    assert columns[0] == columns[1]
    key = memory.column_names[0]
    assert memory.sort_by(key).to_pylist() == duckdb.sort_by(key).to_pylist()
