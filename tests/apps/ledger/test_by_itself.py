"""What the tick does: problems opened by rule, overdue ones escalated."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption
from tests.factories.ledger import (
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    make_assigned,
    make_clerk,
    make_office,
    make_problem,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import agree, make_measure, make_plan
from tests.factories.registry import make_household

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger import selectors as ledgers
from xiuhua.apps.ledger.jobs import ledger_kept, opened_by_rule
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.opening_rules import RULES, exited_unmet
from xiuhua.apps.ledger.services.escalating import problems_escalate
from xiuhua.apps.ledger.services.opening import problems_open
from xiuhua.apps.ledger.services.rectifying import problem_merge
from xiuhua.apps.registry.models import Household


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")
TICK = Actor.command("tick")
UNMET, UNKNOWN = "0", "1"


@pytest.fixture
def everywhere():
    with region_scope(EVERYWHERE):
        yield


def make_shortfall(*, poverty="exited", verdict=UNMET, indicator="safe_water"):
    household = make_household(VILLAGE)
    Household.unscoped.filter(pk=household.pk).update(poverty=poverty)
    return Shortfall.objects.create(
        household=household,
        village_id=VILLAGE,
        pack="household_exit",
        indicator=indicator,
        verdict=verdict,
        since=TODAY,
    )


def opened(at=NOON):
    return problems_open(causes=exited_unmet(at.date()), by=TICK, at=at)


def test_an_exited_household_that_falls_short_opens_one_problem():
    shortfall = make_shortfall()

    first, again = opened(), opened(NOON + timedelta(days=1))

    problem = Problem.objects.get()
    assert (len(first), again) == (1, [])
    assert problem.indicator == "household_exit.safe_water"
    assert problem.source_reference == f"assessments.shortfall:{shortfall.pk}"
    assert problem.registered_by == "command:tick"
    assert list(problem.households.all()) == [shortfall.household]
    assert list(ledgers.broken_chain_list([problem])) == []
    assert ledgers.reconciliation(region=COUNTY, on=TODAY).registered == 1


@pytest.mark.parametrize("said", [{"poverty": "not_exited"}, {"verdict": UNKNOWN}])
def test_no_other_shortfall_opens_one(said):
    make_shortfall(**said)

    assert opened() == []


def test_a_cause_is_known_while_the_problem_it_was_merged_into_is_open():
    make_shortfall()
    (problem,) = opened()
    office = make_office()
    into = make_problem(office)
    problem_merge(
        problem=problem, version=problem.version, into=into, by=office, at=NOON
    )

    assert opened(NOON + timedelta(days=60)) == []


def test_a_cause_opens_again_long_after_the_first_problem_was_ended():
    make_shortfall()
    (problem,) = opened()
    Problem.objects.filter(pk=problem.pk).update(
        state="not_substantiated", ended_at=NOON, ended_by="li"
    )

    soon = opened(NOON + timedelta(days=29))
    late = opened(NOON + timedelta(days=31))

    assert (soon, len(late)) == ([], 1)


def test_the_command_follows_the_rules_once():
    make_shortfall()
    said = StringIO()

    call_command("ledger_rules", stdout=said)
    call_command("ledger_rules", "--rule", "exited_unmet", stdout=said)

    assert said.getvalue().count("exited_unmet: 1 opened") == 1
    assert said.getvalue().count("exited_unmet: 0 opened") == 1


def test_the_tick_opens_and_escalates_in_one_go():
    make_shortfall()
    make_assigned(make_office(), make_clerk())

    _, figures = ledger_kept(at=NOON + timedelta(days=40))

    by_rule = Problem.unscoped.count() - 1
    assert figures == {"opened": by_rule, "escalated": 1}
    assert opened_by_rule(
        RULES, at=NOON + timedelta(days=41), by=TICK
    ) == dict.fromkeys(RULES, 0)


def test_overdue_goes_up_one_level_and_then_another():
    owner = make_clerk()
    problem = make_assigned(make_office(), owner)
    due = NOON + timedelta(days=30)

    assert problems_escalate(by=TICK, at=due + timedelta(days=2)) == 0
    assert problems_escalate(by=TICK, at=due + timedelta(days=3)) == 1
    assert problems_escalate(by=TICK, at=due + timedelta(days=4)) == 0
    now = Problem.objects.get(pk=problem.pk)
    assert (now.escalated_to, now.state) == (COUNTY, "assigned")
    assert problems_escalate(by=TICK, at=due + timedelta(days=13)) == 1

    now.refresh_from_db()
    event = ledgers.event_list(problem=now).first()
    assert now.escalated_to == "9901"
    assert event.said["owner"] == f"township_clerk@{TOWNSHIP}"
    assert event.said["since"] == (TODAY + timedelta(days=30)).isoformat()
    assert list(ledgers.broken_chain_list([now])) == []


def test_what_has_ended_is_not_escalated():
    problem = make_assigned(make_office(), make_clerk())
    Problem.objects.filter(pk=problem.pk).update(
        state="not_substantiated", ended_at=NOON, ended_by="li"
    )

    assert problems_escalate(by=TICK, at=NOON + timedelta(days=99)) == 0


def test_a_shortfall_known_for_long_was_found_then():
    shortfall = make_shortfall()
    Shortfall.objects.filter(pk=shortfall.pk).update(since=date(2019, 1, 5))

    (problem,) = opened()

    assert problem.found_on == date(2019, 1, 5)


def test_a_village_without_measures_opens_one_problem_for_each_indicator():
    first, second, other = (
        make_shortfall(poverty="not_exited", indicator=i)
        for i in ("safe_water", "safe_water", "safe_housing")
    )
    make_shortfall(poverty="not_exited", verdict=UNKNOWN)
    soon, late = TODAY + timedelta(days=15), TODAY + timedelta(days=16)

    assert list(RULES["without_measure"](soon)) == []
    housing, water = RULES["without_measure"](late)

    assert water.key == f"without_measure:{VILLAGE}:household_exit.safe_water"
    assert water.found.households == {first.household_id, second.household_id}
    assert housing.found.households == {other.household_id}


def test_a_bureau_sees_what_a_plan_owes_its_indicator():
    water, school = (
        make_post("sector_bureau", COUNTY, sector=sector)
        for sector in ("water", "education")
    )
    clerk, due = make_clerk(), TODAY + timedelta(days=30)
    plan = make_plan(make_household(VILLAGE), clerk)
    make_measure(plan, clerk, deadline=due, answers="indicator:safe_water")
    agree(plan, clerk)
    # A county's own standard: its bureau is the same.
    make_adoption(pack="global_mpi_2018")
    own = make_shortfall(poverty="not_exited", indicator="compulsory_education")
    Shortfall.objects.filter(pk=own.pk).update(pack="global_mpi_2018")
    day = due + timedelta(days=8)
    causes = [c for rule in RULES.values() for c in rule(day)]
    problems_open(causes=causes, by=TICK, at=NOON + timedelta(days=38))

    (overdue,) = ledgers.problem_list(viewer=water)
    (missing,) = ledgers.problem_list(viewer=school)

    assert overdue.opened_for.startswith("measure_overdue:")
    assert missing.opened_for.startswith("without_measure:")
    assert missing.indicator == "global_mpi_2018.compulsory_education"


def test_a_measure_opens_a_problem_a_week_after_its_day():
    clerk = make_clerk()
    household = make_household(VILLAGE)
    plan = make_plan(household, clerk)
    measure = make_measure(plan, clerk, deadline=TODAY + timedelta(days=30))
    agree(plan, clerk)
    due = TODAY + timedelta(days=30)

    assert list(RULES["measure_overdue"](due + timedelta(days=7))) == []
    (cause,) = RULES["measure_overdue"](due + timedelta(days=8))

    assert cause.key == f"measure_overdue:{measure.pk}"
    assert measure.what not in cause.found.description
    at = NOON + timedelta(days=38)
    assert len(problems_open(causes=[cause], by=TICK, at=at)) == 1
