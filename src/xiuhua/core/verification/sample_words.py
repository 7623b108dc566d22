"""What is said of a sample: how it was drawn, how precise it is, what it leaves out."""

from __future__ import annotations

from typing import Final

from xiuhua.core.survey.wording import GROUP_NAMES, REASONS
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.basis import NotCovered
from xiuhua.core.verification.rate_words import Words, percent


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


class SampleWords(Words):
    """The sentences on the sample behind the rates of one county."""

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
        name = gap.group.rsplit(".", 1)[-1]
        group = self._say(GAP_GROUPS[name]) if name in GAP_GROUPS else gap.group
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
