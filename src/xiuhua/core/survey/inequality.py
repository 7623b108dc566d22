"""Inequality of incomes: Gini, quintile ratio, Atkinson, generalized entropy."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.indicators import Incomes, Indicator, refusal
from xiuhua.core.survey.poverty import density, quantile


class GiniForm(StrEnum):
    """Two forms in use.

    `lorenz_area` is twice the area between the Lorenz polygon and the diagonal and
    does not change when weights are rescaled: the one to publish. `rank` is that of
    R `convey`, (2 r - 1) w x, which does change; it is here to compare.
    """

    LORENZ_AREA = "lorenz_area"
    RANK = "rank"


def gini(
    incomes: Incomes, form: GiniForm = GiniForm.LORENZ_AREA
) -> Indicator | NoFigure:
    """Return the Gini coefficient (Langel and Tillé 2013, JRSS A 176:521)."""
    refused = refusal(incomes)
    if refused:
        return refused
    order = np.argsort(incomes.y, kind="stable")
    x, w = incomes.y[order], incomes.w[order]
    size, income = incomes.weight, float(np.sum(w * x))
    if income == 0:
        return NoFigure(Reason.ZERO_DENOMINATOR)
    rank, below = np.cumsum(w), np.cumsum(w * x)
    own = w if form is GiniForm.LORENZ_AREA else np.ones_like(w)
    above = float(np.sum((2 * rank - own) * w * x))
    value = above / (size * income) - 1
    slope = 2 * (rank * x + income - below + w * x)
    slope = slope - (2 * w * x if form is GiniForm.LORENZ_AREA else x)
    linearized = slope / (size * income) - (value + 1) * (1 / size + x / income)
    unsorted = np.empty_like(linearized)
    unsorted[order] = linearized
    return incomes.indicator(value, unsorted)


def quintile_ratio(incomes: Incomes, share: float = 0.2) -> Indicator | NoFigure:
    """Return the income of the top share over that of the bottom share (S80/S20)."""
    refused = refusal(incomes)
    if refused:
        return refused
    bottom = _income_below(incomes, share)
    rest = _income_below(incomes, 1 - share)
    if isinstance(bottom, NoFigure) or isinstance(rest, NoFigure):
        return NoFigure(Reason.NO_VARIATION)
    if bottom.value == 0:
        return NoFigure(Reason.ZERO_DENOMINATOR)
    inside = np.where(incomes.domain, incomes.values, 0.0)
    top = float(np.sum(incomes.w * incomes.y)) - rest.value
    linearized = (inside - rest.linearized) / bottom.value
    linearized = linearized - top / bottom.value**2 * bottom.linearized
    return Indicator(top / bottom.value, linearized)


def atkinson(incomes: Incomes, epsilon: float) -> Indicator | NoFigure:
    """Return the Atkinson index; defined for positive incomes only."""
    refused = refusal(incomes, positive=True)
    if refused:
        return refused
    y, size = np.where(incomes.w > 0, incomes.y, 1.0), incomes.weight
    mean = incomes.mean(y)
    if epsilon == 1:
        equal = float(np.exp(incomes.mean(np.log(y))))
        by_row = equal * (np.log(y) - incomes.mean(np.log(y))) / size
    else:
        power = 1 - epsilon
        moment = incomes.mean(y**power)
        equal = moment ** (1 / power)
        by_row = equal / (power * moment) * (y**power - moment) / size
    linearized = -by_row / mean + equal / mean**2 * (y - mean) / size
    return incomes.indicator(1 - equal / mean, linearized)


def generalized_entropy(incomes: Incomes, epsilon: float) -> Indicator | NoFigure:
    """Return the generalized entropy index: 0 mean log deviation, 1 Theil.

    Defined for positive incomes only.
    """
    refused = refusal(incomes, positive=True)
    if refused:
        return refused
    y, size = np.where(incomes.w > 0, incomes.y, 1.0), incomes.weight
    mean = incomes.mean(y)
    u = y / mean
    if epsilon == 0:
        score, slope = -np.log(u), 1.0
    elif epsilon == 1:
        score = u * np.log(u)
        slope = -(incomes.mean(score) + 1)
    else:
        score = (u**epsilon - 1) / (epsilon**2 - epsilon)
        slope = -incomes.mean(u**epsilon) / (epsilon - 1)
    value = incomes.mean(score)
    linearized = (score - value) / size + slope * (u - 1) / size
    return incomes.indicator(value, linearized)


def _income_below(incomes: Incomes, share: float) -> Indicator | NoFigure:
    """Return the income of those at or below a quantile."""
    cut = quantile(incomes.y, incomes.w, share)
    slope = incomes.weight * density(incomes, cut)
    if slope == 0:
        return NoFigure(Reason.NO_VARIATION)
    below = incomes.y <= cut
    at_cut = density(incomes, cut, of_income=True) / slope
    linearized = incomes.y * below - at_cut * (below - share)
    value = float(np.sum(incomes.w * incomes.y * below))
    return incomes.indicator(value, linearized)
