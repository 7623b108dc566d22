"""Measure how screening grows from 1 to 30 million households; `make bench-slope`.

One run each, under a cap on memory. The data (4 GB) are written one size after the
other and deleted; run it when half an hour and 10 GB of disk are free.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from measure import in_child, record, run_child
from population import DATA, population_of
from screening_xiuhua import xiuhua_duckdb


SIZES = (1_000_000, 3_000_000, 10_000_000, 30_000_000)
CAP_MB = 4096
# What Python, Arrow and DuckDB's own code take beside the memory DuckDB counts.
_BESIDE_MB = 900
_DISK_GB = 10
_LINEAR_WITHIN = 0.2


def main() -> None:
    arguments = _arguments()
    if arguments.child:
        limit = CAP_MB - _BESIDE_MB
        in_child(lambda: xiuhua_duckdb(arguments.data, arguments.out, limit))
        return
    if shutil.disk_usage(DATA.parents[1]).free < _DISK_GB * 2**30:
        sys.exit(f"{_DISK_GB} GB of free disk are needed")
    runs = {households: _measured(households) for households in arguments.sizes}
    per_million = {
        n: round(run["cpu_s"] / (n / 1_000_000), 3) for n, run in runs.items()
    }
    smallest, largest = min(runs), max(runs)
    growth = per_million[largest] / per_million[smallest]
    path = record(
        "slope",
        {
            "cap_mb": CAP_MB,
            "runs": runs,
            "cpu_s_per_million_households": per_million,
            "growth_of_cost_per_household": round(growth, 3),
            "linear_within_a_fifth": abs(growth - 1) <= _LINEAR_WITHIN,
            "within_cap": all(run["peak_mb"] <= CAP_MB for run in runs.values()),
        },
    )
    print(path.read_text(encoding="utf-8"))


def _measured(households: int) -> dict[str, float]:
    data = population_of(households, "nation")
    out = DATA / "out" / "slope"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    took = run_child(
        ["slope.py", "--child", "yes", "--data", str(data), "--out", str(out)]
    )
    shutil.rmtree(out)
    shutil.rmtree(data)
    return {name: round(value, 2) for name, value in took.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--child")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
