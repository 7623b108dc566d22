"""Time the four rates of 88 counties over 2.6 million household rows.

Makes the data, then in a process of its own estimates wrong-exit rate, missed rate,
approval and comprehensive incidence of every county from PSU totals summed in
DuckDB, and in another the same for a single domain. Prints seconds and peak memory
and keeps them in benchmarks/results.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb
from measure import in_child, record, run_child

from xiuhua.core.survey.decisions import Direction, Threshold
from xiuhua.core.survey.estimators import Terms
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.survey.intervals import Method
from xiuhua.core.survey.psu_totals import Group, Layout, Sum, psu_samples
from xiuhua.core.survey.rates import Population, comprehensive_incidence, rate


SECONDS_ALLOWED = 10.0
MEGABYTES_ALLOWED = 2048

EXITED = Group("household_group", ("exited",))
ORDINARY = Group("household_group", ("ordinary", "low_income", "disabled", "ill"))
MEASURES = (
    Sum("wrong", "wrong_persons", EXITED),
    Sum("exited", "persons", EXITED),
    Sum("missed", "missed_persons", ORDINARY),
    Sum("unregistered", "persons", ORDINARY),
    Sum("approving", "approves"),
    Sum("asked"),
)
BELOW = Threshold(0.02, Direction.BELOW, strict=True)
ABOVE = Threshold(0.90, Direction.ABOVE, strict=False)
LOW = Terms(Method.KORN_GRAUBARD, threshold=BELOW, assumed_deff=1.5)
HIGH = Terms(Method.KORN_GRAUBARD, threshold=ABOVE, assumed_deff=1.5)

# Villages lie in three strata per county and hold about 290 households each.
MAKE = """
copy (
    select
        printf('%06d', village % {counties}) as county,
        printf('%06d-%d', village % {counties}, village // {counties} % 3) as stratum,
        printf('%06d', village) as village,
        1.0 + (village % 17) / 10.0 as weight,
        case hash(i * 8 + 1) % 10
            when 0 then 'low_income' when 1 then 'disabled' when 2 then 'ill'
            when 3 then 'ordinary' when 4 then 'ordinary' else 'exited' end
            as household_group,
        cast(1 + hash(i * 8 + 2) % 6 as utinyint) as persons,
        case when hash(i * 8 + 3) % 1000 < 4 + village % 9
            then cast(1 + hash(i * 8 + 2) % 6 as utinyint) else 0 end as wrong_persons,
        case when hash(i * 8 + 4) % 1000 < 2 + village % 7
            then cast(1 + hash(i * 8 + 2) % 6 as utinyint) else 0 end as missed_persons,
        cast(hash(i * 8 + 5) % 1000 < 930 + village % 60 as utinyint) as approves
    from (select i, hash(i * 8) % {villages} as village from range({rows}) t(i))
) to '{path}' (format parquet)
"""


def check(absent: int) -> None:
    """Fail when a rate had no interval: a fast answer that is none does not count."""
    if absent:
        raise RuntimeError(f"{absent} rates have no interval")


def estimate(path: Path, domain: str | None) -> int:
    """Estimate all four rates of every domain; return how many had no interval."""
    with duckdb.connect() as connection:
        connection.execute(f"create view sample as from read_parquet('{path}')")
        layout = Layout("sample", "village", "stratum", "weight", domain)
        samples = psu_samples(connection, layout, MEASURES)
    population = Population(1_320, 7_445, 169_613, 178_378)
    absent = 0
    for sample in samples.values():
        found = (
            rate(sample, "wrong", "exited", LOW),
            rate(sample, "missed", "unregistered", LOW),
            rate(sample, "approving", "asked", HIGH),
            comprehensive_incidence(sample, population, LOW),
        )
        absent += sum(isinstance(f.estimate.interval, NoFigure) for f in found)
    return absent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_600_000)
    parser.add_argument("--villages", type=int, default=9_000)
    parser.add_argument("--counties", type=int, default=88)
    parser.add_argument("--child", type=Path)
    parser.add_argument("--domain")
    given = parser.parse_args()
    if given.child:
        in_child(lambda: check(estimate(given.child, given.domain)))
        return 0
    sizes = {k: vars(given)[k] for k in ("rows", "villages", "counties")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.parquet"
        with duckdb.connect() as connection:
            connection.execute(MAKE.format(path=path, **sizes))
        child = [__file__, "--child", str(path)]
        counties = run_child([*child, "--domain", "county"])
        whole = run_child(child)
    result = {
        "sizes": sizes,
        "by_county": counties,
        "single_domain": whole,
        "ratio_of_wall": round(counties["wall_s"] / whole["wall_s"], 3),
        "seconds_allowed": SECONDS_ALLOWED,
        "peak_mb_allowed": MEGABYTES_ALLOWED,
    }
    path = record("survey_rates", result)
    print(path.read_text(encoding="utf-8"))
    in_time = counties["wall_s"] <= SECONDS_ALLOWED
    return 0 if in_time and counties["peak_mb"] <= MEGABYTES_ALLOWED else 1


if __name__ == "__main__":
    raise SystemExit(main())
