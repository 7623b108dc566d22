"""How well a score tells who relapsed: AUC, calibration, errors of targeting.

Scores order visits; none of these figures decides about a family. AUC variance:
DeLong, DeLong and Clarke-Pearson 1988 (Biometrics 44:837); calibration: Cox 1958
(Biometrika 45:562).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from xiuhua.core.survey.figures import (
    Figure,
    FloatArray,
    Mask,
    NoFigure,
    Reason,
    figure,
    quotient,
)
from xiuhua.core.survey.regression import Family, Fit, fit, independent_columns
from xiuhua.core.survey.sampling_design import declare


@dataclass(frozen=True)
class Discrimination:
    """The area under the ROC curve with DeLong's standard error and interval."""

    auc: float
    se: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Calibration:
    """Slope of the outcome on the logit of the score, and intercept at slope one."""

    slope: float
    intercept: float
    slope_se: float


@dataclass(frozen=True)
class Targeting:
    """Counts and errors of flagging everyone at or above a cutoff.

    `exclusion_error` is the share of cases not flagged, `inclusion_error` the share
    of the flagged that are no cases.
    """

    flagged: int
    cases_flagged: int
    sensitivity: Figure
    specificity: Figure
    predictive_value: Figure
    exclusion_error: Figure
    inclusion_error: Figure


def auc(
    outcome: Mask, score: FloatArray, level: float = 0.95
) -> Discrimination | NoFigure:
    """Return the probability that a case scores above a non-case, ties half."""
    cases, others = score[outcome], score[~outcome]
    if cases.size < 2 or others.size < 2:
        return NoFigure(Reason.ONE_CLASS_ONLY)
    ranks = stats.rankdata(score)
    above_others = (ranks[outcome] - stats.rankdata(cases)) / others.size
    below_cases = 1 - (ranks[~outcome] - stats.rankdata(others)) / cases.size
    area = float(above_others.mean())
    variance = above_others.var(ddof=1) / cases.size
    variance += below_cases.var(ddof=1) / others.size
    error = math.sqrt(variance)
    half = float(stats.norm.ppf(1 - (1 - level) / 2)) * error
    return Discrimination(area, error, max(area - half, 0.0), min(area + half, 1.0))


def brier(outcome: Mask, score: FloatArray) -> float:
    """Return the mean squared distance of score and outcome."""
    return float(np.mean((score - outcome) ** 2))


def log_loss(outcome: Mask, score: FloatArray) -> Figure:
    """Return the mean negative log likelihood; absent for certain scores."""
    if ((score <= 0) | (score >= 1)).any():
        return NoFigure(Reason.OUTSIDE_UNIT_INTERVAL)
    return float(-np.mean(np.log(np.where(outcome, score, 1 - score))))


def calibration(outcome: Mask, score: FloatArray) -> Calibration | NoFigure:
    """Return slope and intercept of calibration, with the model-based slope error."""
    if ((score <= 0) | (score >= 1)).any():
        return NoFigure(Reason.OUTSIDE_UNIT_INTERVAL)
    if outcome.all() or not outcome.any():
        return NoFigure(Reason.ONE_CLASS_ONLY)
    logit = np.log(score / (1 - score))
    ones, y = np.ones(score.size), outcome.astype(np.float64)
    columns = np.column_stack([ones, logit])
    if not independent_columns(columns).all():
        return NoFigure(Reason.NO_VARIATION)
    design = declare(score.size)
    sloped = fit(design, columns, y, Family.BINOMIAL)
    shifted = fit(design, columns[:, :1], y, Family.BINOMIAL, offset=logit)
    if not (isinstance(sloped, Fit) and isinstance(shifted, Fit)):
        return NoFigure(Reason.NO_CONVERGENCE)
    mu = 1 / (1 + np.exp(-(columns @ sloped.coefficients)))
    information = (columns * (mu * (1 - mu))[:, None]).T @ columns
    error = math.sqrt(np.linalg.inv(information)[1, 1])
    slope, intercept = sloped.coefficients[1], shifted.coefficients[0]
    return Calibration(float(slope), float(intercept), error)


def targeting(outcome: Mask, score: FloatArray, cutoff: float) -> Targeting:
    """Return the errors made by flagging scores at or above the cutoff."""
    flagged = score >= cutoff
    hits = int(np.sum(flagged & outcome))
    n_flagged, cases = int(flagged.sum()), int(outcome.sum())
    spared = int(np.sum(~flagged & ~outcome))

    def share(part: int, whole: int) -> Figure:
        return figure(quotient(part, whole), Reason.ZERO_DENOMINATOR)

    return Targeting(
        n_flagged,
        hits,
        share(hits, cases),
        share(spared, outcome.size - cases),
        share(hits, n_flagged),
        share(cases - hits, cases),
        share(n_flagged - hits, n_flagged),
    )


def targeting_by_group(
    outcome: Mask, score: FloatArray, cutoff: float, groups: Sequence[Hashable]
) -> dict[Hashable, Targeting]:
    """Return the errors in each group, to see whether they fall on some more."""
    labels = np.array([str(g) for g in groups])
    return {
        g: targeting(outcome[labels == str(g)], score[labels == str(g)], cutoff)
        for g in dict.fromkeys(groups)
    }


def calibration_by_period(
    outcome: Mask, score: FloatArray, periods: Sequence[Hashable]
) -> dict[Hashable, Calibration | NoFigure]:
    """Return the calibration in each period: a drifting intercept ages a model."""
    labels = np.array([str(p) for p in periods])
    return {
        p: calibration(outcome[labels == str(p)], score[labels == str(p)])
        for p in dict.fromkeys(periods)
    }


def hosmer_lemeshow(
    outcome: Mask, score: FloatArray, groups: int = 10
) -> tuple[Figure, Figure]:
    """Return the Hosmer-Lemeshow statistic and its p value at groups - 2.

    Groups of equal count in order of score; equal scores stand in order of rows.
    """
    order = np.argsort(score, kind="stable")
    rank = np.empty(score.size, dtype=np.int64)
    rank[order] = np.ceil(np.arange(1, score.size + 1) * groups / score.size)
    observed = np.bincount(rank, weights=outcome)[1:]
    expected = np.bincount(rank, weights=score)[1:]
    number = np.bincount(rank)[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (observed - expected) ** 2 / (expected * (1 - expected / number))
    statistic = float(terms.sum())
    p_value = float(stats.chi2.sf(statistic, groups - 2))
    return figure(statistic), figure(p_value)
