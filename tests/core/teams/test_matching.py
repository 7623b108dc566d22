from __future__ import annotations

import json
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from tests.statcases import assignment

from xiuhua.core.teams import transport
from xiuhua.core.teams.matching import (
    MatchImpossible,
    Party,
    match_helpers,
    match_teams,
    pair_costs,
)
from xiuhua.core.teams.transport import TransportUnsolved, least_cost_pairs


CASE = Path(__file__).parents[2] / "cases/stats/s15_assignment"


def _parties(prefix: str, n: int, seed: int) -> list[Party]:
    random = np.random.Generator(np.random.PCG64(seed))
    return [
        Party(f"{prefix}{i:02}", {"a": float(a), "b": float(1 - a)}, 30 * x, 30 * y)
        for i, (a, x, y) in enumerate(random.random((n, 3)))
    ]


def test_known_optimum() -> None:
    spec = json.loads((CASE / "spec.json").read_text(encoding="utf-8"))
    expected = json.loads((CASE / "expected.json").read_text(encoding="utf-8"))

    assert assignment.answer(CASE, spec) == expected


@pytest.mark.parametrize("seed", range(5))
def test_no_other_assignment_costs_less(seed: int) -> None:
    villages, people = _parties("v", 4, seed), _parties("p", 6, seed + 100)
    costs = pair_costs(villages, people)

    found = sum(m.cost for m in match_teams(villages, people))

    assert found == min(
        sum(costs[v, p] for v, p in enumerate(order))
        for order in permutations(range(6), 4)
    )


def test_teams_have_their_size_and_a_reason() -> None:
    villages, people = _parties("v", 3, 1), _parties("p", 9, 2)

    matches = match_teams(villages, people, team_size=3)

    assert [m.unit for m in matches] == ["v00"] * 3 + ["v01"] * 3 + ["v02"] * 3
    assert len({m.person for m in matches}) == 9
    for match in matches:
        assert match.cost == round(1000 * (1 - match.fit) + 10 * match.distance_km)
        assert 1 <= match.rank <= match.candidates == 9
        assert match.best_fit in ("a", "b")


def test_order_of_rows_has_no_influence() -> None:
    villages, people = _parties("v", 5, 3), _parties("p", 9, 4)

    assert match_teams(villages, people) == match_teams(villages[::-1], people[::-1])


def test_nobody_is_sent_home() -> None:
    village = Party("v", {}, region="990101100200")
    local = Party("a", {}, region="990101100299")
    far = Party("b", {}, east_km=500.0, region="990101101200")

    assert match_teams([village], [local, far])[0].person == "a"
    sent = match_teams([village], [local, far], away_from_home=True)
    assert [(m.person, m.candidates) for m in sent] == [("b", 1)]
    with pytest.raises(MatchImpossible, match="outside their township") as caught:
        match_teams([village], [local], away_from_home=True)
    assert caught.value.units == ("v",)


def test_too_few_people_are_counted() -> None:
    with pytest.raises(MatchImpossible, match="need 6 people; there are 5"):
        match_teams(_parties("v", 3, 1), _parties("p", 5, 1), team_size=2)


@settings(max_examples=50)
@given(st.integers(1, 12), st.integers(1, 4), st.integers(1, 12), st.integers(0, 9_999))
def test_flow_costs_as_little_as_an_assignment_of_seats(
    n: int, m: int, kinds: int, seed: int
) -> None:
    random = np.random.Generator(np.random.PCG64(seed))
    # Few kinds of rows, so that many rows are alike.
    costs = random.integers(-50, 1_000, (kinds, m))[random.integers(0, kinds, n)]
    room = [int(r) for r in random.integers(0, 5, m)]
    if sum(room) < n:
        with pytest.raises(TransportUnsolved, match="do not fit"):
            least_cost_pairs(costs, room)
        return

    pairs = least_cost_pairs(costs, room)

    assert [row for row, _ in pairs] == list(range(n))
    columns = [column for _, column in pairs]
    assert all(columns.count(k) <= room[k] for k in range(m))
    by_seat = costs[:, np.repeat(np.arange(m), room)]
    least = by_seat[linear_sum_assignment(by_seat)].sum()
    assert sum(costs[pair] for pair in pairs) == least
    # Rows that cost the same take their columns in order.
    for one, other in combinations(pairs, 2):
        if (costs[one[0]] == costs[other[0]]).all():
            assert one[1] <= other[1]


def test_helpers_keep_their_caps() -> None:
    households, helpers = _parties("h", 20, 5), _parties("p", 6, 6)

    matches = match_helpers(households, helpers, caps={"p00": 8, "p01": 5, "p02": 7})

    assert len(matches) == 20
    assert {m.person for m in matches} == {"p00", "p01", "p02"}
    assert {m.candidates for m in matches} == {3}
    with pytest.raises(MatchImpossible, match="room for 18"):
        match_helpers(households, helpers, caps=3)
    with pytest.raises(MatchImpossible, match="twice"):
        match_helpers(households[:1] * 2, helpers, caps=3)


def test_without_the_solver_one_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(transport, "SimpleMinCostFlow", None)

    with pytest.raises(transport.SolverMissing, match="ortools"):
        transport.least_cost_pairs(np.zeros((1, 1), dtype=np.int64), [1])
