"""The year of the county: what is taken back and what leads to today."""

from __future__ import annotations

from collections import Counter
from datetime import date
from types import SimpleNamespace

import pytest

from xiuhua.core.id_number import is_valid_identity
from xiuhua.demo.county import county_tables
from xiuhua.demo.past import income_windows, past_of
from xiuhua.demo.rows import homes_of
from xiuhua.demo.situations import (
    RARE_NAMES,
    large_family_completed,
    named_rarely,
    situations_of,
)
from xiuhua.demo.stories import Told, finished, taken_back
from xiuhua.demo.totals import EXITED, REMAINING


ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def told() -> SimpleNamespace:
    tables = county_tables(on=ON, line_fen=400_000)
    homes = homes_of(tables.household, tables.person)
    situations = situations_of(tables, homes)
    by_key = {s.key: homes[s.number] for s in situations}
    large_family_completed(by_key["large"])
    named_rarely(by_key["rare_names"])
    finished(by_key, ON)
    past = past_of(homes, on=ON, spared=[s.number for s in situations])
    taken_back(past.homes, by_key)
    return SimpleNamespace(homes=homes, by_key=by_key, past=past)


def test_every_situation_has_a_household_of_its_own(told):
    numbers = [home.number for home in told.by_key.values()]

    assert len(set(numbers)) == len(numbers) == 25


def test_today_comes_to_the_totals(told):
    status = Counter(h.values["exit_status"] for h in told.homes.values())
    persons = sum(len(home.persons) for home in told.homes.values())

    assert status["exited"] == EXITED.households
    assert status["not_exited"] + status["relapsed"] == REMAINING.households
    assert status["relapsed"] == 1
    assert persons == EXITED.persons + REMAINING.persons


def test_family_of_twelve_is_one_of_people(told):
    persons = told.by_key["large"].persons
    numbers = {person["id_number"] for person in persons.values()}

    assert len(persons) == len(numbers) == 12
    assert all(is_valid_identity(number) for number in numbers)


def test_rare_names_reach_the_household(told):
    home = told.by_key["rare_names"]

    assert home.values["head_name"] == RARE_NAMES[0]


def test_fewer_had_left_poverty_a_year_ago(told):
    def exited(homes) -> int:
        return sum(h.values["exit_status"] == "exited" for h in homes.values())

    assert exited(told.past.homes) < exited(told.homes) - 300
    assert told.past.first < date(2025, 11, 22)


def test_sheets_lead_to_today(told):
    """Laid on the past one after the other, the lists give the facts of today."""
    homes = told.past.homes
    own = {home.number for home in told.by_key.values()}
    for sheet in told.past.sheets:
        for number, values in sheet.households.items():
            homes[number].values |= values
        for home in homes.values():
            for person, values in sheet.persons.items():
                if person in home.persons:
                    home.persons[person] |= values
        for number, income in sheet.incomes.items():
            if number in homes:
                homes[number].income = income

    for number, home in told.homes.items():
        if number not in own:
            assert homes[number] == home


def test_sheets_stand_in_the_order_of_days_and_none_is_to_come(told):
    days = [sheet.day for sheet in told.past.sheets]

    assert days == sorted(days)
    assert days[0] > told.past.first
    assert days[-1] < ON


@pytest.mark.parametrize("on", [date(2026, 1, 3), date(2026, 9, 30), date(2026, 10, 1)])
def test_windows_have_ended_by_the_day(on):
    before, this = income_windows(on)

    assert before[1] == this[0]
    assert this[1] <= on < this[1].replace(year=this[1].year + 1)


def test_acts_are_of_days_gone_by_and_of_those_in_charge(told):
    posts = {
        role: SimpleNamespace(role=role)
        for role in ("village_secretary", "township_clerk", "county_office")
    }
    story = Told(told.by_key, ON, told.past.windows[1], posts)

    days = [act.day for act in story.acts()]

    assert len(days) > 20
    assert all(told.past.first < day < ON for day in days)
    assert story.who(told.by_key["all_met"].village).role == "village_secretary"
    assert story.who("990621100201").role == "county_office"
