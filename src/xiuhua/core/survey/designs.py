"""How many to draw: for a precision, for a decision, and how to spread them.

Plain functions of numbers. What a design of a check consists of is in `plans`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, floor, log, sqrt

from scipy.stats import binom, hypergeom, norm

from xiuhua.core.errors import XiuhuaError


MAX_SAMPLE = 200_000


class SizeUnreachable(XiuhuaError):
    """No sample size gives what was asked for."""

    code = "survey.size_unreachable"


class AllocationImpossible(XiuhuaError):
    """Minimums, stratum sizes and the total contradict each other."""

    code = "survey.allocation_impossible"


@dataclass(frozen=True, slots=True)
class SampleSize:
    """A sample size for a large population, and for one of the size given."""

    infinite: float
    finite: float


@dataclass(frozen=True, slots=True)
class DecisionPlan:
    """A sample size and the most events with which a rate is declared below a line.

    `risk_of_false_met` is the chance to declare it when the rate is at the line,
    `risk_of_missed_met` not to declare it when the rate is as good as believed.
    """

    n: int
    most_events: int
    risk_of_false_met: float
    risk_of_missed_met: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum to allocate to: size, standard deviation and cost of a unit."""

    name: str
    size: int
    deviation: float = 1.0
    cost: float = 1.0


