"""Named weighted totals of a sample and the variance of combinations of them.

Every estimator of the package is a smooth function of totals. A `Sample` gives the
totals, the size of the domain they come from, and the variance of any linear
combination; whether it holds rows (`ArraySample`) or sums per cluster made by a
database (`psu_totals.PsuSample`) does not matter to the estimators.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xiuhua.core.survey.figures import FloatArray, Mask
from xiuhua.core.survey.linearization import covariance
from xiuhua.core.survey.sampling_design import Design


@dataclass(frozen=True)
class DomainSize:
    """How many rows, clusters and strata of a sample lie in a domain.

    `weighted_n` counts rows of positive weight; `weight` is their sum of weights.
    """

    n: int
    psus: int
    strata: int
    weighted_n: int
    weight: float

    @property
    def df(self) -> int:
        """Degrees of freedom: clusters less strata that have a row in the domain.

        R `degf` and the CDC NHANES tutorial count so; Stata counts the whole design.
        """
        return self.psus - self.strata


class Sample(Protocol):
    """What an estimator asks of a sample."""

    def total(self, name: str) -> float:
        """Return the weighted total of a measure."""

    def count(self, name: str) -> float:
        """Return the unweighted sum of a measure over the sample."""

    def size(self, names: Collection[str]) -> DomainSize:
        """Return the size of the joint domain of the measures."""

    def incomplete(self, names: Collection[str]) -> bool:
        """Test whether a measure has a missing value inside its domain."""

    def variance(self, coefficients: Mapping[str, float]) -> float:
        """Return the design variance of a linear combination of totals."""

    def scatter(self, coefficients: Mapping[str, float]) -> float:
        """Return the weighted mean square of the combination's row values."""


@dataclass(frozen=True, eq=False)
class Measure:
    """A number per row, counted only where `domain` holds (everywhere if absent)."""

    values: FloatArray
    domain: Mask | None = None


@dataclass(frozen=True, eq=False)
class ArraySample:
    """Rows of a declared design with named measures."""

    design: Design
    measures: Mapping[str, Measure]

    def total(self, name: str) -> float:
        """Return the weighted total of a measure; NaN when a value is missing."""
        return float(np.sum(self.design.weights * self._values(name)))

    def count(self, name: str) -> float:
        """Return the unweighted sum of a measure over the sample."""
        return float(np.sum(self._values(name)))

    def size(self, names: Collection[str]) -> DomainSize:
        """Return the size of the joint domain of the measures."""
        return domain_size(self.design, self._domain(names))

    def incomplete(self, names: Collection[str]) -> bool:
        """Test whether a measure has a missing value inside its domain."""
        return any(bool(np.isnan(self._values(name)).any()) for name in names)

    def variance(self, coefficients: Mapping[str, float]) -> float:
        """Return the design variance of a linear combination of totals."""
        influence = self.design.weights * self._combined(coefficients)
        present = self._domain(coefficients)
        return float(covariance(self.design, influence, present)[0, 0])

    def scatter(self, coefficients: Mapping[str, float]) -> float:
        """Return the weighted variance of the combination over the joint domain."""
        domain = self._domain(coefficients)
        weights = self.design.weights[domain]
        return weighted_variance(self._combined(coefficients)[domain], weights)

    def _values(self, name: str) -> FloatArray:
        measure = self.measures[name]
        if measure.domain is None:
            return measure.values
        return np.where(measure.domain, measure.values, 0.0)

    def _combined(self, coefficients: Mapping[str, float]) -> FloatArray:
        parts = [factor * self._values(name) for name, factor in coefficients.items()]
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    def _domain(self, names: Collection[str]) -> Mask:
        domain = np.zeros(self.design.rows, dtype=bool)
        for name in names:
            part = self.measures[name].domain
            domain |= True if part is None else part
        return domain


def domain_size(design: Design, domain: Mask | None = None) -> DomainSize:
    """Return the size of a domain of a design."""
    inside = np.ones(design.rows, dtype=bool) if domain is None else domain
    first = design.stages[0]
    weighted = inside & (design.weights > 0)
    return DomainSize(
        n=int(inside.sum()),
        psus=int(np.unique(first.unit[weighted]).size),
        strata=int(np.unique(first.stratum[weighted]).size),
        weighted_n=int(weighted.sum()),
        weight=float(design.weights[weighted].sum()),
    )


def weighted_variance(values: FloatArray, weights: FloatArray) -> float:
    """Return n/(n-1) times the weighted variance, n the rows of positive weight."""
    n = int(np.count_nonzero(weights))
    total = float(weights.sum())
    if n < 2 or total <= 0:
        return float("nan")
    mean = float(np.sum(weights * values)) / total
    return n / (n - 1) * float(np.sum(weights * (values - mean) ** 2)) / total
