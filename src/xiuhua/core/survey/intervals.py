"""Confidence intervals of means and proportions from a design-based variance.

`p` is a proportion between 0 and 1, `variance` its design variance, `n` the rows of
the domain and `df` the design's degrees of freedom. Formulas: Korn and Graubard
1998 (Survey Methodology 24:193), Lumley's R `survey` 4.5 (`svyciprop`), Parker and
others 2017 (NCHS, Vital and Health Statistics 2(175)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scipy import optimize, stats

from xiuhua.core.survey.figures import NoFigure, Reason


class Method(StrEnum):
    """How an interval was made."""

    WALD = "wald"
    LOGIT = "logit"
    ASIN = "asin"
    BETA = "beta"
    WILSON = "wilson"
    LIKELIHOOD = "likelihood"
    KORN_GRAUBARD = "korn_graubard"
    ZERO_EVENTS = "zero_events"
    MOVER = "mover"
    EXACT = "exact"


@dataclass(frozen=True)
class Interval:
    """A two-sided interval with its nominal level and the method that made it."""

    lower: float
    upper: float
    level: float
    method: Method


@dataclass(frozen=True)
class Spread:
    """What an interval of a proportion is made from."""

    p: float
    variance: float
    n: int
    df: int
    level: float

    @property
    def quantile(self) -> float:
        """The two-sided quantile of Student's t at the design's degrees of freedom."""
        return student(self.level, self.df)

    @property
    def degrees_factor(self) -> float:
        """The squared ratio of t quantiles at n - 1 and at df (Korn and Graubard)."""
        return degrees_factor(self.n, self.df, self.level)

    @property
    def effective_n(self) -> float:
        """The size of the simple random sample that would have this variance."""
        return self.p * (1 - self.p) / self.variance


def student(level: float, df: float) -> float:
    """Return the two-sided quantile of Student's t distribution."""
    return float(stats.t.ppf(1 - (1 - level) / 2, df))


def degrees_factor(n: float, df: float, level: float) -> float:
    """Return the squared ratio of the t quantiles at n - 1 and at df."""
    return (student(level, n - 1) / student(level, df)) ** 2 if n > 1 else 1.0


def wald(
    estimate: float, variance: float, df: int, level: float
) -> Interval | NoFigure:
    """Return the estimate plus and minus t standard errors; may leave the range."""
    if df < 1:
        return NoFigure(Reason.NO_DEGREES_OF_FREEDOM)
    if not (math.isfinite(estimate) and variance >= 0):
        return NoFigure(Reason.UNDEFINED)
    half = student(level, df) * math.sqrt(variance)
    return Interval(estimate - half, estimate + half, level, Method.WALD)


def proportion_interval(method: Method, spread: Spread) -> Interval | NoFigure:
    """Return the interval of a proportion by the method named.

    Methods that need a variance give none for zero or all events; only
    `korn_graubard` falls back on the nominal sample size there.
    """
    reason = _refusal(method, spread)
    if reason is not None:
        return NoFigure(reason)
    if method is Method.WALD:
        return wald(spread.p, spread.variance, spread.df, spread.level)
    if method is Method.KORN_GRAUBARD:
        return korn_graubard(spread)
    lower, upper = LIMITS[method](spread)
    return Interval(lower, upper, spread.level, method)


def korn_graubard(
    spread: Spread, assumed_deff: float | None = None
) -> Interval | NoFigure:
    """Return the Korn-Graubard interval with the NCHS cap and the zero-event rule.

    The effective sample size is adjusted for the degrees of freedom and never
    exceeds n. Where the variance is zero it is n / `assumed_deff`, a design effect
    fixed before the field work (1 when absent); where one is given it is also the
    ceiling elsewhere, because a chance low variance must not shorten the interval.
    """
    reason = _refusal(Method.KORN_GRAUBARD, spread)
    if reason is not None:
        return NoFigure(reason)
    factor = spread.degrees_factor
    assumed = spread.n / (assumed_deff or 1.0) * factor
    ceiling = min(float(spread.n), assumed) if assumed_deff else float(spread.n)
    no_events = spread.p in (0.0, 1.0)
    degenerate = no_events or spread.variance <= 0
    size = assumed if degenerate else min(spread.effective_n * factor, ceiling)
    lower, upper = beta_limits(spread.p, size, spread.level)
    method = Method.ZERO_EVENTS if degenerate else Method.KORN_GRAUBARD
    return Interval(lower, upper, spread.level, method)


