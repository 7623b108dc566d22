"""Measure screening against the same standard written by hand; `make bench`.

Every competitor runs in a fresh process, in turn, after one run to warm the files; the
medians of all rounds are kept in `results/screening.json`. The results of all must be
the same, row by row, or nothing is recorded. The machine may be busy: compare CPU
seconds beside wall time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agreement import digests
from measure import in_child, middle, record, run_child, start_up
from population import DATA, population_of
from screening_baselines import BASELINES
from screening_xiuhua import as_baseline, xiuhua_duckdb


HAND_WRITTEN = "duckdb_sql"
OURS = "xiuhua_duckdb"
COMPETITORS: dict[str, Callable[[Path, Path], None]] = {
    **BASELINES,
    OURS: xiuhua_duckdb,
}


def main() -> None:
    arguments = _arguments()
    if arguments.child:
        work = COMPETITORS[arguments.child]
        in_child(lambda: work(arguments.data, arguments.out))
        return
    data = population_of(arguments.households)
    figures = _screening(data, arguments.rounds)
    path = record(
        "screening",
        {
            "households": arguments.households,
            "rounds": arguments.rounds,
            "screening": figures,
            "help": _help(arguments.rounds),
        },
    )
    _show(figures, path)


def _screening(data: Path, rounds: int) -> dict[str, Any]:
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in COMPETITORS}
    agreed: dict[str, dict[str, str]] = {}
    for turn in range(rounds + 1):
        for name in COMPETITORS:
            out = DATA / "out" / name
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            took = run_child(
                ["run.py", "--child", name, "--data", str(data), "--out", str(out)]
            )
            if turn:
                runs[name].append(took)
            else:
                agreed[name] = _digests(name, out)
    if any(found != agreed[HAND_WRITTEN] for found in agreed.values()):
        sys.exit(f"the results differ: {agreed}")
    figures = {name: middle(taken) for name, taken in runs.items()}
    base = figures[HAND_WRITTEN]
    for found in figures.values():
        for unit in ("wall_s", "cpu_s"):
            found[f"{unit[:-2]}_ratio"] = round(found[unit] / base[unit], 2)
    return figures


def _digests(name: str, out: Path) -> dict[str, str]:
    if name == OURS:
        as_baseline(out)
    return digests(out)


def _help(rounds: int) -> dict[str, float]:
    """What `xiuhua --help` takes, start-up included."""
    return middle([start_up("-m", "xiuhua", "--help") for _ in range(rounds + 1)][1:])


def _show(figures: dict[str, Any], path: Path) -> None:
    print(f"{'':20}{'wall s':>8}{'CPU s':>8}{'MB':>8}{'wall x':>8}{'CPU x':>8}")
    for name, found in figures.items():
        print(
            f"{name:20}{found['wall_s']:8.2f}{found['cpu_s']:8.2f}"
            f"{found['peak_mb']:8.0f}{found['wall_ratio']:8.2f}{found['cpu_ratio']:8.2f}"
        )
    print(path)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=650_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", choices=COMPETITORS)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
