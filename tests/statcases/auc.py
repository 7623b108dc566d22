"""Cases of kind `auc`: a score against an outcome."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from tests.statcases.answers import put
from tests.statcases.tables import as_text, read

from xiuhua.core.survey import discrimination
from xiuhua.core.survey.figures import NoFigure, Reason


AREA = ("auc", "auc_se", "auc_lower", "auc_upper")
CALIBRATION = ("calibration_slope", "calibration_intercept", "slope_se")
ERRORS = ("sensitivity", "specificity", "ppv", "exclusion_error", "inclusion_error")


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    table = read(folder / spec["data"])
    outcome, score = table.numbers(spec["outcome"]), table.numbers(spec["score"])
    known = ~(np.isnan(outcome) | np.isnan(score))
    y, p = outcome[known] == 1, score[known]
    result: dict[str, Any] = {}
    _put_all(result, AREA, discrimination.auc(y, p))
    # R drops incomplete pairs for the curve and the models, not for plain means.
    missing = NoFigure(Reason.MISSING_VALUES)
    whole = bool(known.all())
    put(result, "brier", discrimination.brier(y, p) if whole else missing)
    put(result, "log_loss", discrimination.log_loss(y, p) if whole else missing)
    _put_all(result, CALIBRATION, discrimination.calibration(y, p))
    for cutoff in spec.get("cutoffs", []):
        result[f"at_{as_text(cutoff)}"] = _at(y, p, float(cutoff), whole=whole)
    statistic, p_value = discrimination.hosmer_lemeshow(y, p)
    put(result, "hosmer_lemeshow_chi2", statistic if whole else missing)
    put(result, "hosmer_lemeshow_p_df8", p_value if whole else missing)
    return result


def _put_all(result: dict[str, Any], keys: tuple[str, ...], found: Any) -> None:
    absent = isinstance(found, NoFigure)
    values = [found] * len(keys) if absent else list(astuple(found))
    for key, value in zip(keys, values, strict=True):
        put(result, key, value)


def _at(y: np.ndarray, p: np.ndarray, cutoff: float, *, whole: bool) -> dict[str, Any]:
    found = discrimination.targeting(y, p, cutoff)
    missing = NoFigure(Reason.MISSING_VALUES)
    result: dict[str, Any] = {}
    put(result, "flagged", found.flagged if whole else missing)
    put(result, "tp", found.cases_flagged if whole else missing)
    errors = (
        found.sensitivity,
        found.specificity,
        found.predictive_value,
        found.exclusion_error,
        found.inclusion_error,
    )
    for key, value in zip(ERRORS, errors, strict=True):
        put(result, key, value if whole else missing)
    return result
