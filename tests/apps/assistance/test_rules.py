"""Who may help whom, what a team lacks, how visits and rosters go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.apps.accounts.rules import PostState
from xiuhua.apps.assistance.parameters import ParameterUnfit, cap_of, parameter
from xiuhua.apps.assistance.rules import (
    CHECKS,
    LIFE,
    MATCH_CHECKS,
    TRANSITIONS,
    Act,
    Breach,
    Match,
    RosterState,
    Step,
    Term,
    VisitState,
    match_refusals,
    staffing_fall,
    team_breaches,
    years_after,
)
from xiuhua.core.steps import StepRefused


VILLAGE = "990101101201"
TODAY = date(2019, 6, 23)
HELPER = PostState("li.na", "helper", VILLAGE)
SECRETARY = PostState("zhou.min", "village_secretary", VILLAGE)
CLERK = PostState("wang.wei", "township_clerk", "990101101")
LEADER = PostState("he.jun", "township_leader", "990101101")
ELSEWHERE = PostState("zhao.min", "township_clerk", "990101102")
BUREAU = PostState("sun.li", "sector_bureau", "990101", "water")
SOUND = Match(TODAY, cap=4, load=3)
STEP = Step(
    VisitState.PLANNED,
    VILLAGE,
    HELPER,
    visitor=HELPER.user,
    entered_by=SECRETARY.user,
    said="家中平安",
    day=TODAY,
    today=TODAY,
)


def test_a_sound_match_is_not_refused():
    assert match_refusals(SOUND) == ()
    assert match_refusals(replace(SOUND, cap=None, load=99)) == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"helper_left": True}, "helper_left"),
        ({"household_ended": True}, "household_ended"),
        ({"is_member": True}, "own_household"),
        ({"is_kin": True}, "close_kin"),
        ({"is_helped_already": True}, "helped_already"),
        ({"load": 4}, "cap_reached"),
        ({"running_since": TODAY}, "starts_too_early"),
        ({"last_day": date(2019, 6, 24)}, "overlaps"),
    ],
)
def test_each_refusal_of_a_match_names_its_reason(changed, code):
    found = match_refusals(replace(SOUND, **changed))

    assert [r.code for r in found] == [f"assistance.{code}"]


def test_every_check_of_a_match_has_a_code_of_its_own():
    codes = [refusal.code for _, refusal in MATCH_CHECKS]

    assert len(set(codes)) == len(codes) == 8


@pytest.mark.parametrize(
    ("act", "step", "target"),
    [
        (Act.MAKE, STEP, VisitState.MADE),
        (Act.DROP, STEP, VisitState.DROPPED),
        (Act.DROP, replace(STEP, by=CLERK), VisitState.DROPPED),
        (Act.SIGN, replace(STEP, state="entered", by=CLERK), RosterState.SIGNED),
        (Act.RETURN, replace(STEP, state="signed", by=CLERK), RosterState.RETURNED),
        (Act.REENTER, replace(STEP, state="returned"), RosterState.ENTERED),
    ],
)
def test_each_step_leads_where_the_table_says(act, step, target):
    assert LIFE.target(act, step) == target


@pytest.mark.parametrize(
    ("act", "step", "code"),
    [
        (Act.MAKE, replace(STEP, by=LEADER), "no_visitor"),
        (Act.MAKE, replace(STEP, day=date(2019, 6, 24)), "day_ahead"),
        (Act.MAKE, replace(STEP, day=None), "day_ahead"),
        (Act.MAKE, replace(STEP, said=" "), "findings_missing"),
        (Act.MAKE, replace(STEP, state="made"), "wrong_state"),
        (Act.DROP, replace(STEP, by=SECRETARY), "not_visitor"),
        (Act.DROP, replace(STEP, said=""), "reason_missing"),
        (Act.SIGN, replace(STEP, state="entered"), "no_signer"),
        (Act.SIGN, replace(STEP, state="entered", by=ELSEWHERE), "no_signer"),
        (Act.SIGN, replace(STEP, state="entered", by=SECRETARY), "own_roster"),
        (
            Act.SIGN,
            replace(STEP, state="entered", by=CLERK, listed=frozenset({CLERK.user})),
            "on_roster",
        ),
        (Act.RETURN, replace(STEP, state="entered", by=CLERK, said=""), "reason_"),
    ],
)
def test_each_refusal_names_its_reason(act, step, code):
    assert any(
        r.code.startswith(f"assistance.{code}") for r in LIFE.refusals(act, step)
    )
    with pytest.raises(StepRefused):
        LIFE.target(act, step)


def test_every_act_check_and_state_is_used():
    assert set(LIFE.by_act) == set(Act)
    assert {name for t in TRANSITIONS for name in (*t.who, *t.needs)} == set(CHECKS)
    targets = {t.target for t in TRANSITIONS}
    assert targets | {VisitState.PLANNED} == {*VisitState, *RosterState}


@given(
    st.sampled_from(Act),
    st.sampled_from([*VisitState, *RosterState]),
    st.sampled_from([HELPER, SECRETARY, CLERK, ELSEWHERE, BUREAU]),
    st.sampled_from([HELPER.user, SECRETARY.user, CLERK.user]),
)
def test_nobody_signs_what_they_entered_and_no_stranger_acts(act, state, by, entered):
    step = replace(STEP, state=state, by=by, entered_by=entered)

    if act in (Act.SIGN, Act.RETURN) and by.user == entered:
        assert LIFE.refusals(act, step)
    if by in (ELSEWHERE, BUREAU):
        assert LIFE.open_acts(step) == ()


def _term(post="member", start=date(2018, 1, 1), until=date(2020, 1, 1), ended=None):
    return Term(post, start, until, ended)


def _breaches(*terms, on=TODAY):
    return team_breaches(terms, on=on, minimum=3, term_years=2)


def test_a_team_of_three_with_a_first_secretary_is_as_it_should_be():
    assert _breaches(_term("first_secretary"), _term(), _term()) == frozenset()


@pytest.mark.parametrize(
    ("third", "breach"),
    [
        (_term(ended=date(2019, 6, 23), start=date(2017, 1, 1)), Breach.TOO_FEW),
        (_term(until=date(2019, 12, 31)), Breach.TERM_TOO_SHORT),
        (_term(start=date(2017, 1, 1), until=TODAY), Breach.TERM_OVER),
    ],
)
def test_each_breach_is_found(third, breach):
    assert _breaches(_term("first_secretary"), _term(), third) == {breach}


def test_somebody_who_left_early_is_found_though_others_came():
    early = _term(ended=date(2019, 1, 1))

    found = _breaches(_term("first_secretary"), _term(), _term(), early)

    assert found == {Breach.LEFT_EARLY}
    assert Breach.NO_FIRST_SECRETARY in _breaches(_term(), _term(), _term())


def test_a_term_of_two_years_from_a_leap_day_is_whole():
    assert years_after(date(2016, 2, 29), 4) == date(2020, 2, 29)
    assert years_after(date(2016, 2, 29), 1) == date(2017, 3, 1)


def test_staffing_that_was_made_good_the_same_day_has_not_fallen():
    gone = _term(ended=date(2019, 6, 1))
    come = _term(start=date(2019, 6, 1))

    assert staffing_fall([gone, come], since=date(2019, 1, 1), on=TODAY) == (1, 1)
    assert staffing_fall([gone], since=date(2019, 1, 1), on=TODAY) == (1, 0)
    assert staffing_fall([gone], since=date(2019, 6, 1), on=TODAY) == (0, 0)


def test_parameters_have_a_day_a_document_and_the_numbers_of_the_sources():
    team = parameter("team", region=VILLAGE, on=TODAY)

    assert (team.values["minimum"], team.values["term_years"]) == (3, 2)
    assert "驻村工作队" in team.document
    with pytest.raises(ParameterUnfit):
        parameter("team", region=VILLAGE, on=date(2010, 1, 1))


def test_caps_go_by_rank_and_by_where_the_unit_is():
    def cap(rank, unit):
        return cap_of(rank=rank, unit_region=unit, region=VILLAGE, on=TODAY)

    assert [cap("staff", "990101"), cap("division_head", "990101")] == [4, 8]
    assert cap("staff", "9901") == 1
    assert cap("", "990101") is None


def test_a_county_puts_its_own_values_beside_the_shipped_ones(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    own = '[[caps]]\nregion = "990101"\nfrom = 2019-01-01\n'
    own += 'document = "县文1号"\nstaff = 6'
    (tmp_path / "assistance.toml").write_text(own, encoding="utf-8")

    def cap(region, on):
        return cap_of(rank="staff", unit_region="990101", region=region, on=on)

    assert cap(VILLAGE, TODAY) == 6
    assert cap(VILLAGE, date(2018, 12, 31)) == 4
    assert cap("990102101201", TODAY) == 4


@pytest.mark.parametrize(
    "own",
    [
        "[[caps]]\nfrom = 2019-01-01\nstaff = 6",
        '[[caps]]\nfrom = 2019-01-01\ndocument = "x"\nstaff = -1',
        '[[luck]]\nfrom = 2019-01-01\ndocument = "x"\nstaff = 1',
        "[caps",
    ],
)
def test_a_value_without_document_or_number_is_refused(own, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "assistance.toml").write_text(own, encoding="utf-8")

    with pytest.raises(ParameterUnfit):
        parameter("caps", region=VILLAGE, on=TODAY)
