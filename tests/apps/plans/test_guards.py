"""What the table demands, the services refuse by themselves, page or no page.

Made from the table: each act, each condition by name, each state it starts not from.
"""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.moments import NOON
from tests.factories.plans import (
    SIGNED,
    agree,
    make_agreed,
    make_checker,
    make_measure,
    make_plan,
    make_planner,
)

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.plans.acts.writing import PlanUnfit
from xiuhua.apps.plans.models import Measure
from xiuhua.apps.plans.rules import LIFE, OF_PLANS, TRANSITIONS, Act, MeasureState
from xiuhua.apps.plans.services.closing import plan_close
from xiuhua.apps.plans.services.measures import measure_step
from xiuhua.apps.plans.services.plans import plan_agree
from xiuhua.core.steps import Refusal, StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
PLANTED = Refusal("tests.planted", "planted")
CHECKERS = {Act.CHECK_OFF, Act.RETURN, Act.REOPEN}


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


@pytest.fixture
def posts():
    return {"planner": make_planner(), "checker": make_checker()}


def now(measure):
    return Measure.objects.select_related("plan").get(pk=measure.pk)


def stepped(measure, act, posts):
    by = posts["checker" if act in CHECKERS else "planner"]
    seen = now(measure)
    said = {"version": seen.version, "by": by, "at": NOON, "reason": "核实"}
    return measure_step(measure=seen, act=act, **said)


def taken(measure, act, posts):
    """Take an act by the service behind it, on the measure or the whole plan."""
    plan, planner = now(measure).plan, posts["planner"]
    if act is Act.AGREE:
        said = {"signed": SIGNED, "reason": "再次商定", "by": planner, "at": NOON}
        return plan_agree(plan=plan, version=plan.version, **said)
    if act is Act.CARRY:
        said = {"carried": [measure.pk], "deadline": date(2020, 3, 31)}
        said |= {"reason": "年终", "by": planner, "at": NOON}
        return plan_close(plan=plan, version=plan.version, **said)
    return stepped(measure, act, posts)


WAY = {
    MeasureState.PLANNED: [],
    MeasureState.UNDER_WAY: [Act.START],
    MeasureState.DONE: [Act.FINISH],
    MeasureState.CHECKED_OFF: [Act.FINISH, Act.CHECK_OFF],
    MeasureState.DROPPED: [Act.DROP],
}


def stands(state, posts):
    """Return a measure that was led to a state."""
    if state is MeasureState.PROPOSED:
        return make_measure(make_plan(by=posts["planner"]), posts["planner"])
    measure = make_agreed(posts["planner"])
    for act in WAY[state]:
        stepped(measure, act, posts)
    return now(measure)


@pytest.mark.parametrize(
    ("act", "name"), [(t.act, name) for t in TRANSITIONS for name in (*t.who, *t.needs)]
)
def test_a_step_whose_condition_fails_is_refused_by_the_service(
    act, name, posts, monkeypatch
):
    transition = LIFE.by_act[act]
    measure = stands(sorted(transition.sources)[0], posts)
    before = now(measure)
    checks = {**LIFE.checks, name: (lambda step: False, PLANTED)}

    with monkeypatch.context() as planted:
        planted.setitem(vars(LIFE), "checks", checks)
        with pytest.raises(StepRefused) as refused:
            taken(measure, act, posts)

    assert refused.value.refusals == (PLANTED,)
    after = now(measure)
    assert (after.version, after.plan.version) == (before.version, before.plan.version)
    # With nothing planted the very same goes through: the condition alone held it.
    taken(measure, act, posts)
    assert now(measure).state == transition.target


@pytest.mark.parametrize("state", [MeasureState.PROPOSED, *WAY])
def test_a_step_is_refused_in_every_state_it_does_not_start_from(state, posts):
    measure = stands(state, posts)

    for transition in TRANSITIONS:
        if state not in transition.sources:
            with pytest.raises((StepRefused, PlanUnfit)):
                taken(measure, transition.act, posts)
    assert now(measure).version == measure.version


def test_nothing_is_done_in_a_plan_that_is_closed(posts):
    measure = stands(MeasureState.CHECKED_OFF, posts)
    taken_back = make_measure(measure.plan, posts["planner"], what="养蜂十箱")
    agree(measure.plan, posts["planner"], reason="增加养蜂")
    taken(taken_back, Act.CARRY, posts)

    for act in Act:
        with pytest.raises((StepRefused, PlanUnfit), match=r"closed|step"):
            taken(measure, act, posts)


def test_every_act_is_tried_here():
    assert {t.act for t in TRANSITIONS} == set(Act)
    assert OF_PLANS == {Act.AGREE, Act.CARRY}
    assert {*WAY, MeasureState.PROPOSED, MeasureState.CARRIED} == set(MeasureState)
