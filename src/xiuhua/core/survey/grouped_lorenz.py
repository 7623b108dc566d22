"""Poverty and inequality from grouped data: general quadratic and beta Lorenz curves.

Datt 1998, Computational tools for poverty measurement and analysis (IFPRI, FCND
Discussion Paper 50); Villaseñor and Arnold 1989 for the quadratic; Kakwani 1980 for
the beta form. Curves are fitted by least squares to all points but the last, (1, 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import integrate, optimize, special

from xiuhua.core.survey.figures import Figure, FloatArray, NoFigure, Reason, figure


@dataclass(frozen=True)
class LorenzMeasures:
    """What a fitted curve says at a poverty line."""

    parameters: tuple[float, float, float]
    headcount: Figure
    poverty_gap: Figure
    severity: Figure
    gini: Figure


@dataclass(frozen=True)
class Quadratic:
    """L(1 - L) = a (p^2 - L) + b L (p - 1) + c (p - L), solved for L."""

    a: float
    b: float
    c: float

    @property
    def _roots(self) -> tuple[float, float, float]:
        """The constants e, m and n of Datt's table 2."""
        e = -(self.a + self.b + self.c + 1)
        return e, self.b**2 - 4 * self.a, 2 * self.b * e - 4 * self.c

    def share(self, p: float) -> float:
        """Return the income share of the poorest p."""
        e, m, n = self._roots
        root = math.sqrt(max(m * p * p + n * p + e * e, 0.0))
        return -0.5 * (self.b * p + e + root)

    def slope(self, p: float) -> float:
        """Return the income of the p-th person relative to the mean."""
        e, m, n = self._roots
        root = math.sqrt(max(m * p * p + n * p + e * e, 0.0))
        return math.inf if root == 0 else -self.b / 2 - (2 * m * p + n) / (4 * root)


@dataclass(frozen=True)
class Beta:
    """L(p) = p - theta p^gamma (1 - p)^delta."""

    theta: float
    gamma: float
    delta: float

    def bulge(self, p: float) -> float:
        """Return how far the curve lies below the diagonal."""
        return float(self.theta * p**self.gamma * (1 - p) ** self.delta)

    def share(self, p: float) -> float:
        """Return the income share of the poorest p."""
        return p - self.bulge(p)

    def slope(self, p: float) -> float:
        """Return the income of the p-th person relative to the mean."""
        return 1 - self.bulge(p) * (self.gamma / p - self.delta / (1 - p))


Curve = Quadratic | Beta


def fit_quadratic(population: FloatArray, income: FloatArray) -> Quadratic:
    """Fit the general quadratic curve to cumulated shares, without a constant."""
    p, share = population[:-1], income[:-1]
    columns = np.column_stack([p**2 - share, share * (p - 1), p - share])
    a, b, c = np.linalg.lstsq(columns, share * (1 - share), rcond=None)[0]
    return Quadratic(float(a), float(b), float(c))


def fit_beta(population: FloatArray, income: FloatArray) -> Beta:
    """Fit the beta curve to cumulated shares, on the logarithms."""
    p, share = population[:-1], income[:-1]
    columns = np.column_stack([np.ones_like(p), np.log(p), np.log(1 - p)])
    solved = np.linalg.lstsq(columns, np.log(p - share), rcond=None)[0]
    return Beta(math.exp(float(solved[0])), float(solved[1]), float(solved[2]))


def measures(curve: Curve, mean: float, line: float) -> LorenzMeasures:
    """Return headcount, poverty gap, severity and Gini of a fitted curve.

    The headcount solves L'(H) = z / mean; gap and severity follow from the curve up
    to there.
    """
    ratio = line / mean
    poor = _headcount(curve, ratio)
    if poor is None:
        none = NoFigure(Reason.UNDEFINED)
        return LorenzMeasures(_parameters(curve), none, none, none, _gini(curve))
    gap = poor - curve.share(poor) / ratio
    squares = _squared_slopes(curve, poor)
    severity = poor - 2 * curve.share(poor) / ratio + squares / ratio**2
    return LorenzMeasures(
        _parameters(curve), figure(poor), figure(gap), figure(severity), _gini(curve)
    )


def _parameters(curve: Curve) -> tuple[float, float, float]:
    if isinstance(curve, Quadratic):
        return curve.a, curve.b, curve.c
    return curve.theta, curve.gamma, curve.delta


def _headcount(curve: Curve, ratio: float) -> float | None:
    low, high = 1e-12, 1 - 1e-12
    if not curve.slope(low) < ratio < curve.slope(high):
        return None
    found = optimize.brentq(
        lambda p: curve.slope(p) - ratio, low, high, xtol=1e-15, rtol=1e-14
    )
    return float(found)


def _squared_slopes(curve: Curve, poor: float) -> float:
    """Return the integral of L'(p)^2 up to the headcount.

    The beta curve's slope is unbounded at zero; incomplete beta functions (by the
    hypergeometric series, which allows a small delta) give the integral there,
    quadrature serves the bounded quadratic.
    """
    if isinstance(curve, Quadratic):
        found = integrate.quad(
            lambda p: curve.slope(p) ** 2, 0.0, poor, epsabs=1e-14, epsrel=1e-13
        )
        return float(found[0])
    theta, g, d = curve.theta, curve.gamma, curve.delta

    def part(a: float, b: float) -> float:
        return float(poor**a / a * special.hyp2f1(a, 1 - b, a + 1, poor))

    squared = (
        g * g * part(2 * g - 1, 2 * d + 1)
        - 2 * g * d * part(2 * g, 2 * d)
        + d * d * part(2 * g + 1, 2 * d - 1)
    )
    return poor - 2 * curve.bulge(poor) + theta * theta * squared


def _gini(curve: Curve) -> Figure:
    if isinstance(curve, Beta):
        area = curve.theta * special.beta(1 + curve.gamma, 1 + curve.delta)
        return figure(float(2 * area))
    found = integrate.quad(curve.share, 0.0, 1.0, epsabs=1e-14, epsrel=1e-13)
    return figure(1 - 2 * float(found[0]))
