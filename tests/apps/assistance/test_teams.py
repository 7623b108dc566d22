"""Work teams, chains of charge, sector groups, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.assistance import (
    COUNTY,
    LAST_YEAR,
    SPRING,
    make_helper,
    make_office,
    make_sector_group,
    make_team_member,
    make_work_team,
    once,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import VILLAGE

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.selectors import people as known
from xiuhua.apps.assistance.selectors import teams as standing
from xiuhua.apps.assistance.services import (
    charges,
    teams,
)


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")


@pytest.fixture
def everywhere():
    with region_scope(EVERYWHERE):
        yield


def test_a_team_of_one_is_shown_with_what_it_lacks():
    member = make_team_member(post="first_secretary", until=date(2019, 1, 1))
    office = make_office()

    listed = standing.team_list(viewer=office)
    (state,) = standing.team_states(teams=listed, on=TODAY)

    assert {b.value for b in state.breaches} == {
        "too_few",
        "term_too_short",
        "term_over",
    }
    assert state.members == (member,)


def _left(member, **said):
    return teams.member_leave(
        member=member,
        **{"version": member.version, "ended_on": TODAY, "reason": "调离"}
        | {"by": make_office(), "at": NOON}
        | said,
    )


def test_staffing_that_fell_stands_in_the_list_of_its_village():
    team, office = make_work_team(), make_office()
    gone = make_team_member(team)
    make_team_member(team)
    _left(gone)

    def falls(on):
        return standing.fall_list(viewer=office, region=COUNTY, since=SPRING, on=on)

    (fall,) = falls(TODAY)
    assert (fall.village, fall.most, fall.now, fall.left[0]) == (VILLAGE, 2, 1, gone)
    assert falls(TODAY - timedelta(days=1)) == []


def test_a_team_ends_when_everybody_has_left_it():
    member = make_team_member()
    team = member.team

    def end():
        return teams.team_end(
            team=team, version=1, ended_on=TODAY, by=make_office(), at=NOON
        )

    with pytest.raises(HelpUnfit):
        end()
    with pytest.raises(HelpUnfit):
        _left(member, reason="")
    _left(member)
    assert end().ended_on == TODAY
    with pytest.raises(HelpUnfit):
        make_team_member(team)


def test_nobody_belongs_to_two_teams_and_a_team_has_one_first_secretary():
    member = make_team_member(post="first_secretary")

    with pytest.raises(HelpUnfit):
        make_team_member(make_work_team("990101101202"), member.helper)
    with pytest.raises(HelpUnfit):
        make_team_member(member.team, post="first_secretary")
    with pytest.raises(HelpUnfit):
        make_work_team()


def _answers(region, replaces=None, **said):
    usual = {"helper": make_helper(), "starts_on": LAST_YEAR, "once": once()}
    usual |= {"by": make_office(), "at": NOON}
    return charges.link_set(region=region, replaces=replaces, **usual | said)


def test_the_chain_leads_from_the_county_to_the_village():
    make_work_team()
    links = [_answers(code) for code in (COUNTY, VILLAGE[:9], VILLAGE)]

    assert known.chain_of(region=VILLAGE, on=TODAY) == links
    with pytest.raises(HelpUnfit):
        _answers(VILLAGE)
    other = _answers(VILLAGE, links[2].pk, starts_on=SPRING)
    assert known.chain_of(region=VILLAGE, on=TODAY)[-1] == other
    assert known.chain_of(region=VILLAGE, on=LAST_YEAR)[-1] == links[2]
    charges.link_end(link=other, version=1, ended_on=TODAY, by=make_office(), at=NOON)
    assert known.chain_of(region=VILLAGE, on=TODAY) == links[:2]


def test_a_group_owns_indicators_of_the_standard():
    group = make_sector_group()
    member = charges.group_member_join(
        group=group,
        helper=make_helper(),
        post="leader",
        starts_on=LAST_YEAR,
        once=once(),
        by=make_office(),
        at=NOON,
    )
    owners = known.owners_of(
        pack="household_exit", indicator="safe_water", region=VILLAGE
    )
    assert owners == [group]
    with pytest.raises(HelpUnfit):
        charges.group_change(
            group=group,
            version=1,
            indicators=[("household_exit", "luck")],
            by=make_office(),
            at=NOON,
        )
    changed = charges.group_change(
        group=group,
        version=1,
        indicators=[("household_exit", "safe_housing")],
        by=make_office(),
        at=NOON,
    )
    assert known.group_indicators(groups=[changed]) == {
        group.pk: [("household_exit", "safe_housing")]
    }
    charges.group_member_leave(
        member=member, version=1, ended_on=TODAY, by=make_office(), at=NOON
    )
    assert known.group_members(groups=[group], on=TODAY) == {}