def size_for_margin(
    p: float,
    margin: float,
    *,
    population: int | None = None,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> SampleSize:
    """Return the size with which a proportion is known within +- `margin`.

    Cochran (1977), Sampling Techniques, equations 4.1 and 4.2; the design effect
    multiplies the size before the correction for a finite population.

    Raises:
        SizeUnreachable: when an argument lies outside its range.
    """
    if not (0 < p < 1 and 0 < margin < 1 and 0 < level < 1 and design_effect > 0):
        raise SizeUnreachable("p, margin and level must lie between 0 and 1")
    z = norm.ppf(1 - (1 - level) / 2)
    infinite = float(z**2 * p * (1 - p) / margin**2 * design_effect)
    finite = infinite if population is None else infinite / (1 + infinite / population)
    return SampleSize(infinite, finite)


def size_for_zero_events(p: float, *, level: float = 0.95) -> float:
    """Return the size with which no event at all shows the rate to be below `p`."""
    return log(1 - level) / log(1 - p)


def cluster_design_effect(cluster_size: float, intraclass_correlation: float) -> float:
    """Return 1 + (m - 1) rho (Kish 1965, Survey Sampling, section 5.4)."""
    return 1 + (cluster_size - 1) * intraclass_correlation


def plan_decision(
    threshold: float,
    believed: float,
    *,
    false_met: float = 0.05,
    missed_met: float = 0.20,
    population: int | None = None,
    design_effect: float = 1.0,
) -> DecisionPlan:
    """Return the smallest sample that decides whether a rate is below a threshold.

    A single sampling plan with exact risks: "met" is declared when at most
    `most_events` are found. The effective size is found by the binomial (or the
    hypergeometric, with a population) and then multiplied by the design effect.

    Raises:
        SizeUnreachable: when `believed` is not below `threshold`, or no size will do.
    """
    if not 0 <= believed < threshold < 1:
        raise SizeUnreachable(
            "the believed rate {believed:g} must be below the threshold {threshold:g}",
            believed=believed,
            threshold=threshold,
        )
    if design_effect < 1:
        raise SizeUnreachable("plan with a design effect of at least 1")
    at_line = _events_cdf(threshold, population, ceil)
    as_believed = _events_cdf(believed, population, floor)
    most = population or MAX_SAMPLE
    events = 0
    while True:
        n = _smallest(partial(at_line, events), false_met, events + 1, most)
        if n is None or n * design_effect > most:
            raise SizeUnreachable(
                "no sample of up to {most} separates {believed:g} from {threshold:g} "
                "with these risks",
                hint="allow larger risks or a larger distance between the two rates",
                most=most,
                believed=believed,
                threshold=threshold,
            )
        missed = 1 - as_believed(events, n)
        if missed <= missed_met:
            needed = min(ceil(n * design_effect), most)
            return DecisionPlan(needed, events, at_line(events, n), missed)
        events += 1


def _events_cdf(
    rate: float, population: int | None, whole: Callable[[float], int]
) -> Callable[[int, int], float]:
    """Return P(at most c events in a sample of n) at a rate.

    Events in a finite population are rounded to the unfavorable side.
    """
    if population is None:
        return lambda events, n: float(binom.cdf(events, n, rate))
    bad = whole(round(rate * population, 9))
    return lambda events, n: float(hypergeom.cdf(events, population, bad, n))


def _smallest(
    chance: Callable[[int], float], wanted: float, low: int, high: int
) -> int | None:
    """Return the smallest size at which a chance that falls with it is as wanted."""
    if low > high or chance(high) > wanted:
        return None
    while low < high:
        middle = (low + high) // 2
        if chance(middle) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def proportional(strata: Sequence[Stratum], n: float) -> list[float]:
    """Return shares of `n` in proportion to the sizes, not rounded."""
    return _in_proportion([s.size for s in strata], n)


def neyman(strata: Sequence[Stratum], n: float) -> list[float]:
    """Return the shares with the smallest variance (Neyman 1934), not rounded."""
    return _in_proportion([s.size * s.deviation for s in strata], n)


def cost_optimal(strata: Sequence[Stratum], n: float) -> list[float]:
    """Return the shares with the smallest variance per cost (Cochran 1977, 5.5)."""
    return _in_proportion([s.size * s.deviation / sqrt(s.cost) for s in strata], n)


def variance_of_mean(strata: Sequence[Stratum], shares: Sequence[float]) -> float:
    """Return the variance of the stratified mean with these sample sizes."""
    total = sum(s.size for s in strata)
    return sum(
        (s.size / total) ** 2 * (1 - n / s.size) * s.deviation**2 / n
        for s, n in zip(strata, shares, strict=True)
    )


def _in_proportion(measures: Sequence[float], n: float) -> list[float]:
    whole = sum(measures)
    return [n * measure / whole if whole else 0.0 for measure in measures]


def allocate(
    strata: Sequence[Stratum],
    n: int,
    *,
    rule: Callable[[Sequence[Stratum], float], list[float]] = proportional,
    minimum: int = 0,
) -> dict[str, int]:
    """Return whole numbers per stratum that add up to `n`.

    No stratum gets more than it holds, nor less than `minimum` (or all it holds, when
    that is less). Strata at a bound are fixed and the rest is shared out again; what
    remains goes by largest remainder, ties by name.

    Raises:
        AllocationImpossible: when the minimums exceed `n`, or `n` what there is.
    """
    floors = {s.name: min(minimum, s.size) for s in strata}
    if len(floors) != len(strata):
        raise AllocationImpossible("two strata have the same name")
    if not sum(floors.values()) <= n <= sum(s.size for s in strata):
        raise AllocationImpossible(
            "{n} cannot be shared out: the minimums need {least} and the strata hold "
            "{most}",
            n=n,
            least=sum(floors.values()),
            most=sum(s.size for s in strata),
        )
    shares = _bounded_shares(sorted(strata, key=lambda s: s.name), n, rule, floors)
    return _largest_remainder(shares, n, {s.name: s.size for s in strata})


def _bounded_shares(
    strata: Sequence[Stratum],
    n: int,
    rule: Callable[[Sequence[Stratum], float], list[float]],
    floors: dict[str, int],
) -> dict[str, float]:
    fixed: dict[str, float] = {}
    while True:
        free = [s for s in strata if s.name not in fixed]
        left = n - sum(fixed.values())
        wanted = dict(zip((s.name for s in free), rule(free, left), strict=True))
        over = {s.name: float(s.size) for s in free if wanted[s.name] > s.size}
        under = {
            s.name: float(floors[s.name])
            for s in free
            if wanted[s.name] < floors[s.name]
        }
        # The side that is further out is fixed first: fixing both at once could
        # leave too little or too much for the rest.
        excess = sum(wanted[k] - v for k, v in over.items())
        lack = sum(v - wanted[k] for k, v in under.items())
        if not over and not under:
            return fixed | wanted
        fixed |= over if excess >= lack else under


def _largest_remainder(
    shares: dict[str, float], n: int, sizes: dict[str, int]
) -> dict[str, int]:
    # A share like 29.999999999 is thirty, spoilt by floating point.
    result = {name: floor(share + 1e-9) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda k: (-round(shares[k] - result[k], 9), k))
    while (left := n - sum(result.values())) > 0:
        room = [name for name in by_remainder if result[name] < sizes[name]]
        for name in room[:left]:
            result[name] += 1
    return result
