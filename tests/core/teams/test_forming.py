from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.core.teams.team_examples import county_people, county_sites

from xiuhua.core.teams.districts import District, Site, districts
from xiuhua.core.teams.forming import (
    Person,
    TeamsImpossible,
    colleagues,
    form_teams,
    may_visit,
)
from xiuhua.core.teams.travel import Point
from xiuhua.core.truth import UNKNOWN
from xiuhua.messages import translator


@cache
def _districts() -> tuple[District, ...]:
    return districts(county_sites(), 8, base=Point(30_000, 30_000)).districts


def test_196_people_form_8_independent_groups_over_83_villages() -> None:
    teams = form_teams(county_people(), _districts(), roles={"leader": 2})

    assert sorted(len(t.people) for t in teams) == [24] * 4 + [25] * 4
    assert sum(len(t.district.sites) for t in teams) == 83
    placed = [p.id for t in teams for p in t.people]
    assert sorted(placed) == [p.id for p in county_people()]
    for team in teams:
        townships = {s.township for s in team.district.sites}
        assert not any(p.home and p.home[:9] in townships for p in team.people)
        assert sum("leader" in p.roles for p in team.people) >= 2


def test_order_of_people_has_no_influence() -> None:
    people = county_people()

    assert form_teams(people[::-1], _districts()) == form_teams(people, _districts())


def test_colleagues_are_spread() -> None:
    teams = form_teams(county_people(), _districts())

    # 28 units of 7 people over 8 teams: nobody needs to meet a colleague.
    assert list(colleagues(teams)) == []
    together = [replace(p, unit="one") for p in county_people()]
    met = list(colleagues(form_teams(together, _districts())))
    assert [count for _, _, count in met] == [
        len(t.people) for t in form_teams(together, _districts())
    ]


def test_languages_of_the_villages_are_spoken() -> None:
    first, *rest = _districts()
    sites = tuple(replace(s, languages=frozenset({"mongolian"})) for s in first.sites)
    own = replace(first, sites=sites)

    teams = form_teams(county_people(), [own, *rest])

    assert any("mongolian" in p.languages for p in teams[0].people)
    silent = [replace(p, languages=frozenset()) for p in county_people()]
    with pytest.raises(TeamsImpossible) as caught:
        form_teams(silent, [own, *rest])
    (violation,) = caught.value.violations
    assert (violation.demand, violation.subject) == ("language", "mongolian")
    assert violation.units == ("team 1",)


def test_missing_roles_are_counted() -> None:
    # 25 leaders for 8 teams with 4 each: 7 are missing.
    with pytest.raises(TeamsImpossible) as caught:
        form_teams(county_people(), _districts(), roles={"leader": 4})

    (violation,) = caught.value.violations
    assert (violation.demand, violation.subject) == ("role", "leader")
    assert violation.short_by == 7
    assert "role leader: 7 short" in str(caught.value)


def test_people_at_home_everywhere_are_named() -> None:
    one_township = [Site(f"99010110020{i}", 5) for i in range(4)]
    found = districts(one_township, 2).districts
    people = [Person("a", "990101100200"), Person("b", ""), Person("c", "")]

    with pytest.raises(TeamsImpossible) as caught:
        form_teams(people, found)

    (violation,) = caught.value.violations
    assert (violation.demand, violation.units) == ("independence", ("a",))
    # Only the own village is closed: now the other team can take them.
    teams = form_teams(people, found, independence="village")
    (team,) = (t for t in teams if any(p.id == "a" for p in t.people))
    assert "990101100200" not in {s.code for s in team.district.sites}


def test_sizes_that_independence_forbids_are_named() -> None:
    two_townships = [Site("990101100200", 5), Site("990101101200", 5)]
    found = districts(two_townships, 2).districts
    people = [Person(f"p{i}", "990101100") for i in range(4)]

    with pytest.raises(TeamsImpossible) as caught:
        form_teams(people, found)

    size = [v for v in caught.value.violations if v.demand == "size"]
    assert [v.short_by for v in size] == [2]


def test_an_unknown_home_is_not_independence() -> None:
    with pytest.raises(TeamsImpossible) as caught:
        form_teams([Person("a", UNKNOWN), Person("b", "")], _districts())

    assert caught.value.violations[0].demand == "home_unknown"
    assert caught.value.violations[0].units == ("a",)
    assert not may_visit(Person("a", UNKNOWN), _districts()[0])


def test_nobody_and_doubles_are_refused() -> None:
    for people in ([], [Person("a", ""), Person("a", "")]):
        with pytest.raises(TeamsImpossible, match="names a person twice"):
            form_teams(people, _districts())


def test_what_is_missing_is_worded_in_chinese() -> None:
    with pytest.raises(TeamsImpossible) as caught:
        form_teams(county_people(), _districts(), roles={"leader": 4})

    assert "角色“leader”：缺 7 人" in caught.value.worded(translator("zh"))
