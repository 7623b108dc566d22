"""Who decides about an objection, read from what happened and who holds office."""

from __future__ import annotations

import pytest
from tests.factories.accounts import make_post
from tests.factories.ledger import (
    COUNTY,
    make_clerk,
    make_in_hand,
    make_office,
    make_problem,
)
from tests.factories.moments import NOON, TODAY

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.ledger import selectors as ledgers
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import Act, State
from xiuhua.apps.ledger.services.rectifying import problem_merge, problem_step
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope([COUNTY]):
        yield


def disputed(by, owner=None, **said):
    """Return a problem that somebody raised and its owner objects to."""
    owner = owner or make_clerk()
    problem = make_in_hand(by, owner, **said)
    return stepped(problem, Act.DISPUTE, owner)


def stepped(problem, act, by):
    now = Problem.objects.get(pk=problem.pk)
    said = {"version": now.version, "by": by, "at": NOON, "reason": "查无此事"}
    return problem_step(problem=now, act=act, **said)


def deciders(problem):
    return ledgers.deciders_of(problem=problem, on=TODAY)


def test_an_office_decides_about_what_it_found_by_itself():
    office = make_office()
    make_post("supervision_team", COUNTY)
    problem = disputed(office, source="self_check")

    assert deciders(problem) == [office]
    waits = {"on": TODAY, "most": 5}
    assert ledgers.objections_for(viewer=office, **waits) == [problem]
    assert ledgers.objections_for(viewer=make_clerk(), **waits) == []
    done = stepped(problem, Act.NOT_SUBSTANTIATE, office)
    assert (done.state, deciders(done)) == (State.NOT_SUBSTANTIATED, [])


def test_what_was_entered_for_a_checker_is_decided_above_the_office():
    office, above = make_office(), make_post("prefecture_officer", COUNTY[:4])
    problem = disputed(office, source="audit")

    assert deciders(problem) == [above]
    assert ledgers.objections_for(viewer=office, on=TODAY, most=5) == []
    with pytest.raises(StepRefused) as refused:
        stepped(problem, Act.NOT_SUBSTANTIATE, office)
    assert [r.code for r in refused.value.refusals] == ["ledger.not_source"]
    shown = ledgers.offer_list(problem=problem, viewer=office, on=TODAY)
    said = {offer.act: [r.code for r in offer.refused] for offer in shown}
    assert said[Act.UPHOLD] == ["ledger.not_source"]


def test_whoever_raised_what_was_merged_into_it_is_not_passed_over():
    office, inspector = make_office(), make_post("inspector", COUNTY)
    above = make_post("prefecture_officer", COUNTY[:4])
    problem = disputed(office, source="self_check")
    other = make_problem(inspector, source="unannounced")
    problem_merge(
        problem=other,
        version=other.version,
        into=Problem.objects.get(pk=problem.pk),
        by=office,
        at=NOON,
    )

    assert deciders(problem) == [above]


def test_where_nobody_of_the_source_holds_office_who_is_left_decides():
    office, above = make_office(), make_post("prefecture_officer", COUNTY[:4])
    problem = disputed(office, source="audit")
    Post.unscoped.filter(pk=above.pk).update(valid_to=TODAY)

    assert deciders(problem) == [office]
    assert stepped(problem, Act.UPHOLD, office).state == State.IN_RECTIFICATION


def test_the_office_that_objects_is_left_out_even_where_it_raised_the_problem():
    office, same_office = make_office(), make_office()
    problem = disputed(office, same_office, source="self_check")

    assert deciders(problem) == []
    with pytest.raises(StepRefused, match="their own office"):
        stepped(problem, Act.NOT_SUBSTANTIATE, office)
