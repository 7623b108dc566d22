"""What is said of a judged county, sentence by sentence, in Chinese or English.

Every sentence is made from the data. None speaks of a person or a single household.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xiuhua.core.survey.decisions import Decision
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.findings import Checked
from xiuhua.core.verification.judging import INDICATOR, Decided
from xiuhua.core.verification.rate_words import RATE_NAMES
from xiuhua.core.verification.rates import APPROVAL, MISSED, WRONG_EXIT
from xiuhua.core.verification.sample_words import SampleWords
from xiuhua.core.verification.summary import self_check


class Statement(SampleWords):
    """The sentences about one county in one language."""

    @property
    def title(self) -> str:
        """The title of the report."""
        return self.say(
            "Three rates and one degree of county {region}", region=self._check.region
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
            self.binding_decision(),
        )
        return self._joint.join(filter(None, sentences))

    def decision(self) -> str:
        """Return what is decided: by what binds, and by the interval beside it."""
        said = self.binding_decision()
        if self._by_bound:
            return said
        judgement = self._check.judgement
        parts = [d.by_bound for d in self._binding()]
        beside = self._decided("by the intervals", judgement.by_bound, parts)
        return self._joint.join((said, beside))

    def binding_decision(self) -> str:
        """Return what is decided by what binds alone."""
        how = "by the intervals" if self._by_bound else "by the estimates"
        parts = [d.binding for d in self._binding()]
        return self._decided(how, self._check.judgement.binding, parts)

    @property
    def _by_bound(self) -> bool:
        return self._check.judge.param("binding_decision").value == "bound"

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

    def _binding(self) -> list[Decided]:
        judged = self._check.judgement.rates
        return [judged[name] for name in self._check.judge.binding_rates]

    def _checked(self) -> str:
        told = self_check(self._check)
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


def _persons(rows: Iterable[Checked]) -> int:
    return sum(row.persons for row in rows if row.persons is not UNKNOWN)
