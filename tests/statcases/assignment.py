"""Answer cases of kind `assignment`: the least total cost, one and several each."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from xiuhua.core.teams.matching import Party, match_teams


_PLACE = ("x_km", "y_km")


def parties(path: Path, key: str) -> list[Party]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Party(
                row[key],
                {k: float(v) for k, v in row.items() if k not in (*_PLACE, key)},
                float(row["x_km"]),
                float(row["y_km"]),
            )
            for row in csv.DictReader(file)
        ]


def answer(case_dir: Path, spec: dict[str, Any]) -> dict[str, Any]:
    villages = parties(case_dir / "villages.csv", "village")
    cadres = parties(case_dir / "cadres.csv", "cadre")
    single = match_teams(villages, cadres)
    teams = match_teams(villages, cadres, team_size=spec["team_size"])
    return {
        "optimal_cost_one_per_village": sum(m.cost for m in single),
        "optimal_cost_teams": sum(m.cost for m in teams),
    }
