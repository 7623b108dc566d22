"""Generalized linear models with design-based standard errors.

Coefficients by iteratively reweighted least squares on the sampling weights,
standard errors by linearization of the score equations (Binder 1983, International
Statistical Review 51:279; R `survey::svyglm`). The iteration runs to 1e-15: R's
default stops early and moves standard errors by up to 1e-4 of their size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from xiuhua.core.survey.figures import FloatArray, Mask, NoFigure, Reason
from xiuhua.core.survey.linearization import covariance
from xiuhua.core.survey.samples import domain_size
from xiuhua.core.survey.sampling_design import Design


MAX_ITERATIONS = 100
TOLERANCE = 1e-15
RANK_TOLERANCE = 1e-7


class Family(StrEnum):
    """The distribution of the outcome, with its canonical link."""

    GAUSSIAN = "gaussian"
    BINOMIAL = "binomial"
    POISSON = "poisson"


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients in the order of the columns; NaN where a column was redundant."""

    coefficients: FloatArray
    standard_errors: FloatArray
    df_residual: int


def fit(
    design: Design,
    columns: FloatArray,
    outcome: FloatArray,
    family: Family,
    *,
    domain: Mask | None = None,
    offset: FloatArray | None = None,
) -> Fit | NoFigure:
    """Fit a model; rows with a missing value lie outside the domain.

    A column that depends on those before it gets no coefficient, as in R.
    """
    shift = np.zeros(design.rows) if offset is None else offset
    used = ~(np.isnan(columns).any(axis=1) | np.isnan(outcome) | np.isnan(shift))
    if domain is not None:
        used &= domain
    if not used.any():
        return NoFigure(Reason.EMPTY_DOMAIN)
    weights = design.weights[used]
    kept = independent_columns(columns[used] * np.sqrt(weights)[:, None])
    x, y = columns[used][:, kept], outcome[used]
    found = _iterate(x, y, weights, shift[used], family)
    if found is None:
        return NoFigure(Reason.NO_CONVERGENCE)
    beta, mu, slope = found
    bread = np.linalg.inv((x * (weights * slope)[:, None]).T @ x)
    influence = np.zeros((design.rows, x.shape[1]))
    influence[used] = (x * (weights * (y - mu))[:, None]) @ bread
    errors = np.sqrt(np.diag(covariance(design, influence, used)))
    size = domain_size(design, used)
    return Fit(
        _spread_out(beta, kept), _spread_out(errors, kept), size.df + 1 - x.shape[1]
    )


def independent_columns(columns: FloatArray) -> Mask:
    """Return which columns do not depend linearly on the ones before them."""
    kept = np.zeros(columns.shape[1], dtype=bool)
    basis = np.empty((columns.shape[0], 0))
    for j, column in enumerate(columns.T):
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        length = float(np.linalg.norm(rest))
        if length > RANK_TOLERANCE * max(float(np.linalg.norm(column)), 1e-300):
            kept[j] = True
            basis = np.column_stack([basis, rest / length])
    return kept


def _spread_out(values: FloatArray, kept: Mask) -> FloatArray:
    result = np.full(kept.size, np.nan)
    result[kept] = values
    return result


def _iterate(
    x: FloatArray, y: FloatArray, weights: FloatArray, shift: FloatArray, family: Family
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Return coefficients, means and slopes dmu/deta, or None without convergence."""
    start, mean_of, deviance = FAMILIES[family]
    mu = start(y)
    eta = _link(mu, family)
    previous = np.inf
    for _ in range(MAX_ITERATIONS):
        slope = _slope(mu, family)
        working = eta - shift + (y - mu) / slope
        root = np.sqrt(weights * slope)
        solved = np.linalg.lstsq(x * root[:, None], working * root, rcond=None)[0]
        beta = np.asarray(solved, dtype=np.float64)
        eta = x @ beta + shift
        mu = np.asarray(mean_of(eta), dtype=np.float64)
        if not np.isfinite(mu).all() or (_slope(mu, family) <= 0).any():
            return None
        current = float(np.sum(weights * deviance(y, mu)))
        if abs(current - previous) <= TOLERANCE * (abs(current) + 0.1):
            return beta, mu, _slope(mu, family)
        previous = current
    return beta, mu, _slope(mu, family)


def _link(mu: FloatArray, family: Family) -> FloatArray:
    if family is Family.BINOMIAL:
        return np.log(mu / (1 - mu))
    return np.log(mu) if family is Family.POISSON else mu


def _slope(mu: FloatArray, family: Family) -> FloatArray:
    """Return dmu/deta, which for canonical links is the variance function."""
    if family is Family.BINOMIAL:
        return mu * (1 - mu)
    return mu if family is Family.POISSON else np.ones_like(mu)


def _expit(eta: FloatArray) -> FloatArray:
    return 1 / (1 + np.exp(-np.clip(eta, -700, 700)))


def _binomial_deviance(y: FloatArray, mu: FloatArray) -> FloatArray:
    one, zero = np.maximum(y, 1e-300), np.maximum(1 - y, 1e-300)
    return 2 * (y * np.log(one / mu) + (1 - y) * np.log(zero / (1 - mu)))


def _poisson_deviance(y: FloatArray, mu: FloatArray) -> FloatArray:
    return 2 * (y * np.log(np.maximum(y, 1e-300) / mu) - (y - mu))


Vector = Callable[[FloatArray], FloatArray]
Deviance = Callable[[FloatArray, FloatArray], FloatArray]
FAMILIES: dict[Family, tuple[Vector, Vector, Deviance]] = {
    Family.GAUSSIAN: (lambda y: y, lambda eta: eta, lambda y, mu: (y - mu) ** 2),
    Family.BINOMIAL: (lambda y: (y + 0.5) / 2, _expit, _binomial_deviance),
    Family.POISSON: (lambda y: y + 0.1, np.exp, _poisson_deviance),
}
