"""Answer cases of kind `allocation`: sample sizes and their spread over strata."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from xiuhua.core.survey import designs


def _strata(path: Path) -> list[designs.Stratum]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            designs.Stratum(
                row.get("stratum", str(at)),
                int(row["N"]),
                float(row["S"]),
                float(row.get("cost") or 1),
            )
            for at, row in enumerate(csv.DictReader(file))
        ]


def _one(question: dict[str, Any], strata: list[designs.Stratum]) -> dict[str, Any]:
    level = question.get("level", 0.95)
    match question["type"]:
        case "proportional":
            return {"n_h": designs.proportional(strata, question["n"])}
        case "neyman":
            shares = designs.neyman(strata, question["n"])
            variance = designs.variance_of_mean(strata, shares)
            return {"n_h": shares, "variance_mean": variance}
        case "optimal_cost":
            return {"n_h": designs.cost_optimal(strata, question["n"])}
        case "size_proportion":
            size = designs.size_for_margin(
                question["p"],
                question["margin"],
                population=question["N"],
                level=level,
                design_effect=question.get("deff", 1.0),
            )
            return {"n0": size.infinite, "n_fpc": size.finite}
        case "zero_events":
            return {"n": designs.size_for_zero_events(question["p"], level=level)}
        case "deff_cluster":
            effect = designs.cluster_design_effect(question["m"], question["icc"])
            return {"deff": effect, "n_eff": question["n"] / effect}
    raise ValueError(f"unknown type {question['type']}")


def answer(case_dir: Path, spec: dict[str, Any]) -> dict[str, Any]:
    strata = _strata(case_dir / spec["data"])
    return {q["id"]: _one(q, strata) for q in spec["estimands"]}
