"""Answer cases of kind `pps`: probabilities, systematic selection, joint ones."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from xiuhua.core.survey import inclusion
from xiuhua.core.survey.selection import systematic_positions


def _one(question: dict[str, Any], sizes: list[int]) -> dict[str, Any]:
    pik = inclusion.inclusion_probabilities(sizes, question["n"])
    result: dict[str, Any] = {
        "pik": [float(p) for p in pik],
        "n_certainty": sum(p == 1 for p in pik),
    }
    if "start" in question:
        start = Fraction(str(question["start"]))
        result["selected"] = [at + 1 for at in systematic_positions(pik, start)]
    if question.get("joint"):
        open_ = [float(p) for p in pik if p < 1]
        above = np.triu_indices(len(open_), 1)
        sampford = inclusion.sampford_joint(open_)
        entropy = inclusion.maximum_entropy_joint(open_)
        result |= {
            "sampford_joint_sum": float(sampford.sum() - np.trace(sampford)),
            "sampford_joint_1_2": float(sampford[0, 1]),
            "sampford_joint_min": float(sampford[above].min()),
            "maxent_joint_1_2": float(entropy[0, 1]),
            "maxent_joint_min": float(entropy[above].min()),
        }
    return result


def answer(case_dir: Path, spec: dict[str, Any]) -> dict[str, Any]:
    with (case_dir / spec["data"]).open(encoding="utf-8", newline="") as file:
        sizes = [int(row[spec["size"]]) for row in csv.DictReader(file)]
    return {q["id"]: _one(q, sizes) for q in spec["estimands"]}
