"""The same standard by xiuhua: packs, compiler and engine, nothing written by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
from hand_written import AS_OF, INDICATORS, SERVICES

from xiuhua.core.engines.duckdb import DuckDBEngine
from xiuhua.core.evaluate import evaluate
from xiuhua.core.packs import load_pack, open_packs
from xiuhua.core.standards.model import Pack
from xiuhua.core.standards.resolver import Standard, join, resolve
from xiuhua.core.tables import REGISTRY_LEVELS


REGION = "99"
# The packs know the line of 2019, but nothing of an invented region.
GIVEN = {"water_area": "rich", "area": "west"}


def xiuhua_duckdb(data: Path, out: Path, memory_mb: int | None = None) -> None:
    """Judge both packs over Parquet, the compilation included."""
    reader = open_packs()
    household, village = (
        load_pack(name, reader)
        for name in ("household_exit", "village_exit_heilongjiang")
    )
    standard = join(_resolved(household), _resolved(village))
    tables = {name: data / f"{name}.parquet" for name in REGISTRY_LEVELS}
    evaluate(standard, tables, engine=DuckDBEngine(memory_mb), out=out)


def _resolved(pack: Pack) -> Standard:
    given = {name: value for name, value in GIVEN.items() if name in pack.params}
    return resolve(pack, as_of=AS_OF, region=REGION, given=given)


def as_baseline(out: Path) -> None:
    """Bring the results into the names and files of the baselines, to compare them."""
    verdicts = ", ".join(f"v_{name} AS {name}" for name in (*INDICATORS, "overall"))
    services = ", ".join(
        f"v_{name} AS {name}" for name in ("incidence", *SERVICES, "overall")
    )
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT household_id, {verdicts}, "
            "r_net_income_per_capita AS net_income_per_capita, n_rows AS n_persons "
            f"FROM '{out}/household__judged.parquet') TO '{out}/verdicts.parquet'"
        )
        con.execute(
            f"COPY (SELECT village_code, {services} "
            f"FROM '{out}/village__judged.parquet') TO '{out}/villages.parquet'"
        )
        con.execute(
            "CREATE TABLE regions AS SELECT * RENAME "
            "(poverty_incidence AS incidence_per_100m) "
            f"FROM '{out}/regions.parquet'"
        )
        con.execute(f"COPY regions TO '{out}/regions.parquet'")
