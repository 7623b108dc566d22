"""What the tables demand, the services refuse by themselves, page or no page.

Made from the tables: each act, each condition by name, each state it is not open in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.attachments import make_attachment
from tests.factories.ledger import (
    COUNTY,
    VILLAGE,
    make_clerk,
    make_office,
    make_problem,
    once,
)
from tests.factories.moments import NOON, TODAY

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.ledger import besides
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import (
    ANSWER,
    DELAY,
    EVIDENCE,
    EXTENDED,
    EXTENSION,
    LIFE,
    MEND,
    RAISE,
    TASK,
    TRANSITIONS,
    Act,
    State,
)
from xiuhua.apps.ledger.services import (
    policy,
    proving,
    rectifying,
    tasking,
    timing,
)
from xiuhua.core.steps import Refusal, StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
PLANTED = Refusal("tests.planted", "planted")
LATER = TODAY + timedelta(days=60)


@pytest.fixture
def in_county():
    with region_scope(["99"]):
        yield


@pytest.fixture
def posts():
    return {"office": make_office(), "clerk": make_clerk()}


def now(problem):
    return Problem.objects.get(pk=problem.pk)


def stepped(problem, act, by, **said):
    said |= {"problem": now(problem), "version": now(problem).version}
    usual = {"reason": "核实", "measures": "核对", "review_date": LATER}
    return rectifying.problem_step(act=act, by=by, at=NOON, **said, **usual)


# The steps that lead to a state in which an act is open, each with who takes it.
WAY = {
    State.REGISTERED: [],
    State.ASSIGNED: [("assign", "office")],
    State.SIGNED_FOR: [("assign", "office"), (Act.SIGN_FOR, "clerk")],
}
WAY[State.IN_RECTIFICATION] = [*WAY[State.SIGNED_FOR], (Act.START, "clerk")]
WAY[State.CONTINUING] = [*WAY[State.IN_RECTIFICATION], (Act.CONTINUE, "office")]
WAY[State.DISPUTED] = [*WAY[State.SIGNED_FOR], (Act.DISPUTE, "clerk")]
WAY[State.AWAITING_VERIFICATION] = [
    *WAY[State.IN_RECTIFICATION],
    (Act.SUBMIT, "clerk"),
]
WAY[State.STRUCK_OFF] = [*WAY[State.AWAITING_VERIFICATION], (Act.STRIKE_OFF, "office")]
WAY[State.NOT_SUBSTANTIATED] = [
    *WAY[State.DISPUTED],
    (Act.NOT_SUBSTANTIATE, "office"),
]
WAY[State.MERGED] = [("merge", "office")]
STATES = sorted(WAY)


def stands(state, posts, **said):
    """Return a problem of data that was led to a state."""
    problem = make_problem(posts["office"], source="self_check", **said)
    for act, who in WAY[state]:
        taken(act, problem, posts, who)
    return now(problem)


def assigned(problem, posts, who="office"):
    seen = now(problem)
    return rectifying.problem_assign(
        problem=seen,
        version=seen.version,
        owner=posts["clerk"],
        deadline=TODAY + timedelta(days=30),
        by=posts[who],
        at=NOON,
    )


def merged(problem, posts, who="office"):
    seen = now(problem)
    return rectifying.problem_merge(
        problem=seen,
        version=seen.version,
        into=make_problem(posts["office"]),
        by=posts[who],
        at=NOON,
    )


def taken(act, problem, posts, who):
    own = {Act.ASSIGN: assigned, Act.MERGE: merged}
    if act in own:
        return own[act](problem, posts, who)
    return stepped(problem, act, posts[who])


OWNERS = {"the owner"}


def who_takes(transition):
    return "clerk" if "the owner" in transition.who else "office"


CONDITIONS = [(t.act, name) for t in TRANSITIONS for name in (*t.who, *t.needs)]


@pytest.mark.parametrize(("act", "name"), CONDITIONS)
def test_a_step_whose_condition_fails_is_refused_by_the_service(
    act, name, posts, monkeypatch
):
    transition = LIFE.by_act[act]
    problem = stands(sorted(transition.sources)[0], posts)
    checks = {**LIFE.checks, name: (lambda step: False, PLANTED)}

    with monkeypatch.context() as planted:
        planted.setitem(vars(LIFE), "checks", checks)
        with pytest.raises(StepRefused) as refused:
            taken(act, problem, posts, who_takes(transition))

    assert refused.value.refusals == (PLANTED,)
    assert now(problem).version == problem.version
    # With nothing planted the very same goes through: the condition alone held it.
    taken(act, problem, posts, who_takes(transition))
    assert now(problem).state == transition.target


@pytest.mark.parametrize("state", STATES)
def test_a_step_is_refused_in_every_state_it_does_not_start_from(state, posts):
    problem = stands(state, posts)

    for transition in TRANSITIONS:
        if state not in transition.sources:
            with pytest.raises(StepRefused):
                taken(transition.act, problem, posts, who_takes(transition))
    assert now(problem).version == problem.version


def _evidence(problem, posts):
    file = make_attachment(
        subject=Subject("ledger.problem", str(problem.pk), problem.region_id)
    )
    said = {"kind": "paper", "attachment": file, "by": posts["clerk"], "at": NOON}
    proving.evidence_give(problem=problem, version=problem.version, **said)


def _task(problem, posts):
    tasking.task_set(
        problem=problem,
        version=problem.version,
        what="核对户口簿",
        owner=posts["clerk"],
        deadline=LATER,
        region=VILLAGE,
        once=once(),
        by=posts["office"],
        at=NOON,
    )


def _extension(problem, posts):
    timing.extension_ask(
        problem=problem,
        version=problem.version,
        until=LATER,
        reason="等待公安核对",
        by=posts["clerk"],
        at=NOON,
    )


def _extended(problem, posts):
    timing.extension_decide(
        extension=problem.extensions.get(), approved=True, by=posts["office"], at=NOON
    )


def _delay(problem, posts):
    timing.delay_explain(
        problem=problem,
        version=problem.version,
        cause="等待公安核对",
        accountability="提醒谈话",
        by=posts["office"],
        at=NOON + timedelta(days=31),
    )


def _mend(problem, posts):
    proving.system_mend(
        problem=problem,
        version=problem.version,
        what="按月比对",
        by=posts["office"],
        at=NOON,
    )


def _raise(problem, posts):
    policy.policy_raise(
        problem=problem,
        version=problem.version,
        to=COUNTY[:4],
        question="标准是否调整",
        by=posts["office"],
        at=NOON,
    )


def _answer(problem, posts):
    policy.policy_answer(
        problems={problem.pk: problem.version},
        answer="按原标准执行",
        by=make_post("prefecture_officer", COUNTY[:4]),
        at=NOON,
    )


BESIDES = {
    EVIDENCE: _evidence,
    TASK: _task,
    EXTENSION: _extension,
    EXTENDED: _extended,
    DELAY: _delay,
    MEND: _mend,
    RAISE: _raise,
    ANSWER: _answer,
}


def ready(act, posts):
    """Return a problem on which an act besides the steps is open."""
    problem = stands(State.SIGNED_FOR, posts, is_policy_level=True)
    if act == EXTENDED:
        _extension(problem, posts)
    if act == ANSWER:
        _raise(problem, posts)
    return now(problem)


@pytest.mark.parametrize(
    ("act", "name"),
    [(one.act, name) for one in besides.BESIDES for name in (*one.who, *one.needs)],
)
def test_an_act_besides_whose_condition_fails_is_refused_by_the_service(
    act, name, posts, monkeypatch
):
    problem = ready(act, posts)
    checks = {**besides._CHECKS, name: (lambda step: False, PLANTED)}

    with monkeypatch.context() as planted:
        planted.setattr(besides, "_CHECKS", checks)
        with pytest.raises(StepRefused):
            BESIDES[act](problem, posts)

    assert now(problem).version == problem.version
    BESIDES[act](problem, posts)
    assert now(problem).version > problem.version


@pytest.mark.parametrize("act", [one.act for one in besides.BESIDES])
def test_an_act_besides_is_refused_in_a_state_it_is_not_for(act, posts, monkeypatch):
    problem = ready(act, posts)
    nowhere = [replace(one, states=frozenset()) for one in besides.BESIDES]

    with monkeypatch.context() as planted:
        planted.setattr(besides, "BESIDES", nowhere)
        with pytest.raises(StepRefused):
            BESIDES[act](problem, posts)

    assert now(problem).version == problem.version


def test_every_act_is_tried_here():
    assert set(BESIDES) == {one.act for one in besides.BESIDES}
    assert set(WAY) | {State.WITHDRAWN} == set(State)
