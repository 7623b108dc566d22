"""Means, totals, ratios, proportions and functions of totals, with their precision.

Each is a smooth function of weighted totals; its variance is the variance of the
linear combination given by the gradient (Woodruff 1971, JASA 66:411).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xiuhua.core.survey.decisions import (
    Decision,
    Threshold,
    decide,
    decide_by_point,
)
from xiuhua.core.survey.expressions import differentiate
from xiuhua.core.survey.figures import (
    Figure,
    FloatArray,
    Mask,
    NoFigure,
    Reason,
    figure,
    quotient,
    square_root,
)
from xiuhua.core.survey.intervals import (
    Interval,
    Method,
    Spread,
    korn_graubard,
    proportion_interval,
    wald,
)
from xiuhua.core.survey.samples import ArraySample, DomainSize, Measure, Sample
from xiuhua.core.survey.sampling_design import Design


@dataclass(frozen=True)
class Terms:
    """On what terms an estimate is given; to be fixed before the field work.

    `assumed_deff` matters to `korn_graubard` only: the design effect taken where the
    sample shows no event, and the least one taken elsewhere. `replacement` compares
    the design with simple sampling with replacement, the only comparison where
    weights of one stand for no population.
    """

    method: Method = Method.WALD
    level: float = 0.95
    threshold: Threshold | None = None
    assumed_deff: float | None = None
    replacement: bool = False


DEFAULT_TERMS = Terms()
RATE_TERMS = Terms(Method.KORN_GRAUBARD)


@dataclass(frozen=True)
class Estimate:
    """An estimate with everything needed to judge it.

    `n` counts the rows of the domain (households, not persons); `df` the degrees of
    freedom of its interval. Decisions are None when no threshold was set.
    """

    estimate: Figure
    se: Figure
    n: int
    psus: int
    df: int
    deff: Figure
    interval: Interval | NoFigure
    decision: Decision | None = None
    decision_by_point: Decision | None = None

    @property
    def method(self) -> str:
        """How the interval was made, or the reason why there is none."""
        found = self.interval
        return str(found.reason if isinstance(found, NoFigure) else found.method)


def mean(
    design: Design,
    values: FloatArray,
    *,
    domain: Mask | None = None,
    terms: Terms = DEFAULT_TERMS,
) -> Estimate:
    """Estimate the mean of a variable over a domain (Hájek estimator)."""
    ones = np.ones(design.rows)
    return ratio(design, values, ones, domain=domain, terms=terms)


def proportion(
    design: Design,
    values: FloatArray,
    *,
    domain: Mask | None = None,
    terms: Terms = RATE_TERMS,
) -> Estimate:
    """Estimate the share of rows with value one, by a method for proportions."""
    return mean(design, values, domain=domain, terms=terms)


def total(
    design: Design,
    values: FloatArray,
    *,
    domain: Mask | None = None,
    terms: Terms = DEFAULT_TERMS,
) -> Estimate:
    """Estimate the total of a variable over a domain (Horvitz-Thompson)."""
    sample = ArraySample(design, {"y": Measure(values, domain)})
    return linear_estimate(sample, sample.total("y"), {"y": 1.0}, terms)


def ratio(
    design: Design,
    numerator: FloatArray,
    denominator: FloatArray,
    *,
    domain: Mask | None = None,
    terms: Terms = DEFAULT_TERMS,
) -> Estimate:
    """Estimate the ratio of two totals over a domain."""
    measures = {"y": Measure(numerator, domain), "x": Measure(denominator, domain)}
    return ratio_estimate(ArraySample(design, measures), "y", "x", terms)


def nonlinear(
    sample: Sample, names: tuple[str, ...], expression: str, terms: Terms
) -> Estimate:
    """Estimate an expression of named totals by the delta method.

    The covariances of all totals enter, because the combination is formed row by
    row before the variance is taken.

    Raises:
        ExpressionInvalid: when the expression cannot be read.
    """
    point = differentiate(expression, {name: sample.total(name) for name in names})
    slopes = {name: point.slopes.get(name, 0.0) for name in names}
    return linear_estimate(sample, point.value, slopes, terms)


def ratio_estimate(
    sample: Sample, numerator: str, denominator: str, terms: Terms
) -> Estimate:
    """Estimate the ratio of two totals of a sample."""
    below = sample.total(denominator)
    value = quotient(sample.total(numerator), below)
    slopes = {numerator: quotient(1.0, below), denominator: quotient(-value, below)}
    return linear_estimate(sample, value, slopes, terms)


def linear_estimate(
    sample: Sample, value: float, slopes: Mapping[str, float], terms: Terms
) -> Estimate:
    """Return the estimate of a function of totals from its value and gradient."""
    size = sample.size(slopes)
    reason = _refusal(sample, size, value, slopes)
    if reason is not None:
        return _absent(size, reason, terms)
    variance = sample.variance(slopes)
    simple = simple_variance(sample.scatter(slopes), size, terms)
    return estimate_from(value, variance, simple, size, terms)


def estimate_from(
    value: float, variance: float, simple: Figure, size: DomainSize, terms: Terms
) -> Estimate:
    """Assemble an estimate from its variance and that of simple random sampling."""
    interval = interval_of(value, variance, size, terms)
    threshold = terms.threshold
    point = figure(value)
    return Estimate(
        estimate=point,
        se=figure(square_root(variance)),
        n=size.n,
        psus=size.psus,
        df=size.df,
        deff=_deff(variance, simple),
        interval=interval,
        decision=decide(interval, threshold) if threshold else None,
        decision_by_point=decide_by_point(point, threshold) if threshold else None,
    )


def interval_of(
    value: float, variance: float, size: DomainSize, terms: Terms
) -> Interval | NoFigure:
    """Return the interval the terms ask for."""
    if terms.method is Method.WALD:
        return wald(value, variance, size.df, terms.level)
    spread = Spread(value, variance, size.n, size.df, terms.level)
    if terms.method is Method.KORN_GRAUBARD:
        return korn_graubard(spread, terms.assumed_deff)
    return proportion_interval(terms.method, spread)


def simple_variance(mean_square: float, size: DomainSize, terms: Terms) -> Figure:
    """Return the variance of the total of a simple sample of the same size.

    Without replacement from a population of `weight` units, as R does; weights that
    do not expand the sample leave no such population.
    """
    n, weight = size.weighted_n, size.weight
    if terms.replacement:
        return figure(mean_square * weight * weight / n, Reason.NO_VARIATION)
    if weight <= n:
        return NoFigure(Reason.WEIGHTS_DO_NOT_EXPAND)
    return figure(mean_square * weight * (weight - n) / n, Reason.NO_VARIATION)


def _deff(variance: float, simple: Figure) -> Figure:
    """Return the design effect, if the simple variance is there and positive."""
    if isinstance(simple, NoFigure):
        return simple
    return figure(quotient(variance, simple), Reason.NO_VARIATION)


def _refusal(
    sample: Sample, size: DomainSize, value: float, slopes: Mapping[str, float]
) -> Reason | None:
    if size.n == 0:
        return Reason.EMPTY_DOMAIN
    if sample.incomplete(slopes):
        return Reason.MISSING_VALUES
    finite = math.isfinite(value) and all(math.isfinite(s) for s in slopes.values())
    return None if finite else Reason.ZERO_DENOMINATOR


def _absent(size: DomainSize, reason: Reason, terms: Terms) -> Estimate:
    none = NoFigure(reason)
    undecided = Decision.UNDECIDED if terms.threshold else None
    return Estimate(
        none, none, size.n, size.psus, size.df, none, none, undecided, undecided
    )
