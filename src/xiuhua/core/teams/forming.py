"""Put people into teams: nobody at home, every role and language present.

An integer program with a slack on every demand. When all slacks are zero the teams
are right; when not, the slacks that remain say which demand cannot be met and for
whom, instead of a bare "infeasible".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.teams.districts import District
from xiuhua.core.truth import UNKNOWN, Unknown


Independence = Literal["village", "township"]
Demand = Literal[
    "home_unknown", "independence", "placed", "size", "role", "language", "input"
]
_DEMANDS: Final[Mapping[Demand, str]] = {
    "home_unknown": "home unknown: {short} people ({named})",
    "independence": "at home in every team: {short} people ({named})",
    "placed": "no place for {short} people ({named})",
    "size": "team size: {short} short ({named})",
    "role": "role {subject}: {short} short ({named})",
    "language": "language {subject}: {short} short ({named})",
    "input": "the table of people is empty or names a person twice",
}
NODE_LIMIT: Final = 2_000
# A demand outweighs any spread of work units, which is only wished for.
_SLACK_COST: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can join a team.

    `home` is a village or township code, empty for people from outside the county's
    villages; unknown is not empty: such a person cannot be called independent.
    """

    id: str
    home: str | Unknown
    unit: str = ""
    roles: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Violation:
    """A demand that cannot be met: how many are missing, and who or where."""

    demand: Demand
    subject: str
    short_by: int
    units: tuple[str, ...] = ()

    def worded(self, say: Callable[[str], str]) -> str:
        """Return what is missing in the language of a translator."""
        named = ", ".join(self.units[:8]) + (" …" if len(self.units) > 8 else "")
        return say(_DEMANDS[self.demand]).format(
            subject=self.subject, short=self.short_by, named=named
        )


class TeamsImpossible(XiuhuaError):
    """The demands cannot all be met; `violations` names each one that cannot."""

    code = "teams.impossible"

    def __init__(self, violations: Sequence[Violation]):
        super().__init__(
            "the teams cannot be formed",
            hint="add people, lower a demand, or share the villages out differently",
        )
        self.violations = tuple(violations)

    def worded(self, say: Callable[[str], str]) -> str:
        """Return the error with every violation on a line of its own."""
        return "\n".join(
            [super().worded(say), *(v.worded(say) for v in self.violations)]
        )


@dataclass(frozen=True)
class Team:
    """A team with its villages; numbers start at 1."""

    number: int
    people: tuple[Person, ...]
    district: District


