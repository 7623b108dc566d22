from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.teams.team_examples import county_sites

from xiuhua.core.teams.districts import (
    DistrictsImpossible,
    Effort,
    Site,
    districts,
)
from xiuhua.core.teams.travel import Point
from xiuhua.core.truth import UNKNOWN


BASE = Point(30_000, 30_000)


@pytest.mark.parametrize("seed", range(3))
def test_eighty_three_villages_balance_over_eight_teams(seed: int) -> None:
    result = districts(county_sites(seed), 8, base=BASE)

    assert len(result.districts) == 8
    assert result.ratio <= 1.10
    assert not result.distances_by_code
    visited = [site.code for d in result.districts for site in d.sites]
    assert sorted(visited) == sorted(s.code for s in county_sites(seed))


def test_without_coordinates_teams_keep_to_few_townships() -> None:
    result = districts([replace(s, point=UNKNOWN) for s in county_sites()], 8)

    assert result.distances_by_code
    assert result.ratio <= 1.10
    townships = [len({s.township for s in d.sites}) for d in result.districts]
    assert sum(townships) <= 24


def test_order_of_villages_has_no_influence() -> None:
    sites = county_sites()

    assert districts(sites[::-1], 8, base=BASE) == districts(sites, 8, base=BASE)


def test_neighbors_go_together() -> None:
    # Four clusters far apart, equal work: each is one district.
    sites = [
        Site(f"99010110{c}20{i}", 10, Point(c * 50_000 + i * 100, 0))
        for c in range(4)
        for i in range(5)
    ]

    found = districts(sites, 4).districts

    assert [{s.township for s in d.sites} for d in found] == [
        {f"99010110{c}"} for c in range(4)
    ]


def test_a_village_too_large_for_balance_is_named() -> None:
    sites = county_sites()
    sites[5] = replace(sites[5], households=2_000)

    result = districts(sites, 8, base=BASE)

    assert result.ratio > 1.10
    assert result.limiting == (sites[5].code,)
    assert [s.code for d in result.districts for s in d.sites if len(d.sites) == 1] == [
        sites[5].code
    ]


@settings(max_examples=15)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=9),
    st.integers(1, 4),
)
def test_every_team_gets_a_village_and_every_village_one_team(
    households: list[int], teams: int
) -> None:
    sites = [Site(f"99010110020{i}", n) for i, n in enumerate(households)]
    if teams > len(sites):
        with pytest.raises(DistrictsImpossible, match="cannot be shared out"):
            districts(sites, teams)
        return

    found = districts(sites, teams).districts

    assert all(d.sites for d in found)
    assert sum(len(d.sites) for d in found) == len(sites)
    assert sum(d.work_minutes for d in found) == sum(map(Effort().of, sites))


def test_a_village_twice_is_refused() -> None:
    with pytest.raises(DistrictsImpossible, match="twice"):
        districts([county_sites()[0]] * 2, 1)


def test_effort_counts_households_village_and_road() -> None:
    effort = Effort(household_minutes=30, village_minutes=20, km_per_hour=30)

    assert effort.of(Site("990101100200", 4)) == 140
    assert effort.of_trip(15_000) == 30
    assert effort.of_trip(15_001) == 31
