"""Propose measures for a household from its shortfalls, causes, labor and land.

A proposal decides nothing: it is edited with the family and agreed by them. Each says
what it answers, so that nobody has to guess why it stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xiuhua.apps.plans.parameters import Parameters
from xiuhua.apps.plans.rules import Track, income_of


@dataclass(frozen=True)
class Family:
    """What is known of a household; None is unknown, never none.

    `able` counts members able to work; `land` is in mu; `taken` are the (class,
    indicator) of measures that already stand in the plan.
    """

    shortfalls: Mapping[str, Sequence[str]]
    causes: Sequence[str] = ()
    able: int | None = None
    land: float | None = None
    taken: Sequence[tuple[str, str]] = ()
    incomes: Sequence[tuple[str, bool]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Proposal:
    """One measure to talk about: its class, other classes that would do, and why.

    `answers` is `indicator:<id>`, `cause:<code>` or `income_links`.
    """

    kind: str
    others: tuple[str, ...]
    answers: str


def track_of(family: Family, by: Parameters) -> Track | None:
    """Return the way out that suits a family, None when too little is known.

    Nobody able to work: support. Somebody, and land to live off: develop; without it:
    employ.
    """
    if family.able is None:
        return None
    if family.able == 0:
        return Track.SUPPORT
    if family.land is None:
        return None
    return Track.DEVELOP if family.land >= by.land_to_develop else Track.EMPLOY


def proposed(family: Family, by: Parameters) -> list[Proposal]:
    """Return the measures to propose, those for shortfalls first.

    `family.shortfalls` maps an unmet indicator to the classes that can mend it, the
    pack's order kept; indicators and classes a measure already answers are left out.
    """
    track = track_of(family, by)
    found = [_for_shortfall(i, c, track, by) for i, c in _open_shortfalls(family)]
    classes = {kind for kind, _ in family.taken} | {p.kind for p in found}
    for cause in family.causes:
        kind = by.by_cause.get(cause)
        if kind and kind not in classes:
            found.append(Proposal(kind, (), f"cause:{cause}"))
            classes.add(kind)
    found += _for_income(family, found, track, by)
    return found


def _open_shortfalls(family: Family) -> list[tuple[str, Sequence[str]]]:
    answered = {indicator for _, indicator in family.taken}
    return [(i, c) for i, c in family.shortfalls.items() if i not in answered and c]


def _for_shortfall(
    indicator: str, classes: Sequence[str], track: Track | None, by: Parameters
) -> Proposal:
    first = by.first_class.get(track, "") if track else ""
    ordered = sorted(classes, key=lambda c: c != first) if first else list(classes)
    return Proposal(ordered[0], tuple(ordered[1:]), f"indicator:{indicator}")


def _for_income(
    family: Family, found: Sequence[Proposal], track: Track | None, by: Parameters
) -> list[Proposal]:
    planned = [*family.incomes, *((p.kind, False) for p in found)]
    lacking = income_of(planned, able=family.able, by=by).lacking
    if track is Track.SUPPORT:
        return []
    have = {kind for kind, _ in planned}
    wanted = sorted(
        by.income_classes - have,
        key=lambda c: (c != by.first_class.get(track or "", ""), c),
    )
    return [Proposal(kind, (), "income_links") for kind in wanted[:lacking]]
