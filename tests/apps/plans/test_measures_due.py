"""What is due from whom, and which shortfalls nobody answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import (
    agree,
    make_agreed,
    make_checker,
    make_measure,
    make_plan,
    make_planner,
)
from tests.factories.registry import VILLAGE, make_household

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.plans.rules import Act
from xiuhua.apps.plans.selectors import measures as due
from xiuhua.apps.plans.services import measures as measured


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def step(measure, act, by, **said):
    measure.refresh_from_db()
    return measured.measure_step(
        measure=measure, version=measure.version, act=act, by=by, at=NOON, **said
    )


def keys(rows):
    return [row.pk for row in rows]


def make_shortfall(household, **said):
    Shortfall.objects.filter(household=household).delete()
    facts = {"pack": "household_exit", "indicator": "safe_housing", "verdict": "0"}
    return Shortfall.objects.create(
        household=household,
        village_id=household.village_id,
        since=TODAY - timedelta(days=31),
        **facts | said,
    )


def test_what_a_post_is_to_deliver_stands_in_one_list_each():
    planner = make_planner()
    plan = make_plan(by=planner)
    late, back, ahead = (
        make_measure(plan, planner, deadline=day)
        for day in (YESTERDAY, YESTERDAY, TODAY)
    )
    agree(plan, planner)
    make_measure(plan, planner, deadline=YESTERDAY)
    step(back, Act.FINISH, planner)
    step(back, Act.RETURN, make_checker(), reason="没有照片")

    work = due.measures_of(owner=planner, on=TODAY)

    assert keys(work.late) == [late.pk]
    assert keys(work.returned) == [back.pk]
    assert keys(work.ahead) == [ahead.pk]
    assert keys(work.to_check) == []


def test_what_others_delivered_waits_for_whoever_checks():
    planner, checker = make_planner(), make_checker()
    measure = step(make_agreed(planner), Act.FINISH, planner)

    assert keys(due.measures_of(owner=checker, on=TODAY).to_check) == [measure.pk]
    assert keys(due.measures_to_check(checker=planner)) == []
    elsewhere = make_post("township_leader", "990101102")
    assert keys(due.measures_to_check(checker=elsewhere)) == []
    step(measure, Act.CHECK_OFF, checker)
    assert keys(due.measures_to_check(checker=checker)) == []


def test_what_was_returned_is_no_longer_so_once_delivered_again():
    planner, checker = make_planner(), make_checker()
    measure = step(make_agreed(planner), Act.FINISH, planner)
    step(measure, Act.RETURN, checker, reason="没有照片")
    again = step(measure, Act.FINISH, planner)

    assert again.returned_at is None


def test_overdue_counts_from_the_day_after_the_deadline_and_what_is_allowed():
    measure = make_agreed(deadline=TODAY - timedelta(days=10))

    assert keys(due.measures_overdue(on=TODAY)) == [measure.pk]
    assert keys(due.measures_overdue(on=TODAY, late_days=9)) == [measure.pk]
    assert keys(due.measures_overdue(on=TODAY, late_days=10)) == []
    assert keys(due.measures_overdue(on=TODAY, region=VILLAGE[:9])) == [measure.pk]
    assert keys(due.measures_overdue(on=TODAY, region="990102")) == []


def test_a_shortfall_without_agreed_measure_is_found_after_the_days_allowed():
    household = make_household()
    shortfall = make_shortfall(household)

    def found(days, **said):
        return keys(due.households_without_measure(on=TODAY, allowed_days=days, **said))

    assert found(30) == [shortfall.pk]
    assert found(31) == []
    assert found(30, region="990102") == []


def test_a_proposal_alone_answers_nothing_and_an_agreed_measure_does():
    planner = make_planner()
    household = make_household()
    make_shortfall(household)
    plan = make_plan(household, planner)
    said = {"kind": "safe_housing", "answers": "indicator:safe_housing"}
    make_measure(plan, planner, **said)

    assert len(due.households_without_measure(on=TODAY, allowed_days=30)) == 1
    agree(plan, planner)
    assert len(due.households_without_measure(on=TODAY, allowed_days=30)) == 0


def test_what_is_not_known_is_no_shortfall_to_answer():
    make_shortfall(make_household(), verdict="1")

    assert list(due.households_without_measure(on=TODAY, allowed_days=1)) == []


def test_each_list_is_read_in_one_query(django_assert_num_queries):
    planner = make_planner()
    make_agreed(planner, deadline=date(2019, 6, 1))
    work = due.measures_of(owner=planner, on=TODAY)

    with django_assert_num_queries(1):
        for measure in work.late:
            assert measure.plan.household.number
            assert measure.owner.user.username
