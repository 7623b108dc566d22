"""What a step changes, which regions count it, and whether a place gets there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.supervision import said

from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.ledger.rules import ENDED, OPEN, State
from xiuhua.apps.supervision.rules import (
    Course,
    DriveUnfit,
    Move,
    Standing,
    catch_up,
    check_drive,
    check_shock,
    counted_in,
    days_lost,
    shift_of,
)


START = date(2020, 5, 1)
LATER = START + timedelta(days=9)
EARLIER = START - timedelta(days=9)


def shift(old: str, new: str, **how) -> Standing:
    return shift_of(Move(old, new, **{"day": LATER} | how), starts_on=START)


def test_a_new_problem_and_its_strike_off():
    assert shift("", "registered") == Standing(1, 0, 1)
    assert shift("awaiting_verification", "struck_off") == Standing(0, 1, -1)
    assert shift("registered", "merged") == Standing(0, 0, -1)


def test_what_is_reopened_goes_back():
    again = shift("struck_off", "in_rectification", ended_on=LATER)

    assert again == Standing(0, -1, 1)


def test_what_ended_before_the_drive_joins_it_when_it_is_reopened():
    joined = shift("struck_off", "in_rectification", ended_on=EARLIER)

    assert joined == Standing(1, 0, 1)


def test_before_the_start_only_what_is_open_counts():
    assert shift("registered", "struck_off", day=EARLIER) == Standing(-1, 0, -1)
    assert shift("struck_off", "in_rectification", day=EARLIER) == Standing(1, 0, 1)


@given(st.lists(st.sampled_from(sorted(State)), min_size=1, max_size=12), st.data())
def test_figures_of_any_life_never_fall_below_nothing(states, data):
    days = sorted(data.draw(st.integers(-10, 30)) for _ in range(len(states)))
    old, ended_on, sum_of = "", None, Standing()
    for new, offset in zip(states, days, strict=True):
        day = START + timedelta(days=offset)
        sum_of += shift_of(Move(old, new, day, ended_on), starts_on=START)
        old, ended_on = new, day if new in ENDED else None
        assert sum_of.registered in (0, 1)
        assert sum_of.open == (old in OPEN)
        assert 0 <= sum_of.struck_off <= sum_of.closed


@pytest.mark.parametrize(
    ("region", "scope", "kept"),
    [
        ("990101101201", ["9901"], ["990101", "990101101", "990101101201"]),
        ("990101101201", ["990101101"], ["990101101", "990101101201"]),
        ("9901", ["99"], ["9901"]),
        ("990101", ["990101101"], []),
    ],
)
def test_a_problem_counts_from_the_county_down_inside_the_drive(region, scope, kept):
    assert counted_in(region, scope) == kept


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "},
        {"document": ""},
        {"ends_on": date(2019, 6, 23)},
        {"reserve_days": 100},
        {"reserve_days": -1},
        {"regions": ()},
        {"regions": ("990101", "990101101")},
        {"regions": ("990101", "990101")},
    ],
)
def test_a_drive_without_sense_is_refused(changed):
    with pytest.raises(DriveUnfit):
        check_drive(said(**changed))


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("", date(2019, 7, 1), date(2019, 7, 2)),
        ("疫情", date(2019, 7, 2), date(2019, 7, 1)),
        ("疫情", date(2019, 1, 1), date(2019, 1, 2)),
        ("疫情", date(2019, 12, 1), date(2019, 12, 2)),
    ],
)
def test_a_shock_without_sense_is_refused(name, start, end):
    with pytest.raises(DriveUnfit):
        check_shock(name, start, end, said())


def _on(day: int) -> Countdown:
    return Countdown(START + timedelta(days=day), START, START + timedelta(days=99), 10)


def test_days_two_shocks_share_are_lost_once():
    first, last = START, START + timedelta(days=4)

    assert days_lost([(first, last), (first, last)], START, LATER) == 5
    assert days_lost([(EARLIER, first)], START, LATER) == 1
    assert days_lost([], START, LATER) == 0


def test_a_place_on_course():
    found = catch_up(Standing(100, 50, 50), _on(40), [])

    assert found.reached == 50 / 40
    assert found.until == START + timedelta(days=79)
    assert found.course is Course.ON_COURSE
    assert found.needed == 50 / 50


def test_a_shock_makes_the_pace_honest_and_the_need_larger():
    shock = (START + timedelta(days=10), START + timedelta(days=29))

    found = catch_up(Standing(100, 50, 50), _on(40), [shock])

    assert found.lost == 20
    assert found.reached == 50 / 20


def test_a_shock_ahead_moves_the_end():
    shock = (START + timedelta(days=45), START + timedelta(days=54))
    without = catch_up(Standing(100, 50, 50), _on(40), [])

    found = catch_up(Standing(100, 50, 50), _on(40), [shock])

    assert found.until == without.until + timedelta(days=10)
    assert found.needed == 50 / 40


@pytest.mark.parametrize(
    ("standing", "day", "course"),
    [
        (Standing(10, 10, 0), 5, Course.DONE),
        (Standing(10, 0, 10), 0, Course.UNKNOWN),
        (Standing(10, 0, 10), 5, Course.TOO_LATE),
        (Standing(100, 42, 58), 40, Course.IN_RESERVE),
        (Standing(100, 20, 80), 40, Course.TOO_LATE),
        (Standing(100, 99, 1), 120, Course.TOO_LATE),
    ],
)
def test_where_a_pace_leads(standing, day, course):
    assert catch_up(standing, _on(day), []).course is course


def test_no_day_left_needs_no_pace():
    assert catch_up(Standing(10, 5, 5), _on(95), []).needed is None
