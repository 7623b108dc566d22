"""Which household shall be found wanting in what, so that the totals come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiuhua.core.truth import Verdict
from xiuhua.demo.families import Homes
from xiuhua.demo.totals import INDICATORS, Group


MET: Final = Verdict.MET.value
UNMET: Final = Verdict.UNMET.value
UNKNOWN: Final = Verdict.UNKNOWN.value
EDUCATION: Final = "compulsory_education"
# What is unknown of a household without members.
_OF_MEMBERS: Final = ("income", EDUCATION, "basic_medical")
Plan = dict[str, NDArray[np.int64]]


def planned(group: Group, found: Homes) -> Plan:
    """Return the verdict of every household of a group, by indicator.

    A household without pupils is marked met in education.
    """
    plan = {name: np.full(group.households, MET, np.int64) for name in INDICATORS}
    left = dict(group.unknown)
    for name in _OF_MEMBERS:
        plan[name][found.empty] = UNKNOWN
        left[name] -= len(found.empty)
    order = _order(found, group.unmet[EDUCATION])
    for household, name in _shortfalls(group, order):
        plan[name][household] = UNMET
    _leave_open(group, plan, left, found, order)
    return plan


def _order(found: Homes, first: int) -> list[int]:
    """Return households with members, in front as many with pupils as are needed."""
    inhabited = np.ones(len(found.pupils), dtype=bool)
    inhabited[found.empty] = False
    front = np.flatnonzero(found.pupils & inhabited)[:first].tolist()
    inhabited[front] = False
    return front + np.flatnonzero(inhabited).tolist()


def _shortfalls(group: Group, order: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Deal the shortfalls out one by one, education first, round and round.

    No household gets one kind twice: no kind is as frequent as a round is long.
    """
    names = sorted(INDICATORS, key=lambda name: name != EDUCATION)
    dealt = [name for name in names for _ in range(group.unmet[name])]
    for nth, name in enumerate(dealt):
        yield order[nth % group.overall_unmet], name


def _leave_open(
    group: Group,
    plan: Plan,
    left: dict[str, int],
    found: Homes,
    order: Sequence[int],
) -> None:
    """Mark what is unknown: of households overall unknown, or of unmet ones."""
    most = group.overall_unknown - group.empty or len(order)
    names = [n for n in sorted(left, key=EDUCATION.__ne__) for _ in range(left[n])]
    unmet = np.min([plan[name] for name in INDICATORS], axis=0) == UNMET
    asked = [h for h in order if unmet[h] == (group.overall_unknown == 0)]
    with_pupils = [h for h in asked if found.pupils[h]]
    others = [h for h in asked if not found.pupils[h]]
    used: list[int] = []
    for name in names:
        pool = with_pupils if name == EDUCATION else others
        if len(used) == most:
            # More open questions than households to bear them: one bears two.
            pool = used
        household = next(h for h in pool if plan[name][h] == MET)
        pool.remove(household)
        if pool is not used:
            used.append(household)
        plan[name][household] = UNKNOWN