@dataclass
class _Program:
    """Rows of a program: sum of chosen cells + slack >= low, - slack <= high."""

    costs: list[float]
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)
    meaning: dict[int, Violation] = field(default_factory=dict)

    def slack(self, cost: float, violation: Violation | None = None) -> int:
        self.costs.append(cost)
        if violation:
            self.meaning[len(self.costs) - 1] = violation
        return len(self.costs) - 1

    def solve(self, n_binary: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        entries = [
            (value, at, column)
            for at, (row, _, _) in enumerate(self.rows)
            for column, value in row.items()
        ]
        values, rows, columns = zip(*entries, strict=True)
        shape = (len(self.rows), len(self.costs))
        matrix = coo_array((values, (rows, columns)), shape=shape).tocsr()
        upper = np.full(len(self.costs), np.inf)
        upper[:n_binary] = 1
        result = milp(
            np.array(self.costs),
            integrality=np.ones(len(self.costs)),
            bounds=Bounds(np.zeros(len(self.costs)), upper),
            constraints=LinearConstraint(
                matrix, [low for _, low, _ in self.rows], [up for *_, up in self.rows]
            ),
            options={"node_limit": NODE_LIMIT},
        )
        if result.x is None:
            raise TeamsImpossible([Violation("placed", "people", n_binary)])
        return np.asarray(np.rint(result.x), dtype=np.float64)


def form_teams(
    people: Sequence[Person],
    districts: Sequence[District],
    *,
    roles: Mapping[str, int] | None = None,
    independence: Independence = "township",
) -> list[Team]:
    """Return the teams: everybody placed, sizes at most one apart.

    `roles` says how many of each role every team needs. A team needs a speaker of each
    language of its villages. With `independence` "township" nobody visits the township
    of their home, with "village" not the village. Work units are spread as evenly as
    the rest allows.

    Raises:
        TeamsImpossible: naming every demand that cannot be met.
    """
    ordered = sorted(people, key=lambda p: p.id)
    _refuse_unclear(ordered)
    cells = _admissible(ordered, districts, independence)
    program = _Program([0.0] * len(cells))
    by_person, by_team = defaultdict(list), defaultdict(list)
    for column, (person, team) in enumerate(cells):
        by_person[person].append(column)
        by_team[team].append(column)
    for person, columns in sorted(by_person.items()):
        _demand(
            program,
            columns,
            (1, 1),
            Violation("placed", "people", 1, (ordered[person].id,)),
        )
    for team, district in enumerate(districts):
        columns = by_team[team]
        own = [ordered[cells[c][0]] for c in columns]
        _demand_of_team(program, columns, own, district, team + 1, roles or {})
        low, rest = divmod(len(ordered), len(districts))
        bounds = (low, low + bool(rest))
        short = Violation("size", "teams", 1, (f"team {team + 1}",))
        _demand(program, columns, bounds, short)
    _spread_units(program, ordered, cells, len(districts))
    chosen = program.solve(len(cells))
    _refuse_slack(program, chosen)
    members = defaultdict(list)
    for column, (person, team) in enumerate(cells):
        if chosen[column] > 0.5:
            members[team].append(ordered[person])
    return [Team(t + 1, tuple(members[t]), d) for t, d in enumerate(districts)]


def _refuse_unclear(people: Sequence[Person]) -> None:
    if len({p.id for p in people}) < len(people) or not people:
        raise TeamsImpossible([Violation("input", "people", 1)])
    unknown = tuple(p.id for p in people if p.home is UNKNOWN)
    if unknown:
        raise TeamsImpossible(
            [Violation("home_unknown", "people", len(unknown), unknown)]
        )


def may_visit(
    person: Person, district: District, independence: Independence = "township"
) -> bool:
    """Test whether no village of a district is a person's home.

    A home known only as a township rules the township out at either level.
    """
    if person.home is UNKNOWN:
        return False
    if not person.home:
        return True
    length = 9 if independence == "township" else 12
    home = person.home[:length]
    return not any(site.code.startswith(home) for site in district.sites)


def _admissible(
    people: Sequence[Person],
    districts: Sequence[District],
    independence: Independence,
) -> list[tuple[int, int]]:
    cells = [
        (p, t)
        for p, person in enumerate(people)
        for t, district in enumerate(districts)
        if may_visit(person, district, independence)
    ]
    placed = {p for p, _ in cells}
    nowhere = tuple(x.id for p, x in enumerate(people) if p not in placed)
    if nowhere:
        raise TeamsImpossible(
            [Violation("independence", independence, len(nowhere), nowhere)]
        )
    return cells


def _demand(
    program: _Program,
    columns: Sequence[int],
    bounds: tuple[int, float],
    violation: Violation,
) -> None:
    """Ask for a number within bounds; a slack fills up what is missing.

    There is no slack above: too many in one team would be an invented person.
    """
    row = dict.fromkeys(columns, 1.0)
    row[program.slack(_SLACK_COST, violation)] = 1.0
    program.rows.append((row, bounds[0], bounds[1]))


def _demand_of_team(
    program: _Program,
    columns: Sequence[int],
    people: Sequence[Person],
    district: District,
    number: int,
    roles: Mapping[str, int],
) -> None:
    team = f"team {number}"
    for role, needed in sorted(roles.items()):
        able = [c for c, p in zip(columns, people, strict=True) if role in p.roles]
        found = Violation("role", role, needed, (team,))
        _demand(program, able, (needed, np.inf), found)
    spoken = sorted({word for site in district.sites for word in site.languages})
    for language in spoken:
        able = [
            c for c, p in zip(columns, people, strict=True) if language in p.languages
        ]
        found = Violation("language", language, 1, (team,))
        _demand(program, able, (1, np.inf), found)


def _spread_units(
    program: _Program,
    people: Sequence[Person],
    cells: Sequence[tuple[int, int]],
    teams: int,
) -> None:
    """Wish for no more colleagues in a team than an even spread gives."""
    groups = defaultdict(list)
    size: dict[str, int] = defaultdict(int)
    for person in people:
        size[person.unit] += 1
    for column, (person_at, team) in enumerate(cells):
        unit = people[person_at].unit
        if unit and size[unit] > 1:
            groups[unit, team].append(column)
    for (unit, _), columns in sorted(groups.items()):
        row = dict.fromkeys(columns, 1.0)
        row[program.slack(1.0)] = -1.0
        program.rows.append((row, 0, -(-size[unit] // teams)))


def _refuse_slack(
    program: _Program, chosen: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    found: dict[tuple[Demand, str], Violation] = {}
    for at, v in sorted(program.meaning.items()):
        if chosen[at] > 0.5:
            known = found.get((v.demand, v.subject), Violation(v.demand, v.subject, 0))
            found[v.demand, v.subject] = Violation(
                v.demand,
                v.subject,
                known.short_by + int(chosen[at]),
                known.units + v.units,
            )
    if found:
        raise TeamsImpossible(list(found.values()))


def colleagues(teams: Sequence[Team]) -> Iterator[tuple[int, str, int]]:
    """Yield (team, work unit, people) wherever two or more colleagues meet."""
    for team in teams:
        counts: dict[str, int] = defaultdict(int)
        for person in team.people:
            counts[person.unit] += 1
        for unit, count in sorted(counts.items()):
            if unit and count > 1:
                yield team.number, unit, count