def beta_limits(p: float, size: float, level: float) -> tuple[float, float]:
    """Return Clopper-Pearson limits for a share of a sample size, whole or not."""
    tail = (1 - level) / 2
    events, others = size * p, size * (1 - p)
    lower = 0.0 if events <= 0 else float(stats.beta.ppf(tail, events, others + 1))
    upper = 1.0 if others <= 0 else float(stats.beta.ppf(1 - tail, events + 1, others))
    return lower, upper


def arcsine_angles(spread: Spread) -> tuple[float, float]:
    """Return the limits on the arcsine scale; they may leave 0 to half pi."""
    root = 2 * math.sqrt(spread.p * (1 - spread.p))
    half = spread.quantile * math.sqrt(spread.variance) / root
    center = math.asin(math.sqrt(spread.p))
    return center - half, center + half


def _logit(spread: Spread) -> tuple[float, float]:
    p = spread.p
    half = spread.quantile * math.sqrt(spread.variance) / (p * (1 - p))
    center = math.log(p / (1 - p))
    return _expit(center - half), _expit(center + half)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def _asin(spread: Spread) -> tuple[float, float]:
    """Return arcsine limits; beyond the range they stop there.

    R folds a negative angle back into a positive lower limit, which would exclude
    zero for the rarest events.
    """
    lower, upper = arcsine_angles(spread)
    return math.sin(max(lower, 0.0)) ** 2, math.sin(min(upper, math.pi / 2)) ** 2


def _beta(spread: Spread) -> tuple[float, float]:
    size = spread.effective_n * spread.degrees_factor
    return beta_limits(spread.p, size, spread.level)


def _wilson(spread: Spread) -> tuple[float, float]:
    return wilson_limits(spread.p, spread.effective_n, spread.quantile)


def wilson_limits(p: float, size: float, quantile: float) -> tuple[float, float]:
    """Return the score limits for a share of a sample of the given size."""
    square = quantile * quantile
    half = quantile / (2 * size) * math.sqrt(4 * size * p * (1 - p) + square)
    middle, scale = p + square / (2 * size), 1 + square / size
    return (middle - half) / scale, (middle + half) / scale


def _likelihood(spread: Spread) -> tuple[float, float]:
    """Return the exact roots of 2 n_eff KL(p || x) = F(level; 1, df).

    R interpolates the profile, with errors of up to 0.5 % of the bound.
    """
    ceiling = float(stats.f.ppf(spread.level, 1, spread.df))
    lower = _likelihood_root(spread.p, spread.effective_n, ceiling)
    return lower, 1 - _likelihood_root(1 - spread.p, spread.effective_n, ceiling)


def _likelihood_root(p: float, size: float, ceiling: float) -> float:
    """Return the root below p, on the log scale so that tiny bounds stay exact."""

    def excess(log_x: float) -> float:
        log_other = math.log1p(-math.exp(log_x))
        events = p * (math.log(p) - log_x)
        others = (1 - p) * (math.log1p(-p) - log_other)
        return 2 * size * (events + others) - ceiling

    far = math.log(p) - ceiling / (2 * size * p) - 1 / p
    root = optimize.brentq(excess, far, math.log(p), xtol=1e-14, rtol=1e-14)
    return math.exp(root)


def _refusal(method: Method, spread: Spread) -> Reason | None:
    """Return why no interval can be given, if so."""
    if spread.n < 1:
        return Reason.EMPTY_DOMAIN
    if spread.df < 1:
        return Reason.NO_DEGREES_OF_FREEDOM
    if not (math.isfinite(spread.p) and math.isfinite(spread.variance)):
        return Reason.UNDEFINED
    if method is Method.WALD:
        return None
    if not 0 <= spread.p <= 1:
        return Reason.OUTSIDE_UNIT_INTERVAL
    if method is Method.KORN_GRAUBARD:
        return None
    extreme = spread.p in (0.0, 1.0) or spread.variance <= 0
    return Reason.NO_VARIATION if extreme else None


LIMITS: Mapping[Method, Callable[[Spread], tuple[float, float]]] = {
    Method.LOGIT: _logit,
    Method.ASIN: _asin,
    Method.BETA: _beta,
    Method.WILSON: _wilson,
    Method.LIKELIHOOD: _likelihood,
}
