"""The rates of a check, on any set of findings taken as upheld.

Counts are whole persons and households; estimates carry the precision of the design.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiuhua.core.survey import rates as survey
from xiuhua.core.survey.estimators import Estimate, Terms
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.intervals import Method
from xiuhua.core.survey.rates import Population, Rate
from xiuhua.core.survey.samples import ArraySample, Measure
from xiuhua.core.truth import UNKNOWN, Unknown
from xiuhua.core.verification.basis import Basis
from xiuhua.core.verification.findings import Checked, Kind


WRONG_EXIT: Final = "wrong_exit_rate"
MISSED: Final = "missed_rate"
EXTRAPOLATED: Final = "comprehensive_incidence_extrapolated"
RAW: Final = "comprehensive_incidence_raw"
APPROVAL: Final = "approval_rate"
RATES: Final = (WRONG_EXIT, MISSED, EXTRAPOLATED, RAW, APPROVAL)

Choice = Callable[[Checked], bool]


@dataclass(frozen=True)
class CountyTotals:
    """Persons of the region by its registry; UNKNOWN where a part is not filled in."""

    registered: int
    exited: int
    remaining: int
    exited_households: int
    remaining_households: int
    agricultural: int | Unknown
    rural: int | Unknown
    unregistered_in_villages: int | Unknown

    @property
    def unregistered(self) -> int | Unknown:
        """Persons of agricultural households who are not registered as poor."""
        if self.agricultural is UNKNOWN:
            return UNKNOWN
        return self.agricultural - self.registered


@dataclass(frozen=True)
class Counts:
    """What was counted in the sample."""

    exited_persons: int
    wrong_exit_persons: int
    unregistered_persons: int
    missed_persons: int
    asked: int
    approving: int


@dataclass(frozen=True)
class Readings:
    """How the documents are read where they leave it open."""

    missed_denominator: str
    incidence_denominator: str


@dataclass(frozen=True)
class Reckoned:
    """Counts and rates on one set of findings."""

    counts: Counts
    rates: Mapping[str, Rate]


def is_upheld(row: Checked) -> bool:
    """Test whether a finding counts as it stands."""
    return row.is_upheld


def counts_now(row: Checked) -> bool:
    """Test whether a household counts in the rates of persons as it stands."""
    return row.counts


def reckon(
    basis: Basis,
    totals: CountyTotals,
    readings: Readings,
    terms: Terms,
    *,
    upheld: Choice = is_upheld,
    counted: Choice = counts_now,
) -> Reckoned:
    """Return counts and rates when the households chosen by `upheld` are upheld.

    `counted` chooses the households that count in the rates of persons.
    """
    sample = ArraySample(basis.design, _measures(basis, upheld, counted))
    named = tuple(gap.group for gap in basis.not_covered)
    found: dict[str, Rate] = {
        WRONG_EXIT: survey.rate(sample, "wrong", "exited", terms),
        MISSED: survey.rate(sample, "missed", "unregistered", terms, not_covered=named),
        APPROVAL: survey.rate(sample, "approving", "asked", terms),
    }
    by_villages = readings.missed_denominator == "villages"
    if by_villages:
        found[MISSED] = _of_villages(found[MISSED], totals.unregistered_in_villages)
    population = _population(totals, readings)
    for name in (EXTRAPOLATED, RAW):
        found[name] = _incidence(name, sample, population, terms, named)
    if by_villages:
        found[EXTRAPOLATED] = _extrapolated_by_count(found, population)
    names = ("exited", "wrong", "unregistered", "missed", "asked", "approving")
    counts = Counts(*(round(sample.count(name)) for name in names))
    return Reckoned(counts, {name: found[name] for name in RATES})


def _measures(basis: Basis, upheld: Choice, counted: Choice) -> dict[str, Measure]:
    def column(choice: Choice) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.array([u is not None and choice(u) for u in basis.units], dtype=bool)

    persons = np.array(
        [0 if u is None or u.persons is UNKNOWN else u.persons for u in basis.units],
        dtype=np.float64,
    )
    exited = column(lambda u: counted(u) and u.kind is Kind.EXITED)
    others = column(lambda u: counted(u) and u.kind is Kind.UNREGISTERED)
    found = column(upheld)
    asked = column(lambda u: u.was_asked)
    approving = column(lambda u: u.was_asked and u.approves is True)
    return {
        "wrong": Measure(persons * found, exited),
        "exited": Measure(persons, exited),
        "missed": Measure(persons * found, others),
        "unregistered": Measure(persons, others),
        "approving": Measure(approving.astype(np.float64), asked),
        "asked": Measure(np.ones(len(basis.units)), asked),
    }


def _population(totals: CountyTotals, readings: Readings) -> Population | None:
    rural = readings.incidence_denominator == "rural"
    whole = totals.rural if rural else totals.agricultural
    if whole is UNKNOWN or whole == 0 or totals.unregistered is UNKNOWN:
        return None
    return Population(totals.remaining, totals.exited, totals.unregistered, whole)


def _incidence(
    name: str,
    sample: ArraySample,
    population: Population | None,
    terms: Terms,
    not_covered: tuple[str, ...],
) -> Rate:
    checked = all(sample.count(group) > 0 for group in ("exited", "unregistered"))
    if population is None or not checked:
        none = NoFigure(
            Reason.MISSING_VALUES if population is None else Reason.EMPTY_DOMAIN
        )
        absent = Estimate(none, none, 0, 0, 0, none, none)
        whole = float("nan") if population is None else population.total
        return Rate(none, whole, absent, not_covered)
    if name == RAW:
        return survey.counted_incidence(sample, population, terms)
    return survey.comprehensive_incidence(
        sample, population, terms, not_covered=not_covered
    )


def _of_villages(rate: Rate, unregistered: int | Unknown) -> Rate:
    """Take all unregistered persons of the villages checked as the denominator.

    A count without an interval: it holds where whole villages were screened.
    """
    below = float("nan") if unregistered is UNKNOWN else float(unregistered)
    whole = rate.numerator
    if unregistered is UNKNOWN or unregistered == 0 or isinstance(whole, NoFigure):
        value: float | NoFigure = NoFigure(Reason.ZERO_DENOMINATOR)
    else:
        value = whole / below
    return Rate(whole, below, _count_only(rate.estimate, value), rate.not_covered)


def _extrapolated_by_count(
    found: Mapping[str, Rate], population: Population | None
) -> Rate:
    rate = found[EXTRAPOLATED]
    wrong, missed = found[WRONG_EXIT].estimate.estimate, found[MISSED].estimate.estimate
    if (
        population is None
        or isinstance(wrong, NoFigure)
        or isinstance(missed, NoFigure)
    ):
        none = NoFigure(Reason.ZERO_DENOMINATOR)
        return Rate(none, rate.denominator, _count_only(rate.estimate, none))
    cases = (
        population.remaining
        + population.exited * wrong
        + population.unregistered * missed
    )
    value = cases / population.total
    return Rate(cases, population.total, _count_only(rate.estimate, value))


def _count_only(made: Estimate, value: float | NoFigure) -> Estimate:
    none = NoFigure(Reason.COUNT_ONLY)
    return Estimate(value, none, made.n, made.psus, made.df, none, none)


def terms_of(level: float, deff: float, *, weighted: bool) -> Terms:
    """Return the terms all rates are given on."""
    return Terms(
        Method.KORN_GRAUBARD, level, assumed_deff=deff, replacement=not weighted
    )
