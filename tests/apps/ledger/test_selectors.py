"""Whose desk a problem lies on, and what a sector bureau sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.ledger import (
    COUNTY,
    give_evidence,
    make_clerk,
    make_in_hand,
    make_office,
    make_problem,
)
from tests.factories.moments import NOON, TODAY

from xiuhua.apps.accounts.roles import SECTORS
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.accounts.sectors import INDICATORS_BY_SECTOR
from xiuhua.apps.assessments.standards import known_packs, pack_read
from xiuhua.apps.ledger import selectors as ledgers
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import Act
from xiuhua.apps.ledger.selectors import ProblemFilter, ProblemMissing
from xiuhua.apps.ledger.services import rectifying


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
SCHOOL = "household_exit.compulsory_education"
WATER = "household_exit.safe_water"


@pytest.fixture
def in_county():
    with region_scope([COUNTY]):
        yield


def step(problem, act, by, **said):
    now = Problem.objects.get(pk=problem.pk)
    return rectifying.problem_step(
        problem=now, version=now.version, act=act, by=by, at=NOON, **said
    )


def make_submitted(office, owner, **said):
    problem = make_in_hand(office, owner, **said)
    step(problem, Act.START, owner, measures="入户核对")
    return step(problem, Act.SUBMIT, owner)


def test_what_is_mine_comes_with_whether_it_is_late():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner)
    make_problem(office)

    then = ledgers.problems_of(owner=owner, on=TODAY)
    later = ledgers.problems_of(owner=owner, on=TODAY + timedelta(days=31))

    assert [(p.pk, p.is_late) for p in then] == [(problem.pk, False)]
    assert [(p.pk, p.is_late) for p in later] == [(problem.pk, True)]
    assert not ledgers.problems_of(owner=office, on=TODAY).exists()


def test_what_waits_for_verification_is_never_ones_own_work():
    office, owner = make_office(), make_clerk()
    problem = make_submitted(office, owner)
    same_person = make_post("supervision_team", COUNTY, user=owner.user)
    leader = make_post("township_leader", owner.region_id)

    assert list(ledgers.awaiting_verification_of(viewer=office)) == [problem]
    assert list(ledgers.awaiting_verification_of(viewer=leader)) == [problem]
    assert not ledgers.awaiting_verification_of(viewer=same_person).exists()
    assert not ledgers.awaiting_verification_of(viewer=owner).exists()


def test_where_another_level_is_asked_the_same_level_does_not_wait():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner, kind="conduct")
    give_evidence(problem, owner, "paper")
    step(problem, Act.START, owner, measures="约谈")
    step(problem, Act.SUBMIT, owner)
    leader = make_post("township_leader", owner.region_id)

    assert [p.pk for p in ledgers.awaiting_verification_of(viewer=office)] == [
        problem.pk
    ]
    assert not ledgers.awaiting_verification_of(viewer=leader).exists()


def test_what_came_back_is_shown_until_it_is_sent_up_again():
    office, owner = make_office(), make_clerk()
    problem = make_submitted(office, owner)
    assert not ledgers.returned_to(owner=owner).exists()

    step(problem, Act.RETURN, office, reason="佐证不清")
    assert list(ledgers.returned_to(owner=owner)) == [problem]

    step(problem, Act.SUBMIT, owner)
    assert not ledgers.returned_to(owner=owner).exists()


def test_a_sector_bureau_sees_its_indicators_alone():
    office = make_office()
    school = make_problem(office, indicator=SCHOOL)
    water = make_problem(office, indicator=WATER)
    make_problem(office)
    bureau = make_post("sector_bureau", COUNTY, sector="education")

    assert list(ledgers.problem_list(viewer=bureau)) == [school]
    assert ledgers.problem_get(viewer=bureau, key=school.pk) == school
    with pytest.raises(ProblemMissing):
        ledgers.problem_get(viewer=bureau, key=water.pk)


def test_a_sector_bureau_sees_what_is_given_to_it():
    office = make_office()
    bureau = make_post("sector_bureau", COUNTY, sector="water")
    problem = make_in_hand(office, bureau)

    assert list(ledgers.problem_list(viewer=bureau)) == [problem]


def test_every_sector_names_indicators_of_shipped_standards():
    known = {f"{p}.{i.id}" for p in known_packs() for i in pack_read(p).indicators}

    assert INDICATORS_BY_SECTOR.keys() == SECTORS.keys()
    assert frozenset().union(*INDICATORS_BY_SECTOR.values()) <= known


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"source": "cross_check"}, 2),
        ({"source": "audit"}, 1),
        ({"kind": "funds"}, 1),
        ({"state": "open"}, 3),
        ({"state": "ended"}, 0),
        ({"duty": "work"}, 1),
        ({"immediate": True}, 1),
        ({"policy": True}, 0),
        ({"words": "公安库"}, 3),
        ({"words": "没有"}, 0),
        ({"region": "990101102"}, 0),
        ({"overdue_on": TODAY + timedelta(days=31)}, 1),
    ],
)
def test_the_list_is_narrowed(narrowed, found):
    office, owner = make_office(), make_clerk()
    make_problem(office, source="audit", kind="funds")
    make_problem(office, duty="work", is_immediate=True)
    make_in_hand(office, owner)

    listed = ledgers.problem_list(viewer=office, filters=ProblemFilter(**narrowed))

    assert listed.count() == found
