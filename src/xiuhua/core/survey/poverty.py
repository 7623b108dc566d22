"""Poverty indicators: Foster-Greer-Thorbecke, Watts, at-risk rates and medians.

A person is poor with an income equal to the line or below it (y <= z), as in R
`convey`; texts that say *below the line* need `strict=True`. Foster, Greer and
Thorbecke 1984 (Econometrica 52:761); Osier 2009 (Survey Research Methods 3:167) for
the linearization of relative thresholds.
"""

from __future__ import annotations

import math

import numpy as np

from xiuhua.core.survey.figures import FloatArray, NoFigure, Reason
from xiuhua.core.survey.indicators import Incomes, Indicator, refusal


def fgt(
    incomes: Incomes, line: float, power: int, *, strict: bool = False
) -> Indicator | NoFigure:
    """Return the mean of ((z - y) / z)^power over the poor.

    Power 0 is the incidence, 1 the poverty gap, 2 the severity.
    """
    refused = refusal(incomes)
    if refused:
        return refused
    depth = _depth(incomes.y, line, power, strict=strict)
    value = incomes.mean(depth)
    return incomes.indicator(value, (depth - value) / incomes.weight)


def watts(incomes: Incomes, line: float) -> Indicator | NoFigure:
    """Return the mean of ln(z / y) over the poor (Watts 1968)."""
    refused = refusal(incomes, positive=True)
    if refused:
        return refused
    positive = np.where(incomes.w > 0, incomes.y, line)
    depth = np.where(positive <= line, np.log(line / positive), 0.0)
    value = incomes.mean(depth)
    return incomes.indicator(value, (depth - value) / incomes.weight)


def quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """Return the smallest value with at least the share of the weight at or below."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order]) / weights.sum()
    place = min(int(np.searchsorted(cumulated, share, side="left")), values.size - 1)
    return float(values[order][place])


def threshold(
    incomes: Incomes, *, percent: float = 0.6, share: float = 0.5
) -> Indicator | NoFigure:
    """Return the at-risk-of-poverty threshold: a percentage of a quantile."""
    refused = refusal(incomes)
    if refused:
        return refused
    found = quantile(incomes.y, incomes.w, share)
    slope = incomes.weight * density(incomes, found)
    if slope == 0:
        return NoFigure(Reason.NO_VARIATION)
    at_or_below = (incomes.y <= found).astype(np.float64)
    linearized = -percent / slope * (at_or_below - share)
    return incomes.indicator(percent * found, linearized)


def at_risk_rate(incomes: Incomes, line: Indicator) -> Indicator | NoFigure:
    """Return the share of the domain at or below an estimated threshold."""
    return relative_fgt(incomes, line, 0)


def relative_fgt(incomes: Incomes, line: Indicator, power: int) -> Indicator | NoFigure:
    """Return a Foster-Greer-Thorbecke measure against an estimated threshold."""
    fixed = fgt(incomes, line.value, power)
    if isinstance(fixed, NoFigure):
        return fixed
    z, y = line.value, incomes.y
    slope = 0.0
    if power > 0:
        gap = np.where(y <= z, power * ((z - y) / z) ** (power - 1) * y / z**2, 0.0)
        slope = incomes.mean(gap)
    else:
        slope = density(incomes, z)
    return Indicator(fixed.value, fixed.linearized + slope * line.linearized)


def median_of_poor(incomes: Incomes, line: Indicator) -> Indicator | NoFigure:
    """Return the median income of those at or below an estimated threshold."""
    rate = at_risk_rate(incomes, line)
    if isinstance(rate, NoFigure):
        return rate
    poor = (incomes.y <= line.value) & (incomes.w > 0)
    if not poor.any() or not incomes.y[poor].any():
        return NoFigure(Reason.EMPTY_DOMAIN)
    found = quantile(incomes.y[poor], incomes.w[poor], 0.5)
    slope = density(incomes, found)
    at_or_below = (incomes.y <= found).astype(np.float64)
    half = (at_or_below - 0.5 * rate.value) / incomes.weight
    part = incomes.indicator(found, half)
    return Indicator(found, (0.5 * rate.linearized - part.linearized) / slope)


def median_gap(incomes: Incomes, line: Indicator) -> Indicator | NoFigure:
    """Return the relative median gap: (threshold - median of poor) / threshold."""
    median = median_of_poor(incomes, line)
    if isinstance(median, NoFigure):
        return median
    z = line.value
    linearized = median.value / z**2 * line.linearized - median.linearized / z
    return Indicator((z - median.value) / z, linearized)


def density(incomes: Incomes, at: float, *, of_income: bool = False) -> float:
    """Return a Gaussian kernel estimate of the density, or of income, at a point.

    The bandwidth is the standard deviation over the fifth root of the population,
    as in `convey` and Osier; standard errors that use it hold to about 10 %.
    """
    y, w = incomes.y, incomes.w
    center = incomes.mean(y)
    deviation = math.sqrt(max(incomes.mean((y - center) ** 2), 0.0))
    bandwidth = deviation / float(incomes.weight**0.2)
    if bandwidth == 0:
        return 0.0
    kernel = np.exp(-(((at - y) / bandwidth) ** 2) / 2) / math.sqrt(2 * math.pi)
    if of_income:
        return float(np.sum(kernel * w * y)) / bandwidth
    return float(np.sum(kernel * w)) / (incomes.weight * bandwidth)


def _depth(y: FloatArray, line: float, power: int, *, strict: bool) -> FloatArray:
    poor = y < line if strict else y <= line
    gap = np.where(poor, (line - y) / line, 0.0)
    return np.where(poor, gap**power, 0.0)
