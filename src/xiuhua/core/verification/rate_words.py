"""Rates, counts and decisions of a judged county in words, Chinese or English."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.survey.decisions import Decision
from xiuhua.core.survey.figures import Figure, NoFigure
from xiuhua.core.survey.intervals import Interval
from xiuhua.core.survey.rates import Rate
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.judging import Decided
from xiuhua.core.verification.rates import (
    APPROVAL,
    EXTRAPOLATED,
    MISSED,
    RATES,
    RAW,
    WRONG_EXIT,
)
from xiuhua.core.verification.run import CountyCheck
from xiuhua.core.verification.summary import whole
from xiuhua.core.wording import number_text
from xiuhua.messages import translator


RATE_NAMES: Final = {
    WRONG_EXIT: "wrong-exit rate",
    MISSED: "missed rate",
    EXTRAPOLATED: "comprehensive incidence (rates extrapolated)",
    RAW: "comprehensive incidence (cases found only)",
    APPROVAL: "approval",
}
DECISIONS: Final = {
    Decision.MET: "met",
    Decision.UNMET: "unmet",
    Decision.UNDECIDED: "undecided",
}
SIGNS: Final = {"below": "<", "at_most": "≤", "at_least": "≥", "above": ">"}
METHODS: Final = {
    "korn_graubard": "Korn–Graubard",
    "zero_events": "rule for no event",
    "logit": "logit",
    "mover": "limits of both rates combined",
    "survey.count_only": "a count, no interval",
}


@dataclass(frozen=True)
class RateWords:
    """One line of the table of rates, as it is printed."""

    label: str
    numerator: str
    denominator: str
    estimate: str
    interval: str
    method: str
    limit: str
    by_point: str
    by_bound: str
    binding: str


def percent(value: Fraction | float, places: int = 2) -> str:
    """Return a share as a percentage, rounded half away from zero.

    >>> percent(Fraction(1119, 1200)), percent(0.005016), percent(0)
    ('93.25%', '0.50%', '0%')
    """
    return number_text(Fraction(value) * 100, places if value else 0) + "%"


class Words:
    """Words the figures of one county in one language."""

    def __init__(self, check: CountyCheck, language: str):
        self._check = check
        self._language = language
        self._say = translator(language)
        self._joint = "" if language == "zh" else " "
        self._comma = "、" if language == "zh" else ", "

    def say(self, message: str, **values: Any) -> str:
        """Return a message in the language, with numbers grouped by thousands."""
        shown = {k: self.count(v) for k, v in values.items()}
        text = self._say(message)
        return text.format(**shown) if shown else text

    def count(self, value: Any) -> str:
        """Return a number with separators; texts and what is unknown as words."""
        if value is None or value is UNKNOWN:
            return self._say("unknown")
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return f"{value:,.1f}" if isinstance(value, float) else str(value)

    def rate_rows(self) -> list[RateWords]:
        """Return the table of rates, the ones that bind first."""
        binding = self._check.judge.binding_rates
        order = [*binding, *(name for name in RATES if name not in binding)]
        return [self._row(name) for name in order]

    def decision_word(self, decision: Decision | None) -> str:
        """Return a decision as one word, empty for a rate that does not bind."""
        return "" if decision is None else self._say(DECISIONS[decision])

    def share(self, figure: Figure) -> str:
        """Return an estimate as a percentage, or a dash when there is none."""
        return "—" if isinstance(figure, NoFigure) else percent(figure)

    def _row(self, name: str) -> RateWords:
        rate, decided = (
            self._check.reckoned.rates[name],
            self._check.judgement.rates[name],
        )
        values = self._figures(rate)
        method = rate.estimate.method
        return RateWords(
            label=self._say(RATE_NAMES[name]),
            numerator=values["numerator"],
            denominator=values["denominator"],
            estimate=values["rate"],
            interval="—"
            if values["lower"] == "—"
            else f"{values['lower']}–{values['upper']}",
            method=self._say(METHODS.get(method, method)),
            limit=self._limit(decided),
            by_point=self.decision_word(decided.by_point),
            by_bound="—"
            if isinstance(rate.estimate.interval, NoFigure)
            else self.decision_word(decided.by_bound),
            binding=self.decision_word(decided.binding),
        )

    def _limit(self, decided: Decided) -> str:
        value = decided.limit.value
        sign = SIGNS.get(str(decided.comparator.value), "")
        if not isinstance(value, Fraction | int):
            return "—"
        return f"{sign} {number_text(Fraction(value) * 100, None)}%"

    def _figures(self, rate: Rate) -> dict[str, str]:
        interval = rate.estimate.interval
        ends = ("—", "—")
        level = percent(self._check.judge.level, 0)
        if isinstance(interval, Interval):
            ends = percent(interval.lower), percent(interval.upper)
        return {
            "numerator": self.count(whole(rate.numerator)),
            "denominator": self.count(whole(rate.denominator)),
            "rate": self.share(rate.estimate.estimate),
            "lower": ends[0],
            "upper": ends[1],
            "level": level,
        }
