"""The life of a measure, what a plan lacks, and what is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.apps.accounts.rules import PostState
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.proposals import Family, proposed, track_of
from xiuhua.apps.plans.rules import (
    CHECKS,
    LIFE,
    TRANSITIONS,
    Act,
    MeasureState,
    MeasureView,
    Step,
    Track,
    income_of,
    is_inside_reserve,
    is_late,
)
from xiuhua.core.steps import StepRefused


BY = parameters()
VILLAGE = "990101101201"
PLANNER = PostState("li.na", "first_secretary", VILLAGE)
CHECKER = PostState("wang.wei", "township_leader", "990101101")
ELSEWHERE = PostState("zhao.min", "township_leader", "990101102")
MEASURE = MeasureView(
    MeasureState.PROPOSED,
    VILLAGE,
    owner=PLANNER.user,
    finished_by=PLANNER.user,
    demanded=frozenset({"photo"}),
    given=frozenset({"photo"}),
)


def _step(state, by, reason="说明", **said):
    return Step(replace(MEASURE, state=MeasureState(state), **said), by, reason)


@pytest.mark.parametrize(
    ("act", "state", "by", "target"),
    [
        (Act.AGREE, "proposed", PLANNER, MeasureState.PLANNED),
        (Act.START, "planned", PLANNER, MeasureState.UNDER_WAY),
        (Act.FINISH, "planned", PLANNER, MeasureState.DONE),
        (Act.FINISH, "under_way", PLANNER, MeasureState.DONE),
        (Act.CHECK_OFF, "done", CHECKER, MeasureState.CHECKED_OFF),
        (Act.RETURN, "done", CHECKER, MeasureState.UNDER_WAY),
        (Act.REOPEN, "checked_off", CHECKER, MeasureState.UNDER_WAY),
        (Act.DROP, "under_way", PLANNER, MeasureState.DROPPED),
    ],
)
def test_each_step_leads_where_the_table_says(act, state, by, target):
    assert LIFE.target(act, _step(state, by)) is target


@pytest.mark.parametrize(
    ("act", "step", "code"),
    [
        (Act.CHECK_OFF, _step("done", PLANNER), "plans.own_work"),
        (
            Act.CHECK_OFF,
            _step("done", CHECKER, finished_by=CHECKER.user),
            "plans.own_work",
        ),
        (Act.CHECK_OFF, _step("done", ELSEWHERE), "plans.no_checker"),
        (
            Act.FINISH,
            _step("planned", PLANNER, given=frozenset()),
            "plans.evidence_missing",
        ),
        (Act.DROP, _step("planned", PLANNER, reason=" "), "plans.reason_missing"),
        (Act.DROP, _step("planned", CHECKER), "plans.no_planner"),
        (Act.START, _step("planned", CHECKER), "plans.not_owner"),
        (Act.START, _step("done", PLANNER), "plans.wrong_state"),
    ],
)
def test_each_refusal_names_its_reason(act, step, code):
    assert code in {r.code for r in LIFE.refusals(act, step)}
    with pytest.raises(StepRefused):
        LIFE.target(act, step)


def test_every_act_check_and_state_is_used():
    assert set(LIFE.by_act) == set(Act)
    assert {name for t in TRANSITIONS for name in (*t.who, *t.needs)} == set(CHECKS)
    assert {t.target for t in TRANSITIONS} | {MeasureState.PROPOSED} == set(
        MeasureState
    )


@given(
    st.sampled_from(MeasureState),
    st.sampled_from([PLANNER, CHECKER, ELSEWHERE]),
    st.sampled_from([PLANNER.user, CHECKER.user]),
)
def test_nobody_checks_off_what_they_delivered(state, by, finished_by):
    step = _step(state, by, finished_by=finished_by)

    if by.user in (finished_by, MEASURE.owner):
        assert LIFE.refusals(Act.CHECK_OFF, step)
    if by is ELSEWHERE:
        assert LIFE.open_acts(step) == ()


def test_late_is_what_was_agreed_and_not_delivered():
    on, day = date(2019, 11, 22), date(2019, 11, 21)

    late = {s for s in MeasureState if is_late(s, day, on=on)}
    assert late == {MeasureState.PLANNED, MeasureState.UNDER_WAY}
    assert not is_late("planned", on, on=on)


def test_the_reserve_is_kept_free():
    end = date(2020, 12, 31)

    assert not is_inside_reserve(date(2020, 12, 1), campaign_end=end, reserve=30)
    assert is_inside_reserve(date(2020, 12, 2), campaign_end=end, reserve=30)


@pytest.mark.parametrize(
    ("measures", "able", "lacking", "apart"),
    [
        ([], 1, 2, 0),
        ([("industry", False)], 2, 1, 0),
        ([("industry", False), ("employment", False)], 2, 0, 0),
        ([("industry", True), ("industry", True)], 2, 2, 2),
        ([("health", False), ("guarantee", False)], 1, 2, 0),
        ([], 0, 0, 0),
        ([], None, 2, 0),
    ],
)
def test_two_income_measures_unless_nobody_can_work(measures, able, lacking, apart):
    income = income_of(measures, able=able, by=BY)

    assert (income.lacking, income.dividend_only) == (lacking, apart)


@pytest.mark.parametrize(
    ("able", "land", "track"),
    [
        (0, 5.0, Track.SUPPORT),
        (1, 5.0, Track.DEVELOP),
        (1, 0.2, Track.EMPLOY),
        (1, None, None),
        (None, 5.0, None),
    ],
)
def test_three_tracks_and_none_where_too_little_is_known(able, land, track):
    assert track_of(Family({}, able=able, land=land), BY) is track


def test_shortfalls_are_answered_first_then_causes_then_income():
    family = Family(
        {"safe_water": ["safe_water", "living_conditions"], "income": ["industry"]},
        causes=["illness", "lack_of_water"],
        able=1,
        land=3.0,
    )

    found = [(p.kind, p.answers) for p in proposed(family, BY)]

    assert found == [
        ("safe_water", "indicator:safe_water"),
        ("industry", "indicator:income"),
        ("health", "cause:illness"),
        ("employment", "income_links"),
    ]


def test_what_a_plan_answers_already_is_not_proposed_again():
    family = Family(
        {"safe_water": ["safe_water"]},
        able=2,
        land=3.0,
        taken=[("safe_water", "safe_water"), ("industry", ""), ("employment", "")],
        incomes=[("industry", False), ("employment", False)],
    )

    assert proposed(family, BY) == []


def test_a_family_that_cannot_work_is_supported():
    family = Family({"income": ["industry", "guarantee"]}, able=0)

    assert [(p.kind, p.others) for p in proposed(family, BY)] == [
        ("guarantee", ("industry",))
    ]
