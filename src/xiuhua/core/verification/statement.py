"""What is said of a judged county, sentence by sentence, in Chinese or English.

Every sentence is made from the data. None speaks of a person or a single household.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.survey.decisions import Decision
from xiuhua.core.survey.figures import Figure, NoFigure
from xiuhua.core.survey.intervals import Interval
from xiuhua.core.survey.rates import Rate
from xiuhua.core.survey.wording import GROUP_NAMES, REASONS
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.basis import NotCovered
from xiuhua.core.verification.judging import INDICATOR
from xiuhua.core.verification.rates import (
    APPROVAL,
    EXTRAPOLATED,
    MISSED,
    RATES,
    RAW,
    WRONG_EXIT,
)
from xiuhua.core.verification.run import CountyCheck
from xiuhua.core.verification.summary import self_check, whole
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
GAP_GROUPS: Final = GROUP_NAMES | {
    "unregistered": "households not registered as poor",
    "ordinary": "ordinary households outside the risk groups",
    "risk_groups": "risk groups of households not registered as poor",
    "villages": "villages",
}
GAP_REASONS: Final = REASONS | {
    "none_checked": "none is in the sample, so their chance to be in it is taken as 0",
    "groups_not_recorded": "the sheet does not record them",
    "nobody_reached": "drawn, but nobody was reached",
}
LEFT_OUT: Final = {
    "duplicate": "stand twice",
    "outside_region": "lie outside the region",
    "village_unknown": "have no village",
    "kind_unknown": "have no kind",
    "persons_unknown": "have no number of persons",
    "finding_unknown": "have no conclusion",
    "not_drawn": "were not drawn",
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

    >>> percent(Fraction(1119, 1200)), percent(0.005016)
    ('93.25%', '0.50%')
    """
    return number_text(Fraction(value) * 100, places) + "%"


