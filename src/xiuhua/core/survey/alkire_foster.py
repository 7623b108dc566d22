"""Multidimensional poverty by the counting method of Alkire and Foster.

Alkire and Foster 2011 (doi:10.1016/j.jpubeco.2010.11.006); standard errors and
changes over time as in Suppa 2023 (doi:10.1177/1536867X231195286). Weights are
integers over a common denominator and the cutoff is a fraction, so that no floating
sum decides who is poor (0.1 * 3 is not 0.3, and 0.33 is not a third).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.estimators import (
    Estimate,
    Terms,
    mean,
    nonlinear,
    ratio,
)
from xiuhua.core.survey.figures import (
    Figure,
    FloatArray,
    IntArray,
    Mask,
    NoFigure,
    Reason,
    figure,
    quotient,
)
from xiuhua.core.survey.intervals import Method
from xiuhua.core.survey.samples import ArraySample, Measure
from xiuhua.core.survey.sampling_design import Design


LEVEL_TERMS = Terms(Method.LOGIT)
CHANGE_TERMS = Terms(Method.WALD)


class WeightingInvalid(XiuhuaError):
    """The weights do not add up to their denominator, or one is not positive."""

    code = "survey.weighting_invalid"


@dataclass(frozen=True)
class Weighting:
    """Indicator weights as integers over a common denominator."""

    weights: tuple[int, ...]
    denominator: int

    def __post_init__(self) -> None:
        if min(self.weights, default=0) <= 0 or sum(self.weights) != self.denominator:
            raise WeightingInvalid("weights must be positive and sum to one")

    def share(self, indicator: int) -> float:
        """Return the weight of one indicator."""
        return self.weights[indicator] / self.denominator


@dataclass(frozen=True)
class Cutoff:
    """The share of deprivations from which a person is poor, as a fraction."""

    numerator: int
    denominator: int


@dataclass(frozen=True)
class IndicatorLevel:
    """One indicator: headcounts of all and of the poor, and what it contributes."""

    uncensored: Estimate
    censored: Estimate
    contribution: Figure
    contribution_share: Figure


@dataclass(frozen=True)
class Levels:
    """Incidence H, intensity A and the adjusted headcount M0, with the indicators."""

    incidence: Estimate
    adjusted: Estimate
    intensity: Estimate
    indicators: tuple[IndicatorLevel, ...]


@dataclass(frozen=True)
class Subgroup:
    """The levels of a part of the population and its part of the whole M0."""

    population_share: Figure
    incidence: Estimate
    adjusted: Estimate
    intensity: Estimate
    contribution: Figure


@dataclass(frozen=True)
class Change:
    """The change of a level between two rounds, absolute and relative."""

    absolute: Estimate
    relative: Estimate


@dataclass(frozen=True, eq=False)
class Counting:
    """Who is poor, and by how much, in a sample without missing indicators."""

    design: Design
    deprived: IntArray
    weighting: Weighting
    cutoff: Cutoff

    @property
    def scores(self) -> IntArray:
        """Deprivation counts in units of one over the denominator."""
        return self.deprived @ np.array(self.weighting.weights, dtype=np.int64)

    @property
    def poor(self) -> Mask:
        """Who is at or above the cutoff, in integer arithmetic."""
        cutoff = self.cutoff
        limit = cutoff.numerator * self.weighting.denominator
        return np.asarray(self.scores * cutoff.denominator >= limit)

    @property
    def censored(self) -> FloatArray:
        """Deprivation scores, zero for those not poor."""
        return np.where(self.poor, self.scores / self.weighting.denominator, 0.0)

    def levels(self, domain: Mask | None = None, terms: Terms = LEVEL_TERMS) -> Levels:
        """Estimate all levels of a domain."""
        incidence, adjusted, intensity = self._three(domain, terms)
        indicators = tuple(
            self._indicator(j, adjusted, domain, terms)
            for j in range(len(self.weighting.weights))
        )
        return Levels(incidence, adjusted, intensity, indicators)

    def subgroup(
        self, part: Mask, whole: Mask | None = None, terms: Terms = LEVEL_TERMS
    ) -> Subgroup:
        """Estimate the levels of a part and its contribution to the whole."""
        everyone = np.ones(self.design.rows, dtype=bool) if whole is None else whole
        weights, inside = self.design.weights, part & everyone
        share = quotient(float(weights[inside].sum()), float(weights[everyone].sum()))
        incidence, adjusted, intensity = self._three(inside, terms)
        total = self._three(everyone, terms)[1]
        contribution = _quotient(adjusted.estimate, total.estimate, share)
        return Subgroup(figure(share), incidence, adjusted, intensity, contribution)

    def changes(
        self, before: Mask, after: Mask, terms: Terms = CHANGE_TERMS
    ) -> tuple[Change, Change]:
        """Estimate the changes of M0 and of H between two rounds of one design.

        The covariance of the rounds enters: clusters visited twice are alike.
        """
        adjusted = self._change(self.censored, before, after, terms)
        incidence = self._change(self.poor.astype(np.float64), before, after, terms)
        return adjusted, incidence

    def _three(
        self, domain: Mask | None, terms: Terms
    ) -> tuple[Estimate, Estimate, Estimate]:
        poor, censored = self.poor.astype(np.float64), self.censored
        return (
            mean(self.design, poor, domain=domain, terms=terms),
            mean(self.design, censored, domain=domain, terms=terms),
            ratio(self.design, censored, poor, domain=domain, terms=terms),
        )

    def _indicator(
        self, j: int, adjusted: Estimate, domain: Mask | None, terms: Terms
    ) -> IndicatorLevel:
        column = self.deprived[:, j].astype(np.float64)
        uncensored = mean(self.design, column, domain=domain, terms=terms)
        censored = mean(self.design, column * self.poor, domain=domain, terms=terms)
        share = self.weighting.share(j)
        level = censored.estimate
        contribution = level if isinstance(level, NoFigure) else share * level
        part = _quotient(level, adjusted.estimate, share)
        return IndicatorLevel(uncensored, censored, contribution, part)

    def _change(
        self, values: FloatArray, before: Mask, after: Mask, terms: Terms
    ) -> Change:
        ones = np.ones(self.design.rows)
        measures = {
            "y1": Measure(values, before),
            "x1": Measure(ones, before),
            "y2": Measure(values, after),
            "x2": Measure(ones, after),
        }
        sample = ArraySample(self.design, measures)
        names = tuple(measures)
        absolute = nonlinear(sample, names, "y2/x2 - y1/x1", terms)
        relative = nonlinear(sample, names, "(y2/x2) / (y1/x1) - 1", terms)
        return Change(absolute, relative)


def complete_rows(indicators: Sequence[FloatArray]) -> Mask:
    """Return the rows in which no indicator is missing.

    Dropping them before a design is declared changes its clusters and df: do so
    only to match a reference, else lay the mask as a domain.
    """
    missing = np.isnan(np.column_stack(indicators)).any(axis=1)
    return np.asarray(~missing, dtype=np.bool_)


def _quotient(part: Figure, whole: Figure, factor: float) -> Figure:
    if isinstance(part, NoFigure):
        return part
    if isinstance(whole, NoFigure):
        return whole
    return figure(factor * quotient(part, whole), Reason.ZERO_DENOMINATOR)
