"""A household checked, what was found there, and how far the finding has come.

A finding passes *suspected → the county's evidence → upheld or not upheld*. Only what
is upheld counts; what is suspected is shown apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xiuhua.core.truth import UNKNOWN, Truth, Unknown


class Kind(StrEnum):
    """To which group of households a household checked belongs."""

    EXITED = "exited"
    UNREGISTERED = "unregistered"
    REMAINING = "remaining"


class Finding(StrEnum):
    """What was found, whether upheld or not."""

    NORMAL = "normal"
    WRONG_EXIT = "wrong_exit"
    MISSED = "missed"


class Stage(StrEnum):
    """How far a finding has come."""

    SUSPECTED = "suspected"
    EVIDENCE_GIVEN = "evidence_given"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


OPEN_STAGES = (Stage.SUSPECTED, Stage.EVIDENCE_GIVEN)
FINDING_OF: dict[Kind, Finding] = {
    Kind.EXITED: Finding.WRONG_EXIT,
    Kind.UNREGISTERED: Finding.MISSED,
}


@dataclass(frozen=True)
class Told:
    """A finding with its stage; `fault` names the kind of contradiction, if any."""

    finding: Finding | Unknown
    stage: Stage | None = None
    fault: str = ""


@dataclass(frozen=True)
class Checked:
    """One household of the sample as it was read.

    `left_out` names why it counts in no rate of persons, empty when it counts.
    """

    sheet: str
    row: int
    sample_id: str
    household_id: str
    village: str
    kind: Kind | Unknown
    groups: tuple[str, ...]
    persons: int | Unknown
    team: str
    method: str
    finding: Finding | Unknown
    stage: Stage | None
    approves: Truth
    left_out: str = ""

    @property
    def key(self) -> str:
        """What tells this row from any other: sheet and row."""
        return f"{self.sheet}!{self.row}"

    @property
    def is_upheld(self) -> bool:
        """Whether a wrong exit or a missed household was upheld here."""
        return self.stage is Stage.UPHELD

    @property
    def is_open(self) -> bool:
        """Whether a finding here is suspected or answered, but not decided."""
        return self.stage in OPEN_STAGES

    @property
    def counts(self) -> bool:
        """Whether the household counts in a rate of persons."""
        return not self.left_out

    @property
    def was_asked(self) -> bool:
        """Whether the household said if it approves; empty is not no."""
        excluded = ("duplicate", "outside_region", "village_unknown", "not_drawn")
        return self.approves is not UNKNOWN and self.left_out not in excluded


def read_finding(finding: str | None, stage: str | None) -> Told:
    """Return what the two columns of a row say together.

    >>> read_finding("wrong_exit", None).stage.value
    'upheld'
    >>> read_finding("suspected_missed", "evidence_given").stage.value
    'evidence_given'
    >>> read_finding("normal", "upheld").fault
    'finding_contradiction'
    """
    if finding is None:
        fault = "finding_contradiction" if stage else ""
        return Told(UNKNOWN, None, fault)
    told = Stage(stage) if stage else None
    if finding == Finding.NORMAL:
        if told in (None, Stage.DISMISSED):
            return Told(Finding.NORMAL)
        return Told(UNKNOWN, None, "finding_contradiction")
    suspected = finding.startswith("suspected_")
    found = Finding(finding.removeprefix("suspected_"))
    return Told(found, told or (Stage.SUSPECTED if suspected else Stage.UPHELD))
