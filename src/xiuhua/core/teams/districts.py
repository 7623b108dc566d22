"""Share villages out among teams so that work and travel balance.

A mixed-integer program keeps every team's work within a band around the mean and
villages near a center; then villages move or change places while the busiest team has
more than the wanted ratio to the mean. Limits count nodes and rounds, never seconds:
the result is the same on a slow machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.teams.travel import Distances, Point
from xiuhua.core.truth import UNKNOWN, Unknown


BANDS: Final = (0.03, 0.06, 0.10, 0.20, 0.40, 1.0)
ROUNDS: Final = 4
NODE_LIMIT: Final = 300
EXCHANGES: Final = 200


class DistrictsImpossible(XiuhuaError):
    """There are more teams than villages, or none."""

    code = "teams.districts_impossible"


@dataclass(frozen=True, slots=True)
class Site:
    """A village to be visited: households to call on, and where it lies."""

    code: str
    households: int
    point: Point | Unknown = UNKNOWN
    languages: frozenset[str] = frozenset()

    @property
    def township(self) -> str:
        """The code of the township the village lies in."""
        return self.code[:9]


@dataclass(frozen=True, slots=True)
class Effort:
    """What a visit costs in minutes, and how fast a team travels."""

    household_minutes: int = 45
    village_minutes: int = 60
    km_per_hour: int = 40

    def of(self, site: Site) -> int:
        """Return the minutes of work in a village."""
        return self.village_minutes + self.household_minutes * site.households

    def of_trip(self, meters: int) -> int:
        """Return the minutes of a trip, rounded up."""
        return -(-meters * 60 // (self.km_per_hour * 1000))


@dataclass(frozen=True)
class District:
    """The villages of one team, with minutes of work and of travel."""

    sites: tuple[Site, ...]
    work_minutes: int
    travel_minutes: int

    @property
    def minutes(self) -> int:
        """Work and travel together."""
        return self.work_minutes + self.travel_minutes


@dataclass(frozen=True)
class Districting:
    """All districts; `limiting` names villages that alone exceed the wanted ratio."""

    districts: tuple[District, ...]
    distances_by_code: bool
    limiting: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """The minutes of the busiest team over the mean of all teams."""
        minutes = [d.minutes for d in self.districts]
        return max(minutes) * len(minutes) / sum(minutes)


@dataclass
class _Board:
    """Which team each site belongs to, with the minutes of every team."""

    sites: Sequence[Site]
    teams: int
    effort: Effort
    distances: Distances
    owner: list[int] = field(default_factory=list)

    def members(self, team: int) -> frozenset[int]:
        return frozenset(i for i, g in enumerate(self.owner) if g == team)

    def minutes_of(self, members: frozenset[int]) -> int:
        work = sum(self.effort.of(self.sites[i]) for i in members)
        return work + self.effort.of_trip(self.distances.trip(members))

    def minutes(self) -> list[int]:
        return [self.minutes_of(self.members(team)) for team in range(self.teams)]


def districts(
    sites: Sequence[Site],
    teams: int,
    *,
    effort: Effort | None = None,
    base: Point | Unknown = UNKNOWN,
    wanted_ratio: float = 1.05,
) -> Districting:
    """Return the villages of each team, the busiest near `wanted_ratio` of the mean.

    Raises:
        DistrictsImpossible: when there are fewer villages than teams, or a village
            stands twice.
    """
    ordered = sorted(sites, key=lambda s: s.code)
    if len({s.code for s in ordered}) < len(ordered):
        raise DistrictsImpossible("a village stands twice in the list")
    if not 1 <= teams <= len(ordered):
        raise DistrictsImpossible(
            "{villages} villages cannot be shared out among {teams} teams",
            hint="every team needs a village",
            villages=len(ordered),
            teams=teams,
        )
    distances = Distances([s.code for s in ordered], [s.point for s in ordered], base)
    best = None
    for owner in _by_program(ordered, teams, effort or Effort(), distances):
        board = _Board(ordered, teams, effort or Effort(), distances, list(owner))
        _exchange(board, wanted_ratio)
        key = (_excess(board, wanted_ratio), sum(board.minutes()))
        if best is None or key < best[0]:
            best = key, board
    assert best is not None  # noqa: S101  the generator yields at least once
    return _result(best[1], wanted_ratio)


def _excess(board: _Board, wanted: float) -> float:
    minutes = board.minutes()
    return max(0.0, max(minutes) * len(minutes) / sum(minutes) - wanted)


def _by_program(
    sites: Sequence[Site], teams: int, effort: Effort, distances: Distances
) -> Iterator[list[int]]:
    """Yield assignments; after each, centers move and loads learn of the travel."""
    centers = _far_apart(distances, len(sites), teams)
    loads = np.array([effort.of(site) for site in sites], dtype=np.float64)
    for _ in range(ROUNDS):
        near = np.array(
            [[distances.between[i][c] for c in centers] for i in range(len(sites))]
        )
        owner = _within_band(loads, near.astype(np.float64))
        yield owner
        board = _Board(sites, teams, effort, distances, owner)
        groups = [sorted(board.members(team)) for team in range(teams)]
        for members in groups:
            trip = effort.of_trip(distances.trip(frozenset(members)))
            for i in members:
                loads[i] = effort.of(sites[i]) + trip / len(members)
        moved = [_middle(distances, members) for members in groups if members]
        if len(moved) < teams or moved == centers:
            return
        centers = moved


def _far_apart(distances: Distances, n: int, teams: int) -> list[int]:
    """Return centers: the most outlying site, then each time the farthest one."""
    d = distances.between
    centers = [max(range(n), key=lambda i: (sum(d[i][:n]), -i))]
    while len(centers) < teams:
        rest = [i for i in range(n) if i not in centers]
        centers.append(max(rest, key=lambda i: (min(d[i][c] for c in centers), -i)))
    return centers


def _middle(distances: Distances, members: Sequence[int]) -> int:
    d = distances.between
    return min(members, key=lambda i: (sum(d[i][j] for j in members), i))


def _within_band(
    loads: np.ndarray[tuple[int], np.dtype[np.float64]],
    near: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> list[int]:
    """Return the assignment of least distance with all loads within a band.

    The band widens until the program has a solution; the last one always has.
    """
    n, teams = near.shape
    mean = float(loads.sum()) / teams
    cell = np.arange(n * teams)
    once = coo_array((np.ones(n * teams), (cell // teams, cell)))
    loaded = coo_array((np.repeat(loads, teams), (cell % teams, cell)))
    occupied = coo_array((np.ones(n * teams), (cell % teams, cell)))
    for band in BANDS:
        low, high = mean * (1 - band), mean * (1 + band)
        result = milp(
            near.ravel(),
            integrality=np.ones(n * teams),
            bounds=Bounds(0, 1),
            constraints=[
                LinearConstraint(once.tocsr(), 1, 1),
                LinearConstraint(loaded.tocsr(), low, high),
                LinearConstraint(occupied.tocsr(), 1, n),
            ],
            options={"mip_rel_gap": 0.01, "node_limit": NODE_LIMIT},
        )
        if result.x is not None:
            return [int(k) for k in result.x.reshape(n, teams).argmax(axis=1)]
    # A single village can outweigh every band: fill the least loaded team in turn.
    owner, filled = [0] * n, [0.0] * teams
    for i in sorted(range(n), key=lambda i: (-loads[i], i)):
        owner[i] = min(range(teams), key=lambda g: (filled[g], near[i][g], g))
        filled[owner[i]] += float(loads[i])
    return owner


def _exchange(board: _Board, wanted: float) -> None:
    """Move villages from the busiest team, or change them, while that helps."""
    minutes = board.minutes()
    for _ in range(EXCHANGES):
        if max(minutes) * board.teams <= wanted * sum(minutes):
            return
        busiest = max(range(board.teams), key=lambda g: (minutes[g], -g))
        change = _best_change(board, minutes, busiest)
        if change is None:
            return
        for site, team in change:
            board.owner[site] = team
        minutes = board.minutes()


def _best_change(
    board: _Board, minutes: Sequence[int], busiest: int
) -> list[tuple[int, int]] | None:
    """Return the move or swap after which the busier of two teams has least."""
    here = board.members(busiest)
    best: tuple[int, int, list[tuple[int, int]]] | None = None
    for other in range(board.teams):
        there = board.members(other)
        if other == busiest:
            continue
        for give in sorted(here):
            for take in (None, *sorted(there)):
                if take is None and len(here) == 1:
                    continue
                back = frozenset(() if take is None else (take,))
                first = board.minutes_of(here - {give} | back)
                second = board.minutes_of((there - back) | {give})
                key = max(first, second), first + second
                if key[0] < minutes[busiest] and (best is None or key < best[:2]):
                    change = [(give, other)] + [(i, busiest) for i in back]
                    best = (*key, change)
    return None if best is None else best[2]


def _result(board: _Board, wanted: float) -> Districting:
    effort = board.effort
    found = []
    for team in range(board.teams):
        members = board.members(team)
        own = tuple(board.sites[i] for i in sorted(members))
        trip = effort.of_trip(board.distances.trip(members))
        found.append(District(own, sum(map(effort.of, own)), trip))
    found.sort(key=lambda d: d.sites[0].code)
    mean = sum(d.minutes for d in found) / len(found)
    limiting = [
        s.code for s in board.sites if len(found) > 1 and effort.of(s) > wanted * mean
    ]
    return Districting(tuple(found), board.distances.by_code, tuple(limiting))
