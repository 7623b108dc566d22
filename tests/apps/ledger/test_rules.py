"""The life of a problem: who may what, when, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.apps.accounts.rules import PostState
from xiuhua.apps.ledger.rules import (
    CHECKS,
    ENDED,
    LIFE,
    OPEN,
    TRANSITIONS,
    Act,
    ProblemState,
    Said,
    State,
    Step,
)
from xiuhua.core.steps import StepRefused


TODAY = date(2019, 11, 22)
LATER = date(2019, 12, 20)
OWNER = PostState("sun.li", "township_clerk", "990101101")
OFFICE = PostState("li.qiang", "county_office", "990101")
LEADER = PostState("wang.wei", "county_leader", "990101")
PREFECTURE = PostState("he.jun", "prefecture_officer", "9901")
ELSEWHERE = PostState("zhao.min", "county_office", "990102")
PROBLEM = ProblemState(
    State.REGISTERED,
    "990101101201",
    owner=OWNER.user,
    owner_region=OWNER.region,
    rectifiers=frozenset({OWNER.user}),
    demanded=frozenset({"photo"}),
    given=frozenset({"photo"}),
)
SAID = Said(
    TODAY,
    reason="已入户核实",
    measures="联系施工队",
    owner="sun.li",
    deadline=LATER,
    review_date=LATER,
    into="17",
)
ACTORS = [OWNER, OFFICE, LEADER, ELSEWHERE]


DISPUTED = {"state": State.DISPUTED, "owner_office": "township_clerk@990101101"}


@pytest.mark.parametrize(
    ("raised_by", "said", "by", "code"),
    [
        # What a rule opened: whoever decides here.
        ("", {}, OFFICE, None),
        ("county_office@990101", {}, OFFICE, None),
        # A level above who raised it, but never one beside or below.
        ("village_secretary@990101101201", {}, OFFICE, None),
        ("inspector@990101", {}, OFFICE, "ledger.not_source"),
        ("province_officer@99", {}, OFFICE, "ledger.not_source"),
        ("inspector@990101", {}, PREFECTURE, None),
        # Entered for somebody who checks from above, who alone can take it back.
        ("county_office@990101", {"is_passed_on": True}, OFFICE, "ledger.not_source"),
        ("county_office@990101", {"is_passed_on": True}, PREFECTURE, None),
        # Where nobody of the source is left, whoever decides here, but not both sides.
        ("inspector@990101", {"is_source_gone": True}, OFFICE, None),
        (
            "inspector@990101",
            {"is_source_gone": True, "owner_office": "county_office@990101"},
            OFFICE,
            "ledger.disputing_side",
        ),
        (
            "county_office@990101",
            {"owner_office": "county_office@990101"},
            OFFICE,
            "ledger.disputing_side",
        ),
        ("", {}, LEADER, "ledger.no_decider"),
    ],
)
@pytest.mark.parametrize("act", [Act.UPHOLD, Act.NOT_SUBSTANTIATE])
def test_the_source_decides_and_never_the_disputing_side(
    act, raised_by, said, by, code
):
    offices = frozenset({raised_by} - {""})
    step = _step(by=by, raised_by=offices, **DISPUTED | said)
    assert _codes(act, step) == ({code} if code else set())


def _step(state, by, said=SAID, **problem):
    return Step(replace(PROBLEM, state=state, **problem), by, said)


def _codes(act, step):
    return {r.code for r in LIFE.refusals(act, step)}


@pytest.mark.parametrize(
    ("act", "state", "by", "target"),
    [
        (Act.ASSIGN, State.REGISTERED, OFFICE, State.ASSIGNED),
        (Act.SIGN_FOR, State.ASSIGNED, OWNER, State.SIGNED_FOR),
        (Act.SEND_BACK, State.ASSIGNED, OWNER, State.REGISTERED),
        (Act.START, State.SIGNED_FOR, OWNER, State.IN_RECTIFICATION),
        (Act.CONTINUE, State.IN_RECTIFICATION, OFFICE, State.CONTINUING),
        (Act.RESUME, State.CONTINUING, OWNER, State.IN_RECTIFICATION),
        (Act.DISPUTE, State.ASSIGNED, OWNER, State.DISPUTED),
        (Act.UPHOLD, State.DISPUTED, OFFICE, State.IN_RECTIFICATION),
        (Act.NOT_SUBSTANTIATE, State.DISPUTED, OFFICE, State.NOT_SUBSTANTIATED),
        (Act.SUBMIT, State.SIGNED_FOR, OWNER, State.AWAITING_VERIFICATION),
        (Act.STRIKE_OFF, State.AWAITING_VERIFICATION, OFFICE, State.STRUCK_OFF),
        (Act.RETURN, State.AWAITING_VERIFICATION, OFFICE, State.IN_RECTIFICATION),
        (Act.REOPEN, State.STRUCK_OFF, OFFICE, State.IN_RECTIFICATION),
        (Act.MERGE, State.DISPUTED, OFFICE, State.MERGED),
    ],
)
def test_each_step_leads_where_the_table_says(act, state, by, target):
    assert LIFE.target(act, _step(state, by)) is target


def test_every_act_and_every_check_is_used():
    assert set(LIFE.by_act) == set(Act)
    assert len(TRANSITIONS) == len(LIFE.by_act)
    used = {name for t in TRANSITIONS for name in (*t.who, *t.needs)}
    assert used == set(CHECKS)


def test_every_state_can_be_reached_and_every_open_one_left():
    # What is withdrawn with its sheet takes no step of the table.
    apart = {State.REGISTERED, State.WITHDRAWN}
    assert {t.target for t in TRANSITIONS} | apart == set(State)
    assert {s for t in TRANSITIONS for s in t.sources} >= OPEN


@pytest.mark.parametrize(
    ("act", "state", "by", "said", "problem", "code"),
    [
        (Act.STRIKE_OFF, "awaiting_verification", OWNER, {}, {}, "ledger.own_work"),
        (Act.STRIKE_OFF, "awaiting_verification", LEADER, {}, {}, "ledger.no_verifier"),
        (
            Act.STRIKE_OFF,
            "awaiting_verification",
            OFFICE,
            {},
            {"given": frozenset()},
            "ledger.evidence_missing",
        ),
        (
            Act.STRIKE_OFF,
            "awaiting_verification",
            OFFICE,
            {},
            {"level_above": True, "owner_region": "990101"},
            "ledger.same_level",
        ),
        (
            Act.STRIKE_OFF,
            "awaiting_verification",
            OFFICE,
            {},
            {"rectifiers": frozenset({OFFICE.user})},
            "ledger.own_work",
        ),
        (Act.SUBMIT, "signed_for", OWNER, {}, {"open_tasks": 1}, "ledger.task_open"),
        (Act.ASSIGN, "registered", ELSEWHERE, {}, {}, "ledger.no_assigner"),
        (
            Act.ASSIGN,
            "registered",
            OFFICE,
            {"deadline": TODAY},
            {},
            "ledger.deadline_missing",
        ),
        (
            Act.SEND_BACK,
            "assigned",
            OWNER,
            {"reason": "  "},
            {},
            "ledger.reason_missing",
        ),
        (
            Act.CONTINUE,
            "in_rectification",
            OFFICE,
            {"review_date": None},
            {},
            "ledger.review_missing",
        ),
        (Act.SIGN_FOR, "assigned", OFFICE, {}, {}, "ledger.not_owner"),
        (Act.SIGN_FOR, "struck_off", OWNER, {}, {}, "ledger.wrong_state"),
    ],
)
def test_each_refusal_names_its_reason(act, state, by, said, problem, code):
    step = _step(State(state), by, replace(SAID, **said), **problem)

    assert code in _codes(act, step)
    with pytest.raises(StepRefused) as refused:
        LIFE.target(act, step)
    assert refused.value.refusals == LIFE.refusals(act, step)


@given(
    st.sampled_from(Act),
    st.sampled_from(State),
    st.sampled_from(ACTORS),
    st.sets(st.sampled_from([p.user for p in ACTORS])),
)
def test_nobody_ends_what_they_worked_on(act, state, by, rectifiers):
    step = _step(state, by, rectifiers=frozenset(rectifiers))
    worked = by.user in rectifiers | {PROBLEM.owner}

    if worked and not LIFE.refusals(act, step):
        assert LIFE.by_act[act].target not in ENDED - {State.MERGED}


@given(st.sampled_from(State), st.sampled_from(ACTORS))
def test_acts_offered_lack_only_what_can_be_filled_in(state, by):
    step = _step(state, by, Said(TODAY))

    for act in LIFE.open_acts(step):
        of_persons = {CHECKS[name][1] for name in LIFE.by_act[act].who}
        assert not of_persons & set(LIFE.refusals(act, step))


def test_nobody_from_elsewhere_may_anything():
    for state in State:
        assert LIFE.open_acts(_step(state, ELSEWHERE)) == ()
