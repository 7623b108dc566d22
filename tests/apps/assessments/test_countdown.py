"""Days, months and reserves of a campaign."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.apps.assessments.countdown import (
    CampaignRefused,
    Countdown,
    Phase,
    check_campaign,
    full_months,
)


START, END = date(2018, 6, 15), date(2020, 12, 31)


def on(day: date, reserve: int = 180) -> Countdown:
    return Countdown(day, START, END, reserve)


def test_eighteen_months_from_the_middle_of_2019():
    assert on(date(2019, 6, 30)).months_left == 18


def test_with_half_a_year_of_reserve_a_year_is_left():
    countdown = on(date(2019, 6, 30))

    assert countdown.planned_end == date(2020, 7, 4)
    assert full_months(countdown.day, countdown.planned_end) == 12


def test_some_nine_hundred_days_from_july_2018():
    assert on(date(2018, 7, 10)).days_left == 905


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2018, 6, 14), Phase.BEFORE),
        (START, Phase.RUNNING),
        (date(2020, 7, 4), Phase.RUNNING),
        (date(2020, 7, 5), Phase.RESERVE),
        (END, Phase.RESERVE),
        (date(2021, 1, 1), Phase.OVER),
    ],
)
def test_a_day_lies_in_one_phase(day, phase):
    assert on(day).phase is phase


def test_without_a_reserve_the_last_day_is_still_for_work():
    assert on(END, 0).phase is Phase.RUNNING
    assert on(END, 0).days_left == 0
    assert on(END + timedelta(days=3), 0).days_over == 3


def test_work_due_inside_the_reserve_is_noticed():
    countdown = on(date(2019, 1, 1))

    assert not countdown.in_reserve(date(2020, 7, 4))
    assert countdown.in_reserve(date(2020, 7, 5))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_days_to_the_plan_and_the_reserve_make_the_days_left(day, reserve):
    countdown = on(day, reserve)

    assert countdown.days_to_plan + reserve == countdown.days_left


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 900))
def test_months_never_run_ahead_of_days(day, length):
    months = full_months(day, day + timedelta(days=length))

    assert months * 28 <= length + 3
    assert 0 <= months <= length / 28 + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"document": ""},
        {"deadline": START},
        {"reserve_days": -1},
        {"reserve_days": 930},
    ],
)
def test_a_campaign_without_sense_is_refused(wrong):
    usual = {"name": "三年行动", "document": "x", "starts_on": START}
    usual |= {"deadline": END, "reserve_days": 929}
    check_campaign(**usual)

    with pytest.raises(CampaignRefused):
        check_campaign(**usual | wrong)
