"""Inclusion probabilities proportional to size, and joint ones of two exact designs.

First order: n x / sum x with units at or above one set to one and the rest computed
again until none exceeds one (Tillé 2006, Sampling Algorithms, section 2.10). Joint:
Sampford (1967, Biometrika 54) and maximum entropy (conditional Poisson; Chen, Dempster
and Liu 1994, Biometrika 81). All exact probabilities are fractions: two machines can
then not differ in the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from xiuhua.core.errors import XiuhuaError


Floats = npt.NDArray[np.float64]


class SizeUnusable(XiuhuaError):
    """Sizes are negative, or too few units have a positive size."""

    code = "survey.size_unusable"


class WorkingWeightsNotFound(XiuhuaError):
    """The maximum-entropy weights did not converge."""

    code = "survey.working_weights_not_found"


def inclusion_probabilities(sizes: Sequence[int], n: int) -> list[Fraction]:
    """Return the probability of each unit; they add up to `n` exactly.

    A unit of size zero gets probability zero: whoever calls must name it as not
    covered.

    >>> [str(p) for p in inclusion_probabilities([1, 1, 6], 2)]
    ['1/2', '1/2', '1']

    Raises:
        SizeUnusable: when a size is negative or fewer than `n` are positive.
    """
    positive = sum(1 for size in sizes if size > 0)
    if any(size < 0 for size in sizes) or n < 0 or n > positive:
        raise SizeUnusable(
            "cannot draw {n} units: {positive} of {total} have a positive size",
            n=n,
            positive=positive,
            total=len(sizes),
        )
    certain = [False] * len(sizes)
    while True:
        rest = sum(s for s, sure in zip(sizes, certain, strict=True) if not sure)
        take = n - sum(certain)
        grown = [
            sure or (size > 0 and take > 0 and take * size >= rest)
            for size, sure in zip(sizes, certain, strict=True)
        ]
        if grown == certain:
            break
        certain = grown
    return [
        Fraction(1) if sure else Fraction(take * size, rest) if rest else Fraction(0)
        for size, sure in zip(sizes, certain, strict=True)
    ]


def sampford_joint(pik: Sequence[float]) -> Floats:
    """Return the joint inclusion probabilities of Sampford's design.

    All of `pik` lie strictly between 0 and 1 and add up to a whole n >= 2; the
    diagonal holds `pik` itself. Sampford (1967), equations 4 and 5.
    """
    pi = np.asarray(pik, dtype=np.float64)
    n = _sample_size(pi)
    p = pi / n
    odds = p / (1 - pi)
    whole = _elementary(odds, n)
    ranks = np.arange(1, n + 1)
    constant = 1 / float(np.sum(ranks * whole[n - ranks] / float(n) ** ranks))
    joint = np.diag(pi)
    for i, others in _without_two(odds, n):
        t = np.arange(2, n + 1)
        share = t - n * (p[i] + p[:, None])
        sums = np.sum(share * others[:, n - t] / float(n) ** (t - 2), axis=1)
        row = constant * odds[i] * odds * sums
        row[i] = pi[i]
        joint[i] = row
    return joint


def maximum_entropy_joint(pik: Sequence[float]) -> Floats:
    """Return the joint inclusion probabilities of the maximum-entropy design.

    Raises:
        WorkingWeightsNotFound: when the weights of the design do not converge.
    """
    pi = np.asarray(pik, dtype=np.float64)
    n = _sample_size(pi)
    weights = _working_weights(pi, n)
    whole = _elementary(weights, n)[n]
    joint = np.diag(pi)
    for i, others in _without_two(weights, n):
        row = weights[i] * weights * others[:, n - 2] / whole
        row[i] = pi[i]
        joint[i] = row
    return joint


def _sample_size(pi: Floats) -> int:
    n = round(float(pi.sum()))
    if n < 2 or abs(float(pi.sum()) - n) > 1e-6 or pi.min() <= 0 or pi.max() >= 1:
        raise SizeUnusable(
            "joint probabilities need probabilities strictly between 0 and 1 that "
            "add up to a whole number of at least 2"
        )
    return n


def _elementary(values: Floats, degree: int) -> Floats:
    """Return the elementary symmetric polynomials of degree 0 to `degree`."""
    sums = np.zeros(degree + 1)
    sums[0] = 1.0
    for value in values:
        sums[1:] += value * sums[:-1]
    return sums


def _without_two(values: Floats, degree: int) -> list[tuple[int, Floats]]:
    """Return for each i the polynomials without i and j, one row per j.

    Built from prefixes and suffixes: dividing a factor out again would lose digits
    where a value is large.
    """
    result = []
    for i in range(len(values)):
        rest = values.copy()
        rest[i] = 0.0
        result.append((i, _without_each(rest, degree)))
    return result


def _without_each(values: Floats, degree: int) -> Floats:
    size = len(values)
    before = np.zeros((size, degree + 1))
    after = np.zeros((size, degree + 1))
    before[0, 0] = after[-1, 0] = 1.0
    for k in range(1, size):
        before[k] = before[k - 1]
        before[k, 1:] += values[k - 1] * before[k - 1, :-1]
        after[-k - 1] = after[-k]
        after[-k - 1, 1:] += values[-k] * after[-k, :-1]
    rows = np.zeros((size, degree + 1))
    for m in range(degree + 1):
        rows[:, m] = np.sum(before[:, : m + 1] * after[:, m::-1], axis=1)
    return rows


def _working_weights(pi: Floats, n: int) -> Floats:
    """Return weights whose conditional Poisson design has the probabilities `pi`.

    Deville's iteration on the probabilities before conditioning (Tillé 2006,
    algorithm 5.9): the step is the difference between wanted and reached.
    """
    tilted = pi.copy()
    for _ in range(500):
        weights = tilted / (1 - tilted)
        reached = weights * _without_each(weights, n)[:, n - 1]
        reached /= _elementary(weights, n)[n]
        step = pi - reached
        tilted = tilted + step
        if float(np.abs(step).max()) < 1e-15 * n:
            return np.asarray(tilted / (1 - tilted))
    raise WorkingWeightsNotFound("the weights of the maximum-entropy design diverge")
