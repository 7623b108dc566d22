"""Visits, drives of visits and rosters, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.accounts import make_post, make_user
from tests.factories.assistance import (
    LAST_YEAR,
    make_helper,
    make_office,
    make_pairing,
    make_roster,
    make_secretary,
    make_team_member,
    make_visit,
    make_visit_drive,
    once,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import CHILD, HEAD, VILLAGE, make_household

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import StaleHelp
from xiuhua.apps.assistance.models import HelpEvent, Visit
from xiuhua.apps.assistance.selectors import books
from xiuhua.apps.assistance.selectors import pairings as paired
from xiuhua.apps.assistance.selectors import people as known
from xiuhua.apps.assistance.selectors import visits as visited
from xiuhua.apps.assistance.services import (
    rosters,
    visits,
)
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")


@pytest.fixture
def everywhere():
    with region_scope(EVERYWHERE):
        yield


def _family(village=VILLAGE, **said):
    """Return a household whose head has no number, so that many can be made."""
    return make_household(village, persons=[HEAD | {"id_number": None}, CHILD], **said)


def codes(caught) -> set[str]:
    return {r.code.removeprefix("assistance.") for r in caught.value.refusals}


def _made(visit, by, **said):
    usual = {"version": visit.version, "made_on": TODAY, "findings": "水质已改善"}
    return visits.visit_make(visit=visit, by=by, at=NOON, **usual | said)


def test_a_visit_is_planned_and_made_with_what_was_found():
    user = make_user("zhen.xiaoman")
    helper, home = make_helper(user=user), _family()
    visit = make_visit(home, helper)
    assert list(visited.visits_planned(user=user, until=TODAY)) == [visit]
    by = make_post("helper", VILLAGE, user=user)

    with pytest.raises(StepRefused) as caught:
        _made(visit, by, findings="", made_on=TODAY + timedelta(days=1))
    assert codes(caught) == {"findings_missing", "day_ahead"}
    made = _made(visit, by)

    assert (made.state, made.made_on) == ("made", TODAY)
    assert list(visited.visits_planned(user=user, until=TODAY)) == []
    with pytest.raises(StaleHelp):
        _made(visit, by)
    assert [e.act for e in books.event_list(row=visit)] == ["make", "plan"]


def test_a_visit_is_dropped_by_its_visitor_or_the_office_with_a_reason():
    visit = make_visit(_family())

    def drop(by, reason="家中无人，改期"):
        return visits.visit_drop(
            visit=visit, version=visit.version, reason=reason, by=by, at=NOON
        )

    for by, reason, code in (
        (make_secretary(), "改期", "not_visitor"),
        (make_office(), " ", "reason_missing"),
    ):
        with pytest.raises(StepRefused) as caught:
            drop(by, reason)
        assert codes(caught) == {code}
    assert drop(make_office()).state == "dropped"


def test_a_user_has_their_pairings():
    user = make_user("zhen.man")
    pairing = make_pairing(make_helper(user=user), _family())
    make_pairing(household=_family())

    assert list(paired.pairings_of(user=user, on=TODAY)) == [pairing]
    assert list(paired.pairings_of(user=user, on=LAST_YEAR)) == []
    assert known.helper_of(user=user) == pairing.helper


def test_many_visits_are_planned_at_once_and_once():
    pairs = [(_family(), make_helper()) for _ in range(3)]
    key = once()

    def plan():
        return visits.visits_plan(
            pairs=pairs,
            kind="call",
            planned_on=TODAY,
            key=key,
            by=make_secretary(),
            at=NOON,
        )

    assert len(plan()) == 3
    assert plan() == []
    assert Visit.objects.count() == HelpEvent.objects.filter(act="plan").count() == 3


def test_a_drive_says_what_is_left_by_village_and_by_person_in_charge():
    drive, office = make_visit_drive(), make_office()
    seen, left = _family(), _family()
    helper = make_helper()
    make_pairing(helper, left)
    _family(poverty="exited")
    _made(make_visit(seen), make_secretary())

    asked = {"viewer": office, "drive": drive, "on": TODAY}
    assert list(visited.drive_left(**asked)) == [left]
    (village,) = visited.drive_villages(**asked)
    assert (village.key, village.households, village.left) == (VILLAGE, 2, 1)
    nobody, somebody = visited.drive_helpers(**asked)
    assert [(nobody.key, nobody.left), (somebody.key, somebody.left)] == [
        (0, 0),
        (helper.pk, 1),
    ]


def _signed(roster, by, **said):
    return rosters.roster_sign(
        roster=roster, **{"version": roster.version, "by": by, "at": NOON} | said
    )


def test_a_roster_is_countersigned_by_somebody_else():
    user = make_user("on.roster")
    member = make_team_member(helper=make_helper(user=user))
    secretary = make_secretary()
    roster = make_roster(member, by=secretary)

    for by, code in (
        (secretary, "own_roster"),
        (make_secretary(user=user), "on_roster"),
    ):
        with pytest.raises(StepRefused) as caught:
            _signed(roster, by)
        assert codes(caught) == {code}
    clerk = make_post("township_clerk", VILLAGE[:9])
    signed = _signed(roster, clerk)
    assert (signed.state, signed.signed_by) == ("signed", clerk.actor.name)
    with pytest.raises(StepRefused):
        make_roster(member, version=signed.version)


def test_a_roster_that_was_returned_is_entered_anew():
    member = make_team_member()
    roster = make_roster(member)
    back = rosters.roster_return(
        roster=roster,
        version=roster.version,
        reason="6日不在村",
        by=make_post("township_clerk", VILLAGE[:9]),
        at=NOON,
    )
    with pytest.raises(StaleHelp):
        make_roster(member)

    again = make_roster(member, version=back.version, days={member.pk: [7, 8]})

    assert (again.pk, again.state, again.days.count()) == (roster.pk, "entered", 2)


@pytest.mark.parametrize("day", [0, 32, 31 + 22])
def test_a_day_outside_the_month_is_refused(day):
    member = make_team_member()

    with pytest.raises(HelpUnfit):
        make_roster(member, days={member.pk: [day]})


def test_a_day_that_is_to_come_or_outside_the_term_is_refused():
    member = make_team_member()

    for said in (
        {"month": date(2019, 6, 1), "days": {member.pk: [24]}},
        {"month": date(2017, 12, 1), "days": {member.pk: [1]}},
        {"days": {member.pk + 99: [1]}},
    ):
        with pytest.raises(HelpUnfit):
            make_roster(member, **said)
