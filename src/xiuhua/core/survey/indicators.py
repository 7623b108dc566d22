"""Indicators given by a value and its linearized variable, and their precision.

An indicator that is no plain function of totals (quantiles, Gini) brings the
derivative of itself by the weight of every row (Deville 1999, Survey Methodology
25:193). Its variance is that of the weighted total of the linearized variable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiuhua.core.survey.decisions import Decision
from xiuhua.core.survey.estimators import (
    DEFAULT_TERMS,
    Estimate,
    Terms,
    estimate_from,
    simple_variance,
)
from xiuhua.core.survey.figures import FloatArray, Mask, NoFigure, Reason
from xiuhua.core.survey.linearization import covariance
from xiuhua.core.survey.samples import domain_size, weighted_variance
from xiuhua.core.survey.sampling_design import Design


@dataclass(frozen=True, eq=False)
class Indicator:
    """A value with its linearized variable, one number per row of the design."""

    value: float
    linearized: FloatArray

    def scaled(self, factor: float) -> Indicator:
        """Return the indicator times a constant."""
        return Indicator(self.value * factor, self.linearized * factor)


@dataclass(frozen=True, eq=False)
class Incomes:
    """Incomes with weights over a domain; arrays span every row of the design."""

    values: FloatArray
    weights: FloatArray
    domain: Mask

    @classmethod
    def of(
        cls, design: Design, values: FloatArray, domain: Mask | None = None
    ) -> Incomes:
        """Lay a domain over the rows of a design."""
        inside = np.ones(design.rows, dtype=bool) if domain is None else domain
        return cls(values, design.weights, inside)

    @property
    def y(self) -> FloatArray:
        """The incomes of the domain."""
        return self.values[self.domain]

    @property
    def w(self) -> FloatArray:
        """The weights of the domain."""
        return self.weights[self.domain]

    @property
    def weight(self) -> float:
        """The population the domain stands for."""
        return float(self.w.sum())

    def mean(self, per_row: FloatArray) -> float:
        """Return the weighted mean of a value per row of the domain."""
        return float(np.sum(self.w * per_row)) / self.weight

    def indicator(self, value: float, linearized: FloatArray) -> Indicator:
        """Return an indicator from linearized values of the domain's rows."""
        spread = np.zeros(self.values.size)
        spread[self.domain] = linearized
        return Indicator(value, spread)


def indicator_estimate(
    design: Design,
    found: Indicator | NoFigure,
    *,
    domain: Mask | None = None,
    terms: Terms = DEFAULT_TERMS,
) -> Estimate:
    """Return the estimate of an indicator with its design-based precision."""
    inside = np.ones(design.rows, dtype=bool) if domain is None else domain
    size = domain_size(design, inside)
    if isinstance(found, NoFigure):
        undecided = Decision.UNDECIDED if terms.threshold else None
        return Estimate(
            found,
            found,
            size.n,
            size.psus,
            size.df,
            found,
            found,
            undecided,
            undecided,
        )
    variance = float(covariance(design, design.weights * found.linearized)[0, 0])
    scatter = weighted_variance(found.linearized[inside], design.weights[inside])
    return estimate_from(
        found.value, variance, simple_variance(scatter, size, terms), size, terms
    )


def refusal(incomes: Incomes, *, positive: bool = False) -> NoFigure | None:
    """Return why no indicator can be computed of these incomes, if so."""
    if not incomes.domain.any() or incomes.weight <= 0:
        return NoFigure(Reason.EMPTY_DOMAIN)
    if np.isnan(incomes.y).any():
        return NoFigure(Reason.MISSING_VALUES)
    if positive and (incomes.y[incomes.w > 0] <= 0).any():
        return NoFigure(Reason.NON_POSITIVE_VALUES)
    return None
