"""What is fixed before the field work: methods, levels, thresholds, design effects.

An interval chosen after looking at the result proves nothing. The plan is hashed
when it is fixed; whoever judges later shows the hash of what they used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.estimators import Terms


class PlanChanged(XiuhuaError):
    """The terms in use are not those fixed before the field work."""

    code = "survey.plan_changed"


@dataclass(frozen=True)
class AnalysisPlan:
    """The terms of every rate, by its name."""

    terms: Mapping[str, Terms]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the plan, whatever the order of its rates."""
        plain = {name: asdict(terms) for name, terms in self.terms.items()}
        text = json.dumps(plain, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def verify(self, fingerprint: str) -> None:
        """Hold the plan against the hash stored when it was fixed.

        Raises:
            PlanChanged: when a threshold, level, method or design effect differs.
        """
        if self.fingerprint != fingerprint:
            raise PlanChanged(
                "the plan differs from the one fixed before the field work",
                hint="fixed {fixed}, in use {used}",
                fixed=fingerprint[:12],
                used=self.fingerprint[:12],
            )
