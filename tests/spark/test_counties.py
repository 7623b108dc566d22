"""The steps written for DuckDB run unchanged on Spark and say the same."""

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
from xiuhua.core.evaluate import evaluate


pytestmark = pytest.mark.spark


@pytest.mark.parametrize("county", COUNTIES, ids=lambda county: county.name)
def test_county_comes_out_exactly(county, engine, tmp_path) -> None:
    tables, standard = county.tables(tmp_path), county.standard()
    found = evaluate(standard, tables, engine=engine, out=tmp_path / "spark").files
    households = county.expected("expected-verdicts.csv")
    villages = county.expected("expected-villages.csv")
    assert by_key(found_verdicts(found["household__judged"]), "household_id") == by_key(
        households, "household_id"
    )
    assert by_key(found_villages(found["village__judged"]), "village") == by_key(
        villages, "village"
    )
    assert found_regions(found["regions"]) == county.expected_regions()
    duckdb = evaluate(
        standard, tables, engine=open_engine("duckdb"), out=tmp_path / "duckdb"
    ).files
    for step, path in found.items():
        assert _columns(path) == _columns(duckdb[step])


def _columns(path) -> list[tuple[str, str]]:
    return [(f.name, str(f.type)) for f in pq.read_schema(path)]
