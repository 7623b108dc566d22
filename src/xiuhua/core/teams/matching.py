"""Match people to villages or households at least total cost, and say why.

The cost of a pair is how little a person's skills meet the need, plus the distance;
whole numbers, so the optimum is exact. Work teams to villages (因村选人组队): every
village gets the same number. Helpers to households: each helper up to a cap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.teams.transport import least_cost_pairs


Costs = npt.NDArray[np.int64]
UNMET_NEED: Final = 1000
"""The cost of a need not met at all."""
PER_KM: Final = 10


@dataclass(frozen=True)
class Party:
    """A village, household or person: what it needs or can do, and where it is.

    `strengths` are needs of a village or household, skills of a person, each 0 to 1.
    `region` is a village or township code, empty when it does not matter.
    """

    id: str
    strengths: Mapping[str, float]
    east_km: float = 0.0
    north_km: float = 0.0
    region: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A pair with its reason.

    `best_fit` is the need the person meets most, `fit` the sum over all needs;
    `rank` is the person's place (1 is cheapest) among all who could have come: a rank
    above 1 means that those before are worth more elsewhere.
    """

    unit: str
    person: str
    cost: int
    fit: float
    best_fit: str
    distance_km: float
    rank: int
    candidates: int


class MatchImpossible(XiuhuaError):
    """Some units get too few people; `units` names them."""

    code = "teams.match_impossible"

    def __init__(
        self, message: str, units: Sequence[str], *, hint: str = "", **values: Any
    ):
        super().__init__(message, hint=hint, **values)
        self.units = tuple(units)


def pair_costs(units: Sequence[Party], people: Sequence[Party]) -> Costs:
    """Return the cost of every pair: 1000 (1 - need x skill) + 10 km, rounded."""
    fits, kilometers = _fits(units, people), _kilometers(units, people)
    return np.rint(UNMET_NEED * (1 - fits) + PER_KM * kilometers).astype(np.int64)


def _topics(parties: Sequence[Party]) -> list[str]:
    return sorted({topic for party in parties for topic in party.strengths})


def _strengths(
    parties: Sequence[Party], topics: Sequence[str]
) -> npt.NDArray[np.float64]:
    return np.array([[p.strengths.get(t, 0.0) for t in topics] for p in parties])


def _fits(units: Sequence[Party], people: Sequence[Party]) -> npt.NDArray[np.float64]:
    topics = _topics([*units, *people])
    if not topics:
        return np.zeros((len(units), len(people)))
    # einsum adds in a fixed order; a BLAS product may differ in the last bit.
    needs, skills = _strengths(units, topics), _strengths(people, topics)
    return np.asarray(np.einsum("ut,pt->up", needs, skills, optimize=False))


def _kilometers(
    units: Sequence[Party], people: Sequence[Party]
) -> npt.NDArray[np.float64]:
    east = np.subtract.outer([u.east_km for u in units], [p.east_km for p in people])
    north = np.subtract.outer([u.north_km for u in units], [p.north_km for p in people])
    return np.asarray(np.sqrt(east**2 + north**2))


def match_teams(
    villages: Sequence[Party],
    people: Sequence[Party],
    *,
    team_size: int = 1,
    away_from_home: bool = False,
) -> list[Match]:
    """Return the cheapest choice of `team_size` people for every village.

    With `away_from_home` nobody is sent to the township of their region.

    Raises:
        MatchImpossible: naming the villages that would stay short.
    """
    units, persons = _by_id(villages), _by_id(people)
    if len(units) * team_size > len(persons):
        raise MatchImpossible(
            "{villages} villages with {size} each need {needed} people; there are "
            "{there}",
            [u.id for u in units],
            villages=len(units),
            size=team_size,
            needed=len(units) * team_size,
            there=len(persons),
        )
    costs = pair_costs(units, persons)
    barred = np.zeros(costs.shape, dtype=bool)
    if away_from_home:
        barred = _at_home(units, persons)
    # A barred pair costs more than any whole assignment without one.
    high = int(costs.max(initial=0) + 1) * (len(units) * team_size + 1)
    rows, columns = linear_sum_assignment(
        np.repeat(np.where(barred, high, costs), team_size, axis=0)
    )
    pairs = [(int(r) // team_size, int(c)) for r, c in zip(rows, columns, strict=True)]
    short = sorted({units[u].id for u, p in pairs if barred[u, p]})
    if short:
        raise MatchImpossible(
            "{count} villages cannot get {size} people from outside their township: "
            "{named}",
            short,
            hint="add people from elsewhere or lower the team size",
            count=len(short),
            size=team_size,
            named=", ".join(short[:8]),
        )
    return _with_reasons(units, persons, pairs, costs, barred)


def match_helpers(
    households: Sequence[Party],
    helpers: Sequence[Party],
    *,
    caps: Mapping[str, int] | int,
) -> list[Match]:
    """Return one helper for every household, no helper above the cap, at least cost.

    Raises:
        MatchImpossible: when the caps leave too little room.
    """
    units, persons = _by_id(households), _by_id(helpers)
    room = [caps if isinstance(caps, int) else caps.get(p.id, 0) for p in persons]
    if sum(room) < len(units) or not units:
        raise MatchImpossible(
            "{count} households need a helper; the caps leave room for {room}",
            [u.id for u in units],
            hint="add helpers or raise the caps",
            count=len(units),
            room=sum(room),
        )
    costs = pair_costs(units, persons)
    barred = np.zeros(costs.shape, dtype=bool)
    barred[:, [p for p, free in enumerate(room) if not free]] = True
    pairs = least_cost_pairs(costs, room)
    return _with_reasons(units, persons, pairs, costs, barred)


def _by_id(parties: Sequence[Party]) -> list[Party]:
    ordered = sorted(parties, key=lambda p: p.id)
    if len({p.id for p in ordered}) < len(ordered):
        raise MatchImpossible("an id stands twice", [])
    return ordered


def _at_home(units: Sequence[Party], people: Sequence[Party]) -> npt.NDArray[np.bool_]:
    return np.array(
        [
            [bool(p.region) and u.region[:9] == p.region[:9] for p in people]
            for u in units
        ]
    )


def _with_reasons(
    units: Sequence[Party],
    people: Sequence[Party],
    pairs: Sequence[tuple[int, int]],
    costs: Costs,
    barred: npt.NDArray[np.bool_],
) -> list[Match]:
    result = []
    for u, p in sorted(pairs):
        needs, skills = units[u].strengths, people[p].strengths
        met = {t: needs[t] * skills[t] for t in sorted(needs) if t in skills}
        free = ~barred[u]
        north = units[u].north_km - people[p].north_km
        east = units[u].east_km - people[p].east_km
        result.append(
            Match(
                unit=units[u].id,
                person=people[p].id,
                cost=int(costs[u, p]),
                fit=sum(met.values()),
                best_fit=max(met, key=lambda t: met[t]) if met else "",
                distance_km=(east**2 + north**2) ** 0.5,
                rank=1 + int(np.count_nonzero(costs[u, free] < costs[u, p])),
                candidates=int(free.sum()),
            )
        )
    return result
