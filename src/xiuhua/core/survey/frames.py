"""The sampling frame: every household that can be drawn, and who cannot.

A frame holds no name and no number of a person. Its hash is published before the
seed is formed, so nobody can add or drop a household afterwards.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.truth import UNKNOWN, Unknown


class FrameUnusable(XiuhuaError):
    """The lists contradict themselves, so no frame can be made of them."""

    code = "survey.frame_unusable"


class Group(Enum):
    """The groups a household is drawn in; each household belongs to exactly one.

    The six risk groups are those of the published county self-checks
    (低保 残疾 重病慢病 危房 无劳动力 特困); `ordinary` is every other household.
    """

    EXITED = "exited"
    REMAINING = "remaining"
    MINIMUM_LIVING = "minimum_living"
    DISABILITY = "disability"
    ILLNESS = "illness"
    DILAPIDATED_HOUSING = "dilapidated_housing"
    NO_LABOR = "no_labor"
    DESTITUTE = "destitute"
    ORDINARY = "ordinary"


RISK_GROUPS: Final = (
    Group.MINIMUM_LIVING,
    Group.DISABILITY,
    Group.ILLNESS,
    Group.DILAPIDATED_HOUSING,
    Group.NO_LABOR,
    Group.DESTITUTE,
)
GROUP_BY_STATUS: Final = {
    "exited": Group.EXITED,
    "not_exited": Group.REMAINING,
    "pre_exit": Group.REMAINING,
    "relapsed": Group.REMAINING,
}
GapReason = Literal[
    "status_unknown",
    "village_not_listed",
    "on_no_list",
    "not_in_design",
    "none_in_frame",
    "village_stratum_unknown",
    "village_stratum_not_taken",
]


@dataclass(frozen=True, slots=True)
class FrameHousehold:
    """A household that can be drawn."""

    id: str
    village: str
    group: Group
    persons: int | Unknown


@dataclass(frozen=True, slots=True)
class FrameVillage:
    """A village; `registered_households` counts all its rural households."""

    code: str
    name: str
    poor: bool | Unknown
    registered_households: int | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True)
class OrdinaryHousehold:
    """A household that is not registered as poor, from the list of such households."""

    village: str
    head: str
    persons: int | Unknown
    groups: frozenset[Group] = frozenset()
    number: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A set of households with no chance to be drawn; it must be named in results."""

    group: str
    reason: GapReason
    households: int | Unknown
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Households and villages sorted by id, and the gaps known before a design."""

    households: tuple[FrameHousehold, ...]
    villages: tuple[FrameVillage, ...]
    gaps: tuple[Gap, ...]

    @property
    def sha256(self) -> str:
        """The hash of the canonical text of the frame (see `canonical_lines`)."""
        text = "\n".join(canonical_lines(self))
        return hashlib.sha256(text.encode()).hexdigest()

    def counts(self) -> dict[str, int]:
        """Return the number of households by group, in the order of the groups."""
        found = Counter(h.group for h in self.households)
        return {g.value: found[g] for g in Group if found[g]}


def canonical_lines(frame: Frame) -> list[str]:
    """Return the lines that are hashed: all that bears on a draw, nothing else.

    Lines of villages, then of households, sorted by code and id; fields joined by
    `|`; a value nobody knows is `?`. Names are left out.
    """
    villages = [
        "|".join(("village", v.code, _text(v.poor), _text(v.registered_households)))
        for v in frame.villages
    ]
    households = [
        "|".join(("household", h.id, h.village, h.group.value, _text(h.persons)))
        for h in frame.households
    ]
    return villages + households


def _text(value: bool | int | Unknown) -> str:
    if value is UNKNOWN:
        return "?"
    return str(int(value))


def build_frame(
    registered: Iterable[tuple[str, str, str | Unknown, int | Unknown]],
    ordinary: Sequence[OrdinaryHousehold],
    villages: Sequence[FrameVillage],
) -> Frame:
    """Return the frame of a registry and a list of ordinary households.

    `registered` gives household id, village code, exit status and persons. What
    cannot be drawn (status unknown, village not in the list of villages, rural
    households that stand on no list) becomes a gap.

    Raises:
        FrameUnusable: when a household or a village stands twice.
    """
    _refuse_doubles("village", [v.code for v in villages])
    known = {v.code for v in villages}
    households, unknown_status = [], 0
    for unit, village, status, persons in registered:
        group = None if status is UNKNOWN else GROUP_BY_STATUS.get(status)
        if group is None:
            unknown_status += 1
        else:
            households.append(FrameHousehold(unit, village, group, persons))
    n_registered = len(households) + unknown_status
    households += _numbered(ordinary)
    _refuse_doubles("household", [h.id for h in households])
    inside = [h for h in households if h.village in known]
    gaps = _gaps_of_lists(households, known, unknown_status)
    gaps += _unlisted(villages, n_registered + len(ordinary))
    return Frame(
        tuple(sorted(inside, key=lambda h: h.id)),
        tuple(sorted(villages, key=lambda v: v.code)),
        tuple(gaps),
    )


_TWICE: Final = {
    "village": "{count} village numbers stand more than once: {first}",
    "household": "{count} household numbers stand more than once: {first}",
}
_BARRED: Final = {
    "village": "a village number contains '|'",
    "household": "a household number contains '|'",
}


def _refuse_doubles(what: str, ids: Sequence[str]) -> None:
    doubles = sorted(unit for unit, count in Counter(ids).items() if count > 1)
    if doubles:
        raise FrameUnusable(
            _TWICE[what],
            hint="a household that stands twice could be drawn twice",
            count=len(doubles),
            first=", ".join(doubles[:5]),
        )
    if any("|" in unit for unit in ids):
        raise FrameUnusable(_BARRED[what])


def _numbered(ordinary: Sequence[OrdinaryHousehold]) -> list[FrameHousehold]:
    """Number the households that have no number, without a trace of the name.

    The number counts the heads of a village in the order of their names, so it does
    not depend on the order of rows.
    """
    nameless = sorted((h.village, h.head) for h in ordinary if not h.number)
    doubles = [pair for pair, count in Counter(nameless).items() if count > 1]
    if doubles:
        village, _ = doubles[0]
        raise FrameUnusable(
            "{count} heads of ordinary households have the same name in one village "
            "(first: village {village})",
            hint="give each of these households a number of its own",
            count=len(doubles),
            village=village,
        )
    serial: Counter[str] = Counter()
    numbers = {}
    for village, head in nameless:
        serial[village] += 1
        numbers[village, head] = f"{village}-o{serial[village]:04d}"
    return [
        FrameHousehold(
            h.number or numbers[h.village, h.head],
            h.village,
            next((g for g in RISK_GROUPS if g in h.groups), Group.ORDINARY),
            h.persons,
        )
        for h in ordinary
    ]


def _gaps_of_lists(
    households: Sequence[FrameHousehold], known: set[str], unknown_status: int
) -> list[Gap]:
    gaps = []
    if unknown_status:
        gaps.append(Gap("registered", "status_unknown", unknown_status))
    outside = [h for h in households if h.village not in known]
    for group, count in sorted(Counter(h.group.value for h in outside).items()):
        where = {h.village for h in outside if h.group.value == group}
        gaps.append(Gap(group, "village_not_listed", count, tuple(sorted(where))))
    return gaps


def _unlisted(villages: Sequence[FrameVillage], listed: int) -> list[Gap]:
    """Compare the rural households of all villages with those on the two lists."""
    totals = [v.registered_households for v in villages]
    whole = [total for total in totals if total is not UNKNOWN]
    missing: int | Unknown = sum(whole) - listed
    if len(whole) < len(totals):
        missing = UNKNOWN
    if missing is UNKNOWN or missing > 0:
        return [Gap(Group.ORDINARY.value, "on_no_list", missing)]
    return []


def frame_from_tables(
    household: Any, person: Any, village: Any, ordinary: Sequence[OrdinaryHousehold]
) -> Frame:
    """Return the frame of the three Arrow tables of a registry (see `tables`).

    Persons are the rows of the person table; a household without rows has an unknown
    number of persons and can still be drawn.

    Raises:
        FrameUnusable: see `build_frame`.
    """
    persons = Counter(person.column("household_id").to_pylist())
    registered = [
        (row["household_id"], row["village_code"] or "", status, count)
        for row in household.to_pylist()
        for status in [row.get("exit_status") or UNKNOWN]
        for count in [persons.get(row["household_id"], UNKNOWN)]
    ]
    villages = [
        FrameVillage(
            row["village_code"],
            row.get("village_name") or "",
            _or_unknown(row.get("poor_village")),
            _or_unknown(row.get("registered_households")),
        )
        for row in village.to_pylist()
    ]
    return build_frame(registered, ordinary, villages)


def _or_unknown(value: Any) -> Any:
    return UNKNOWN if value is None else value
