"""The ledger written down a second time, as plainly as it can be said.

A dictionary of what is believed of each problem and who may do what with it. It knows
neither tables nor services: `test_machine` lets both act and holds them to each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import ceil

from tests.factories.ledger import COUNTY, TOWNSHIP, VILLAGE


OTHER_VILLAGE = "990101102201"
LEVELS = ("99", COUNTY, TOWNSHIP, OTHER_VILLAGE[:9], VILLAGE, OTHER_VILLAGE)
ABOVE = ("99", "9901", COUNTY, TOWNSHIP, OTHER_VILLAGE[:9])
OFFICE_OF = {"office": COUNTY, "clerk": TOWNSHIP, "leader": TOWNSHIP}
STEPS = {
    ("assign", "registered"): "assigned",
    ("assign", "assigned"): "assigned",
    ("assign", "signed_for"): "assigned",
    ("assign", "in_rectification"): "assigned",
    ("assign", "continuing"): "assigned",
    ("sign_for", "assigned"): "signed_for",
    ("send_back", "assigned"): "registered",
    ("send_back", "signed_for"): "registered",
    ("start", "signed_for"): "in_rectification",
    ("continue", "in_rectification"): "continuing",
    ("continue", "awaiting_verification"): "continuing",
    ("resume", "continuing"): "in_rectification",
    ("dispute", "assigned"): "disputed",
    ("dispute", "signed_for"): "disputed",
    ("dispute", "in_rectification"): "disputed",
    ("dispute", "continuing"): "disputed",
    ("uphold", "disputed"): "in_rectification",
    ("not_substantiate", "disputed"): "not_substantiated",
    ("submit", "signed_for"): "awaiting_verification",
    ("submit", "in_rectification"): "awaiting_verification",
    ("submit", "continuing"): "awaiting_verification",
    ("strike_off", "awaiting_verification"): "struck_off",
    ("return", "awaiting_verification"): "in_rectification",
    ("reopen", "struck_off"): "in_rectification",
    ("reopen", "not_substantiated"): "in_rectification",
}
OWNERS_ACTS = {"sign_for", "send_back", "start", "resume", "dispute", "submit"}
DECIDING = {"uphold", "not_substantiate"}
VERIFYING = {"continue", "strike_off", "return", "reopen"}
ENDED = {"struck_off", "not_substantiated", "merged"}
IN_HAND = {"signed_for", "in_rectification", "continuing"}
# Which class demands what, and whether it is verified from the level above.
DEMANDS = {"data": (set(), False), "conduct": ({"paper"}, True)}
ASSIGNERS, VERIFIERS = {"office", "clerk", "leader"}, {"office", "leader"}
REGISTRARS, PROVERS = {"office", "clerk"}, {"office", "clerk"}


@dataclass
class Belief:
    """What is believed of one problem."""

    village: str
    source: str
    kind: str
    policy: bool
    households: set[int]
    state: str = "registered"
    owner: str = ""
    worked: set[str] = field(default_factory=set)
    proofs: dict[int, str] = field(default_factory=dict)
    tasks: dict[int, tuple[str, bool]] = field(default_factory=dict)
    deadline: date | None = None
    request: tuple[str, date] | None = None
    raised_to: str = ""
    answered: bool = False
    told: tuple[date | None, str] = (None, "")
    ended_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def open_tasks(self) -> int:
        return sum(not search for _, search in self.tasks.values())

    @property
    def is_proven(self) -> bool:
        return DEMANDS[self.kind][0] <= set(self.proofs.values())


def works_in(by: str, region: str) -> bool:
    return region.startswith(OFFICE_OF[by])


def may_assign(belief: Belief, owner: str, by: str) -> bool:
    reaches = works_in(owner, belief.village) and works_in(by, belief.village)
    return reaches and ("assign", belief.state) in STEPS


def may_step(belief: Belief, act: str, by: str) -> bool:
    """Say whether a person may take a step, whatever state it leads to."""
    if (act, belief.state) not in STEPS:
        return False
    if act in OWNERS_ACTS:
        ready = belief.is_proven and not belief.open_tasks
        return by == belief.owner and (act != "submit" or ready)
    who = {"office"} if act in DECIDING else VERIFIERS
    if by not in who or not works_in(by, belief.village) or worked_on(belief, by):
        return False
    if act == "strike_off":
        return belief.is_proven and not belief.open_tasks and from_above(belief, by)
    return act != "reopen" or bool(belief.owner)


def worked_on(belief: Belief, by: str) -> bool:
    return by == belief.owner or by in belief.worked


def from_above(belief: Belief, by: str) -> bool:
    if not DEMANDS[belief.kind][1]:
        return True
    return len(OFFICE_OF[by]) < len(OFFICE_OF[belief.owner])


def may_merge(belief: Belief, other: Belief, homes: dict[int, str]) -> bool:
    inside = all(homes[h].startswith(other.village) for h in belief.households)
    return belief is not other and belief.is_open and other.is_open and inside


def may_set_task(belief: Belief, owner: str, by: str, *, at: str, search: bool) -> bool:
    if not (belief.is_open and works_in(owner, at)):
        return False
    if search:
        return works_in(by, at)
    own = by == belief.owner
    here = works_in(by, at) and works_in(by, belief.village)
    return bool(belief.owner) and (own or here)


def may_ask_time(belief: Belief, by: str, until: date) -> bool:
    late_enough = belief.deadline is not None and until > belief.deadline
    free = belief.request is None
    return by == belief.owner and belief.state in IN_HAND and late_enough and free


def may_decide_time(belief: Belief, by: str, approved: bool) -> bool:
    if belief.request is None or belief.request[0] == by:
        return False
    longer = belief.deadline is not None and belief.request[1] > belief.deadline
    return belief.is_open and works_in(by, belief.village) and (longer or not approved)


def may_explain(belief: Belief, by: str, today: date) -> bool:
    late = belief.deadline is not None and belief.deadline < today
    return belief.is_open and late and works_in(by, belief.village)


def may_raise(belief: Belief, to: str, by: str) -> bool:
    free = not belief.raised_to or belief.answered
    here = by in REGISTRARS and works_in(by, belief.village)
    around = belief.village.startswith(to) and belief.village != to
    return belief.is_open and belief.policy and free and here and around


def may_answer(belief: Belief, by: str) -> bool:
    asked = bool(belief.raised_to) and works_in(by, belief.raised_to)
    return belief.is_open and belief.policy and asked and not belief.answered


def may_prove(belief: Belief, by: str) -> bool:
    here = by in PROVERS and works_in(by, belief.village)
    return here and belief.state in IN_HAND


def told_next(belief: Belief, today: date) -> Belief:
    """Return a problem after the night's look for what is overdue."""
    since, to = belief.told
    due = since is None or since <= today - timedelta(days=10)
    late = belief.deadline is not None and belief.deadline <= today - timedelta(days=3)
    here = to or (OFFICE_OF[belief.owner] if belief.owner else "")
    if not (belief.is_open and belief.owner and due and late) or here == "99":
        return belief
    above = max((r for r in ABOVE if here.startswith(r) and r != here), key=len)
    return replace(belief, told=(today, above))


def drawn_count(count: int) -> int:
    """One in ten gets a second look, and at least one."""
    return ceil(count / 10)


def count_of(
    beliefs: list[tuple[str, str, str]], region: str, source: str = ""
) -> Counter[str]:
    """Count (village, source, state) of a region by state."""
    return Counter(
        state
        for village, found_by, state in beliefs
        if village.startswith(region) and source in ("", found_by)
    )