class Statement:
    """The sentences about one county in one language."""

    def __init__(self, check: CountyCheck, language: str):
        self._check = check
        self._language = language
        self._say = translator(language)
        self._told = self_check(check)
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

    @property
    def title(self) -> str:
        """The title of the report."""
        return self.say(
            "Three rates and one degree of county {region}", region=self._region
        )

    @property
    def heading(self) -> str:
        """The line that says how far the result can be relied on."""
        if self._check.basis.weighted:
            return self.say("Estimates from a sample drawn in the open")
        return self.say("Self-check: indicative only")

    @property
    def subtitle(self) -> str:
        """Region, day and standard."""
        standard = self._check.standard
        titles = self._comma.join(p.title.in_(self._language) for p in standard.packs)
        day = self._check.as_of.isoformat()
        return self.say("as of {day}; standard: {titles}", day=day, titles=titles)

    def paragraph(self) -> str:
        """Return the announcement, written from the data."""
        sentences = (
            self._checked(),
            self._rate_sentence(WRONG_EXIT),
            self._rate_sentence(MISSED),
            self._open_findings(),
            self._incidence(),
            self._approval(),
            self.decision(),
        )
        return self._joint.join(filter(None, sentences))

    def decision(self) -> str:
        """Return what is decided: by what binds, and by the interval beside it."""
        judgement = self._check.judgement
        bound = self._check.judge.param("binding_decision").value == "bound"
        how = "by the intervals" if bound else "by the estimates"
        said = self._decided(
            how, judgement.binding, [d.binding for d in self._binding()]
        )
        if bound:
            return said
        beside = self._decided(
            "by the intervals",
            judgement.by_bound,
            [d.by_bound for d in self._binding()],
        )
        return self._joint.join((said, beside))

    def rate_rows(self) -> list[RateWords]:
        """Return the table of rates, the ones that bind first."""
        binding = self._check.judge.binding_rates
        order = [*binding, *(name for name in RATES if name not in binding)]
        return [self._row(name) for name in order]

    def not_covered(self) -> list[str]:
        """Return a sentence per group the sample says nothing about."""
        lines = [self._gap(gap) for gap in self._check.basis.not_covered]
        groups = {gap.group for gap in self._check.basis.not_covered}
        if "ordinary" in groups or "unregistered" in groups:
            lines.append(
                self.say(
                    "The missed rate and the comprehensive incidence of the whole "
                    "county hold only if households not covered are missed no more "
                    "often than those checked."
                )
            )
        return lines

    def basis(self) -> list[str]:
        """Return the sentences on design, precision and what was left out."""
        judge, basis = self._check.judge, self._check.basis
        lines = [self._design()]
        lines.append(
            self.say(
                "Intervals are two-sided at {level}; the design effect {deff} declared "
                "beforehand holds where no event was found and as the least elsewhere.",
                level=percent(judge.level, 0),
                deff=f"{judge.design_effect:g}",
            )
        )
        if basis.drawn is not None:
            lines.append(
                self.say(
                    "Of {drawn} households drawn {answered} were checked; replacements "
                    "carry the weight of those they stand in for.",
                    drawn=basis.drawn,
                    answered=basis.answered,
                )
            )
        return [*lines, *self._left_out(), *self._without_approval()]

    def held_against(self) -> str:
        """Return what the registry says against the finding, as one sentence."""
        held = self._check.held
        unmet = [h.row for h in held if h.verdict == "unmet"]
        unknown = [h.row for h in held if h.verdict == "unknown"]
        return self.say(
            "Of the exited households in which nothing was found, the registry judges "
            "{unmet} households ({unmet_persons} persons) unmet and {unknown} "
            "({unknown_persons} persons) unknown; they are to be looked up again.",
            unmet=len(unmet),
            unmet_persons=_persons(unmet),
            unknown=len(unknown),
            unknown_persons=_persons(unknown),
        )

    def decision_word(self, decision: Decision | None) -> str:
        """Return a decision as one word, empty for a rate that does not bind."""
        return "" if decision is None else self._say(DECISIONS[decision])

    def share(self, figure: Figure) -> str:
        """Return an estimate as a percentage, or a dash when there is none."""
        return "—" if isinstance(figure, NoFigure) else percent(figure)

    # sentences -------------------------------------------------------------------

    @property
    def _region(self) -> str:
        return self._check.region

    def _binding(self) -> list[Any]:
        judged = self._check.judgement.rates
        return [judged[name] for name in self._check.judge.binding_rates]

    def _checked(self) -> str:
        told = self._told
        teams = {row.team for row in self._check.rows if row.team}
        units = [u for u in self._check.basis.units if u is not None]
        first = self.say("{teams} teams took part.", teams=len(teams)) if teams else ""
        return self._joint.join(
            filter(
                None,
                (
                    self.say(
                        "In {villages} of {of} villages {households} households with "
                        "{persons} persons were checked: {exited} exited households "
                        "with {exited_persons} persons and {others} households not "
                        "registered as poor with {others_persons} persons.",
                        villages=len({u.village for u in units}),
                        of=self._check.registry_villages,
                        households=told["households"],
                        persons=told["persons"],
                        exited=told["exited"]["households"],
                        exited_persons=told["exited"]["persons"],
                        others=told["ordinary"]["households"],
                        others_persons=told["ordinary"]["persons"],
                    ),
                    first,
                ),
            )
        )

    def _rate_sentence(self, name: str) -> str:
        rate = self._check.reckoned.rates[name]
        values = self._figures(rate)
        label = self._say(RATE_NAMES[name])
        if isinstance(rate.estimate.estimate, NoFigure):
            return self.say("The {label} cannot be given.", label=label)
        if rate.numerator == 0 and values["upper"] != "—":
            return self.say(
                "No case was upheld: the {label} is {rate} and, at {level}, not above "
                "{upper}.",
                label=label,
                **values,
            )
        return self.say(
            "{numerator} persons were upheld among {denominator} checked: the {label} "
            "is {rate} ({lower} to {upper}).",
            label=label,
            **values,
        )

    def _open_findings(self) -> str:
        rows = [row for row in self._check.rows if row.counts and row.is_open]
        if not rows:
            return ""
        return self.say(
            "{households} households with {persons} persons are suspected and not "
            "decided; they are not counted.",
            households=len(rows),
            persons=_persons(rows),
        )

    def _incidence(self) -> str:
        totals = self._check.totals
        name = self._check.judge.composite
        values = self._figures(self._check.reckoned.rates[name])
        remain = self.say(
            "On the register {households} households with {persons} persons remain "
            "poor.",
            households=totals.remaining_households,
            persons=totals.remaining,
        )
        if values["lower"] == "—":
            text = "The comprehensive incidence is {rate}."
        else:
            text = "The comprehensive incidence is {rate} ({lower} to {upper})."
        return self._joint.join((remain, self.say(text, **values)))

    def _approval(self) -> str:
        counts = self._check.reckoned.counts
        if not counts.asked:
            return self.say("Approval was not asked.")
        return self.say(
            "Of {asked} households asked {approving} approve: {rate} ({lower} to "
            "{upper}).",
            asked=counts.asked,
            approving=counts.approving,
            **self._figures(self._check.reckoned.rates[APPROVAL]),
        )

    def _decided(
        self, how: str, whole: Decision, parts: Sequence[Decision | None]
    ) -> str:
        names = [
            self._check.standard.label_of(INDICATOR[rate]).in_(self._language)
            for rate, part in zip(self._check.judge.binding_rates, parts, strict=True)
            if part is whole
        ]
        text = {
            Decision.MET: "Judged {how}, all conditions are met.",
            Decision.UNMET: "Judged {how}, the county does not meet the conditions: "
            "{names}.",
            Decision.UNDECIDED: "Judged {how}, it is undecided: {names}.",
        }[whole]
        return self.say(text, how=self._say(how), names=self._comma.join(names))

    def _design(self) -> str:
        sample = self._check.basis.sample
        if sample is None:
            return self.say(
                "The sheet records no design: no frame, no probabilities, no weights. "
                "It is treated as what it is: villages as clusters, every household "
                "counting once. Whoever chose the households could choose the result; "
                "the figures are indicative."
            )
        return self.say(
            "The sample was drawn by the design {name} with the public number {seed}; "
            "the weights are those of the draw (frame {frame}).",
            name=sample.name,
            seed=sample.seed,
            frame=sample.frame_sha256[:16],
        )

    def _left_out(self) -> list[str]:
        words = [row.left_out for row in self._check.rows if row.left_out]
        return [
            self.say(
                "{count} rows count nowhere: they {reason}.",
                count=words.count(word),
                reason=self._say(LEFT_OUT[word]),
            )
            for word in LEFT_OUT
            if word in words
        ]

    def _without_approval(self) -> list[str]:
        silent = sum(row.approves is UNKNOWN for row in self._check.rows)
        if not silent:
            return []
        text = (
            "{count} households were not asked whether they approve; not asked is "
            "not no."
        )
        return [self.say(text, count=silent)]

    def _gap(self, gap: NotCovered) -> str:
        group = self._say(GAP_GROUPS.get(gap.group, gap.group))
        if gap.villages:
            return self.say("Not covered: {count} villages.", count=gap.villages)
        reason = self._say(GAP_REASONS.get(gap.reason, gap.reason))
        if gap.households is UNKNOWN:
            return self.say(
                "Not covered: {group}; {reason}.", group=group, reason=reason
            )
        return self.say(
            "Not covered: {group}, {count} households; {reason}.",
            group=group,
            count=gap.households,
            reason=reason,
        )

    # figures ---------------------------------------------------------------------

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

    def _limit(self, decided: Any) -> str:
        value = decided.limit.value
        sign = SIGNS.get(str(decided.comparator.value), "")
        return "—" if value is UNKNOWN else f"{sign} {percent(value)}"

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


def _persons(rows: Iterable[Any]) -> int:
    return sum(row.persons for row in rows if row.persons is not UNKNOWN)
