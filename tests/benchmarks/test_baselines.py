"""What the benchmark compares is the same work: all results agree, gaps included."""

import sys
from pathlib import Path

import pytest

from xiuhua.core.synthetic.files import write_population
from xiuhua.core.synthetic.population import Recipe


sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import agreement
import hand_written
import screening_baselines
import screening_xiuhua


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    folder = tmp_path_factory.mktemp("population") / "made"
    recipe = Recipe(3000, 4, faults=0.02, as_of=hand_written.AS_OF)
    write_population(recipe, folder, "parquet")
    return folder


def test_every_competitor_finds_the_same(population, tmp_path):
    found = {}
    for name, work in screening_baselines.BASELINES.items():
        (tmp_path / name).mkdir()
        work(population, tmp_path / name)
        found[name] = agreement.digests(tmp_path / name)
    screening_xiuhua.xiuhua_duckdb(population, tmp_path / "ours")
    screening_xiuhua.as_baseline(tmp_path / "ours")

    ours = agreement.digests(tmp_path / "ours")

    assert set(found) == {"duckdb_sql", "polars_streaming", "pandas"}
    assert all(digests == ours for digests in found.values())
