"""The three rates and one degree of a county, with decisions.

Wrong-exit rate: persons wrongly exited over exited persons checked. Missed rate:
persons missed over unregistered persons checked. Approval: households approving
over households asked. Comprehensive incidence: remaining, wrongly exited and missed
over the agricultural population. Sources and thresholds are a pack's, not ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xiuhua.core.survey.decisions import Decision, decide, decide_by_point
from xiuhua.core.survey.estimators import (
    RATE_TERMS,
    Estimate,
    Terms,
    nonlinear,
    ratio_estimate,
)
from xiuhua.core.survey.figures import Figure, FloatArray, NoFigure, Reason
from xiuhua.core.survey.intervals import Interval, Method
from xiuhua.core.survey.samples import ArraySample, Measure, Sample
from xiuhua.core.survey.sampling_design import Column, DesignInvalid, declare
from xiuhua.core.truth import UNKNOWN


@dataclass(frozen=True)
class Rate:
    """A rate with the counts found in the sample.

    `not_covered` names the groups that could not be drawn, about which the sample
    says nothing; `estimate.n` counts households whatever the rate counts. The
    numerator of an extrapolated rate is itself an estimate and may be absent.
    """

    numerator: Figure
    denominator: float
    estimate: Estimate
    not_covered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Population:
    """Persons of a county: on the register, off it, and the whole denominator."""

    remaining: float
    exited: float
    unregistered: float
    total: float


@dataclass(frozen=True)
class Findings:
    """The names of the four measures of persons in a sample."""

    wrong: str = "wrong"
    exited: str = "exited"
    missed: str = "missed"
    unregistered: str = "unregistered"

    @property
    def names(self) -> tuple[str, str, str, str]:
        """The measures in the order of the formula."""
        return self.wrong, self.exited, self.missed, self.unregistered


FINDINGS = Findings()


def village_sample(
    village: Column,
    measures: Mapping[str, Measure],
    *,
    stratum: Column | None = None,
) -> ArraySample:
    """Return a sample without design information as what it is: villages as clusters.

    Every household weighs one. Give `Terms.assumed_deff` with it, and
    `Terms.replacement` to have a design effect.

    Raises:
        DesignInvalid: for a single village.
    """
    strata = [] if stratum is None else [stratum]
    design = declare(len(village), ids=[village], strata=strata, nest=bool(strata))
    return ArraySample(design, measures)


def rate(
    sample: Sample,
    numerator: str,
    denominator: str,
    terms: Terms = RATE_TERMS,
    *,
    not_covered: tuple[str, ...] = (),
) -> Rate:
    """Estimate a rate of persons (or of households) as a ratio of two totals."""
    found = ratio_estimate(sample, numerator, denominator, terms)
    counts = sample.count(numerator), sample.count(denominator)
    return Rate(*counts, found, not_covered)


def comprehensive_incidence(
    sample: Sample,
    population: Population,
    terms: Terms = RATE_TERMS,
    findings: Findings = FINDINGS,
    *,
    not_covered: tuple[str, ...] = (),
) -> Rate:
    """Estimate the incidence with the sample's rates extrapolated (reading A).

    (remaining + exited * wrong rate + unregistered * missed rate) / total. The
    interval is on the logit scale from the covariance of the four totals. A rate
    without events has no variance; then the limits of both rates are combined by
    MOVER (Zou and Donner 2008, Statistics in Medicine 27:1693), their covariance
    being zero.
    """
    expression = (
        f"({population.remaining!r}"
        f" + {population.exited!r} * {findings.wrong}/{findings.exited}"
        f" + {population.unregistered!r}"
        f" * {findings.missed}/{findings.unregistered}) / {population.total!r}"
    )
    found = nonlinear(sample, findings.names, expression, replace(terms, method=LOGIT))
    interval = _composite_interval(sample, population, terms, findings, found)
    share = found.estimate
    cases = share if isinstance(share, NoFigure) else share * population.total
    judged = _with_interval(found, interval, terms)
    return Rate(cases, population.total, judged, not_covered)


def counted_incidence(
    sample: Sample,
    population: Population,
    terms: Terms = RATE_TERMS,
    findings: Findings = FINDINGS,
) -> Rate:
    """Return the incidence with only the cases found added (reading B).

    A count, not an estimate: it stays below the truth unless everyone was visited,
    and has no interval.
    """
    found = sample.count(findings.wrong) + sample.count(findings.missed)
    cases = population.remaining + found
    value = cases / population.total
    size = sample.size(findings.names)
    none = NoFigure(Reason.COUNT_ONLY)
    missing = sample.incomplete(findings.names)
    point = NoFigure(Reason.MISSING_VALUES) if missing else value
    threshold = terms.threshold
    estimate = Estimate(
        point,
        none,
        size.n,
        size.psus,
        size.df,
        none,
        none,
        Decision.UNDECIDED if threshold else None,
        decide_by_point(point, threshold) if threshold else None,
    )
    return Rate(cases, population.total, estimate)


LOGIT = Method.LOGIT


def _composite_interval(
    sample: Sample,
    population: Population,
    terms: Terms,
    findings: Findings,
    found: Estimate,
) -> Interval | NoFigure:
    if isinstance(found.estimate, NoFigure):
        return found.estimate
    wrong = ratio_estimate(sample, findings.wrong, findings.exited, terms)
    missed = ratio_estimate(sample, findings.missed, findings.unregistered, terms)
    parts = (
        (population.exited / population.total, wrong),
        (population.unregistered / population.total, missed),
    )
    if all(_varies(part) for factor, part in parts if factor > 0):
        return found.interval
    return _mover(found.estimate, parts, terms.level)


def _varies(part: Estimate) -> bool:
    return not isinstance(part.se, NoFigure) and part.se > 0


def _mover(
    value: float, parts: tuple[tuple[float, Estimate], ...], level: float
) -> Interval | NoFigure:
    """Combine the limits of independent rates into limits of their weighted sum."""
    below = above = 0.0
    for factor, part in parts:
        if isinstance(part.interval, NoFigure):
            return part.interval
        point = part.estimate
        if isinstance(point, NoFigure):
            return point
        below += (factor * (point - part.interval.lower)) ** 2
        above += (factor * (part.interval.upper - point)) ** 2
    return Interval(
        value - math.sqrt(below), value + math.sqrt(above), level, Method.MOVER
    )


def _with_interval(
    found: Estimate, interval: Interval | NoFigure, terms: Terms
) -> Estimate:
    threshold = terms.threshold
    decision = decide(interval, threshold) if threshold else None
    return replace(found, interval=interval, decision=decision)


def household_measures(
    exited: Column,
    unregistered: Column,
    persons: Column,
    wrong: Column,
    missed: Column,
) -> dict[str, Measure]:
    """Return the four measures of persons from household columns.

    `exited`, `unregistered`, `wrong` and `missed` are true or false per household;
    the persons of a household found wrong are all counted. A finding or number of
    persons that is None or UNKNOWN stays missing: it never counts as no.

    Raises:
        DesignInvalid: when it is unknown to which group a household belongs.
    """
    people = known_or_missing(persons)
    out, off = (known_or_missing(c) for c in (exited, unregistered))
    if np.isnan(out).any() or np.isnan(off).any():
        raise DesignInvalid("a household's group is unknown")
    return {
        FINDINGS.wrong: Measure(people * known_or_missing(wrong), out == 1),
        FINDINGS.exited: Measure(people, out == 1),
        FINDINGS.missed: Measure(people * known_or_missing(missed), off == 1),
        FINDINGS.unregistered: Measure(people, off == 1),
    }


def known_or_missing(column: Column) -> FloatArray:
    """Return a column as numbers, true as one; None and UNKNOWN become missing."""
    if column.dtype != object:
        return np.asarray(column, dtype=np.float64)
    values = [math.nan if v is None or v is UNKNOWN else float(v) for v in column]
    return np.array(values)
