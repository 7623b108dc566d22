"""Intervals for counts of a simple random sample, without clusters or weights.

Clopper and Pearson 1934, Wilson 1927, Agresti and Coull 1998, Jeffreys (Brown, Cai
and DasGupta 2001, Statistical Science 16:101), and exact hypergeometric limits for a
sample that is a large part of a small population.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from scipy import stats

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.intervals import beta_limits, wilson_limits


Limits = tuple[float, float]


class CountsInvalid(XiuhuaError):
    """The counts given are not those of a sample."""

    code = "survey.counts_invalid"


def binomial_limits(method: str, events: int, n: int, level: float = 0.95) -> Limits:
    """Return the limits by a method of `METHODS`.

    Raises:
        CountsInvalid: for an unknown method or impossible counts.
    """
    _check(events, n)
    if method not in METHODS:
        known = ", ".join(METHODS)
        raise CountsInvalid(
            "no interval called `{method}`",
            hint="known: {known}",
            method=method,
            known=known,
        )
    return METHODS[method](events, n, level)


def hypergeometric_limits(
    events: int, n: int, population: int, level: float = 0.95
) -> Limits:
    """Return exact limits for a share of a finite population.

    The limits are the smallest and largest numbers of cases in the population whose
    tail probability exceeds half the error (Buonaccorsi 1987, American Statistician
    41:215).

    Raises:
        CountsInvalid: when the sample is larger than the population.
    """
    _check(events, n)
    if population < n:
        raise CountsInvalid("the sample is larger than the population")
    tail = (1 - level) / 2
    least, most = events, population - n + events

    def upper_tail(cases: int) -> bool:
        return float(stats.hypergeom.sf(events - 1, population, cases, n)) > tail

    def lower_tail(cases: int) -> bool:
        return float(stats.hypergeom.cdf(events, population, cases, n)) > tail

    lower = 0 if events == 0 else _first(upper_tail, least, most)
    if events == n:
        upper = population
    else:
        beyond = _first(lambda cases: not lower_tail(cases), least, most + 1)
        upper = min(beyond - 1, most)
    return lower / population, upper / population


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first number in a range from which a monotone condition holds."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _check(events: int, n: int) -> None:
    if not 0 <= events <= n or n == 0:
        raise CountsInvalid(
            "{events} events among {n} is impossible", events=events, n=n
        )


def _normal(level: float) -> float:
    return float(stats.norm.ppf(1 - (1 - level) / 2))


def _clopper_pearson(events: int, n: int, level: float) -> Limits:
    return beta_limits(events / n, n, level)


def _wilson(events: int, n: int, level: float) -> Limits:
    lower, upper = wilson_limits(events / n, n, _normal(level))
    return (0.0 if events == 0 else lower), (1.0 if events == n else upper)


def _wilson_continuity(events: int, n: int, level: float) -> Limits:
    """Return Wilson limits with Yates' correction as in R `prop.test`.

    The correction is half a count, and never more than the distance from one half.
    """
    z, p = _normal(level), events / n
    shift = min(0.5, abs(events - n / 2))
    square, scale = z * z / (2 * n), 1 + z * z / n

    def limit(q: float, sign: int) -> float:
        root = z * math.sqrt(q * (1 - q) / n + z * z / (4 * n * n))
        return (q + square + sign * root) / scale

    lower = limit(max(p - shift / n, 0.0), -1)
    upper = limit(min(p + shift / n, 1.0), 1)
    return max(lower, 0.0), min(upper, 1.0)


def _jeffreys(events: int, n: int, level: float) -> Limits:
    tail, a, b = (1 - level) / 2, events + 0.5, n - events + 0.5
    lower = 0.0 if events == 0 else float(stats.beta.ppf(tail, a, b))
    return lower, 1.0 if events == n else float(stats.beta.ppf(1 - tail, a, b))


def _agresti_coull(events: int, n: int, level: float) -> Limits:
    z = _normal(level)
    size = n + z * z
    p = (events + z * z / 2) / size
    half = z * math.sqrt(p * (1 - p) / size)
    return p - half, p + half


def _wald(events: int, n: int, level: float) -> Limits:
    p = events / n
    half = _normal(level) * math.sqrt(p * (1 - p) / n)
    return p - half, p + half


def _one_sided_upper(events: int, n: int, level: float) -> Limits:
    if events == n:
        return 0.0, 1.0
    return 0.0, float(stats.beta.ppf(level, events + 1, n - events))


METHODS: Mapping[str, Callable[[int, int, float], Limits]] = {
    "clopper_pearson": _clopper_pearson,
    "wilson": _wilson,
    "wilson_cc": _wilson_continuity,
    "jeffreys": _jeffreys,
    "agresti_coull": _agresti_coull,
    "wald": _wald,
    "one_sided_upper_cp": _one_sided_upper,
}
