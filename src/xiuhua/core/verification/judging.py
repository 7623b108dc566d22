"""Hold the rates against the pack: by the estimate, by its interval, and what binds.

One row of level `county` goes through the reference engine. By the estimate the rates
are exact numbers; by the interval they are bounds, and a limit between the bounds
leaves the verdict unknown: the check could not decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.engines.memory import Judge, Judged
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.model import Pack
from xiuhua.core.standards.resolver import ParamInForce, Standard, resolve
from xiuhua.core.standards.semantics import Bounds
from xiuhua.core.survey.decisions import Decision
from xiuhua.core.survey.figures import Figure, NoFigure
from xiuhua.core.survey.rates import Rate
from xiuhua.core.truth import UNKNOWN, Verdict
from xiuhua.core.verification.rates import (
    APPROVAL,
    EXTRAPOLATED,
    MISSED,
    RAW,
    WRONG_EXIT,
    CountyTotals,
    Reckoned,
)


DERIVED: Final = {
    WRONG_EXIT: "wrong_exit_rate",
    MISSED: "missed_rate",
    EXTRAPOLATED: "incidence_extrapolated",
    RAW: "incidence_raw",
    APPROVAL: "approval_rate",
}
INDICATOR: Final = {
    WRONG_EXIT: "wrong_exit",
    MISSED: "missed",
    EXTRAPOLATED: "comprehensive_incidence",
    RAW: "comprehensive_incidence",
    APPROVAL: "approval",
}
READING: Final = {EXTRAPOLATED: "extrapolated", RAW: "raw"}
LIMIT: Final = {
    WRONG_EXIT: "wrong_exit_limit",
    MISSED: "missed_limit",
    APPROVAL: "approval_minimum",
}
COMPARATOR: Final = {
    WRONG_EXIT: "wrong_exit_comparator",
    MISSED: "missed_comparator",
    EXTRAPOLATED: "incidence_comparator",
    RAW: "incidence_comparator",
    APPROVAL: "approval_comparator",
}
NEEDED: Final = (
    "area",
    "veto",
    "composite_reading",
    "incidence_denominator",
    "missed_denominator",
    "binding_decision",
    "assumed_design_effect",
    "confidence_level",
)


class NoCountyPack(XiuhuaError):
    """A pack does not judge a county by the three rates and one degree."""

    code = "verification.no_county_pack"


class PrecisionUndeclared(XiuhuaError):
    """A choice that must be made before the field work has no usable value."""

    code = "verification.undeclared"


@dataclass(frozen=True)
class Decided:
    """What is decided of one rate; `binding` is None for a rate that does not bind."""

    by_point: Decision
    by_bound: Decision
    binding: Decision | None
    limit: ParamInForce
    comparator: ParamInForce


@dataclass(frozen=True)
class Judgement:
    """The decisions on every rate and on the county as a whole."""

    rates: Mapping[str, Decided]
    by_point: Decision
    by_bound: Decision
    binding: Decision


class CountyJudge:
    """Judges rates by a pack of level county on a day in a region."""

    def __init__(
        self, pack: Pack, *, as_of: date, region: str, given: Mapping[str, Any]
    ):
        """Resolve the pack, once for each reading of the composite rate.

        Raises:
            NoCountyPack: when the pack lacks an indicator or parameter needed.
            ParamRefused, OutOfForce: see `standards.resolver.resolve`.
            PrecisionUndeclared: when level or design effect cannot be.
        """
        _check(pack)
        own = {k: v for k, v in given.items() if k in pack.params}
        self.standard = resolve(pack, as_of=as_of, region=region, given=own)
        self._readings = {
            name: resolve(
                pack,
                as_of=as_of,
                region=region,
                given=own | {"composite_reading": word, "veto": "any"},
            )
            for name, word in READING.items()
        }
        if not 0 < self.level < 1 or self.design_effect < 1:
            raise PrecisionUndeclared(
                "the confidence level lies between 0 and 1, the design effect is at"
                " least 1"
            )
        self._known("composite_reading")

    def param(self, name: str) -> ParamInForce:
        """Return a parameter in force."""
        return next(p for p in self.standard.params if p.param.name == name)

    @property
    def level(self) -> float:
        """The confidence level declared."""
        return float(self._known("confidence_level"))

    @property
    def design_effect(self) -> float:
        """The design effect declared."""
        return float(self._known("assumed_design_effect"))

    @property
    def composite(self) -> str:
        """The composite rate in the reading in force."""
        reading = self.param("composite_reading").value
        return next(rate for rate, word in READING.items() if word == reading)

    @property
    def binding_rates(self) -> tuple[str, ...]:
        """The rates that bind: all four, or the composite one alone."""
        if self.param("veto").value == "main":
            return (self.composite,)
        return (self.composite, WRONG_EXIT, MISSED, APPROVAL)

    def judge(
        self, found: Reckoned, totals: CountyTotals, *, weighted: bool
    ) -> Judgement:
        """Return all decisions; `weighted` rates are judged as estimated."""
        values = _values(found, totals)
        point = values | _estimates(found) if weighted else values
        bound = values | _intervals(found)
        by_point, by_bound = self._verdicts(point), self._verdicts(bound)
        chosen = (
            by_bound if self.param("binding_decision").value == "bound" else by_point
        )
        rates = {
            rate: Decided(
                by_point=_decision(by_point[rate]),
                by_bound=_decision(by_bound[rate]),
                binding=_decision(chosen[rate]) if rate in self.binding_rates else None,
                limit=self.param(self._limit(rate)),
                comparator=self.param(COMPARATOR[rate]),
            )
            for rate in DERIVED
        }
        return Judgement(
            rates,
            _decision(by_point[OVERALL]),
            _decision(by_bound[OVERALL]),
            _decision(chosen[OVERALL]),
        )

    def _verdicts(self, values: Mapping[str, Any]) -> dict[str, Verdict]:
        """Return the verdict on every rate, and overall in the reading in force."""
        verdicts = {
            rate: _judged(standard, values) for rate, standard in self._readings.items()
        }
        # Rates that do not bind are held against their limit all the same.
        found = {
            rate: verdicts.get(rate, verdicts[EXTRAPOLATED])[indicator]
            for rate, indicator in INDICATOR.items()
        }
        return found | {OVERALL: _judged(self.standard, values)[OVERALL]}

    def _limit(self, rate: str) -> str:
        if rate in LIMIT:
            return LIMIT[rate]
        west = self.param("area").value == "west"
        return "incidence_limit_west" if west else "incidence_limit_central"

    def _known(self, name: str) -> Any:
        value = self.param(name).value
        if value is UNKNOWN:
            raise PrecisionUndeclared(
                "the parameter {name} has no value", name=name, hint="give it: --param"
            )
        return value


def _check(pack: Pack) -> None:
    needed = {*NEEDED, *LIMIT.values(), *COMPARATOR.values()}
    indicators = {i.id for i in pack.indicators_of("county")}
    missing = sorted(
        (set(INDICATOR.values()) - indicators) | (needed - set(pack.params))
    )
    if missing:
        raise NoCountyPack(
            "the pack {pack} does not judge three rates and one degree: no {names}",
            hint="name county_exit or a pack that extends it",
            pack=pack.id,
            names=", ".join(missing),
        )


def _judged(standard: Standard, values: Mapping[str, Any]) -> dict[str, Verdict]:
    row = Judged("county", dict(values), ())
    Judge(standard).judge(row)
    return dict(row.verdicts)


def _decision(verdict: Verdict) -> Decision:
    words = {Verdict.MET: Decision.MET, Verdict.UNMET: Decision.UNMET}
    return words.get(verdict, Decision.UNDECIDED)


def _values(found: Reckoned, totals: CountyTotals) -> dict[str, Any]:
    """The row of the county: what the registry and the sample counted."""
    counts = found.counts
    wrong = _share(counts.wrong_exit_persons, counts.exited_persons, totals.exited)
    missed = _persons(found.rates[MISSED].estimate.estimate, totals.unregistered)
    exact = _share(
        counts.missed_persons, counts.unregistered_persons, totals.unregistered
    )
    counted_only = found.rates[MISSED].denominator != counts.unregistered_persons
    return {
        "agricultural_population": totals.agricultural,
        "rural_population": totals.rural,
        "remaining_persons": totals.remaining,
        "exited_persons": totals.exited,
        "unregistered_persons": totals.unregistered,
        "exited_persons_checked": counts.exited_persons,
        # Where nobody was checked nothing is known, and nothing found is no zero.
        "wrong_exit_persons": counts.wrong_exit_persons
        if counts.exited_persons
        else UNKNOWN,
        "unregistered_persons_checked": counts.unregistered_persons,
        "unregistered_persons_in_villages": totals.unregistered_in_villages,
        "missed_persons": counts.missed_persons
        if counts.unregistered_persons
        else UNKNOWN,
        "households_asked": counts.asked,
        "households_approving": counts.approving,
        "wrong_exit_persons_extrapolated": wrong,
        "missed_persons_extrapolated": missed if counted_only else exact,
    }


def _share(cases: int, checked: int, whole: Any) -> Any:
    if checked == 0 or whole is UNKNOWN:
        return UNKNOWN
    return Fraction(cases, checked) * whole


def _persons(rate: Figure, whole: Any) -> Any:
    if isinstance(rate, NoFigure) or whole is UNKNOWN:
        return UNKNOWN
    return Fraction(rate) * whole


def _estimates(found: Reckoned) -> dict[str, Any]:
    return {DERIVED[name]: _point(rate) for name, rate in found.rates.items()}


def _point(rate: Rate) -> Any:
    value = rate.estimate.estimate
    return UNKNOWN if isinstance(value, NoFigure) else Fraction(value)


def _intervals(found: Reckoned) -> dict[str, Any]:
    return {DERIVED[name]: _bounds(rate) for name, rate in found.rates.items()}


def _bounds(rate: Rate) -> Any:
    interval = rate.estimate.interval
    if isinstance(interval, NoFigure):
        return UNKNOWN
    return Bounds(Fraction(max(interval.lower, 0.0)), Fraction(interval.upper))
