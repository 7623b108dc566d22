"""Measures of many households at once: all or none, and back again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import (
    SIGNED,
    YEAR_END,
    agree,
    make_batch,
    make_measure,
    make_plan,
    make_planner,
)
from tests.factories.registry import VILLAGE, make_household

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.plans.acts.taking import Taken
from xiuhua.apps.plans.acts.writing import PlanUnfit
from xiuhua.apps.plans.models import Measure, MeasureBatch, Plan, PlanTally
from xiuhua.apps.plans.rules import Act
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.services import bulk
from xiuhua.apps.plans.services.batches import measures_give_up, measures_take
from xiuhua.apps.plans.services.measures import measure_step


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def facts(**said):
    usual = {"kind": "industry", "what": "养猪五头", "deadline": YEAR_END}
    return usual | {"income_yuan": Decimal("4500")} | said


def taken(planner, *households, signed=SIGNED, **said):
    return [Taken(h, 2019, [facts(owner=planner)], signed=signed) for h in households]


def take(planner, rows, digest="1" * 64):
    return measures_take(
        taken=rows, source="计划清单.xlsx", digest=digest, by=planner, at=NOON
    )


def numbers(region=VILLAGE):
    rows = PlanTally.objects.filter(region_code=region, number__gt=0)
    return dict(rows.values_list("state", "number"))


def test_a_sheet_opens_plans_and_puts_them_in_force():
    planner = make_planner()
    first, second = make_household(), make_household(persons=[{"name": "李四"}])

    batch = take(planner, taken(planner, first, second))

    assert (batch.plans_count, batch.measures_count) == (2, 2)
    assert numbers() == numbers("990101") == {"planned": 2, "plan_in_force": 2}
    plan = Plan.objects.get(household=first)
    assert plan.versions.get().content[0]["income_yuan"] == "4500"
    assert plan.events.get().said["version"] == 1
    assert planned.broken_chain_list(Plan.objects.all()) == []
    assert Entry.objects.filter(action="plans.batch.taken").count() == 1


def test_the_same_sheet_again_is_the_same_batch():
    planner = make_planner()
    household = make_household()
    rows = taken(planner, household)

    assert take(planner, rows).pk == take(planner, rows).pk
    assert Measure.objects.count() == 1


def test_what_was_agreed_before_stays_part_of_the_next_version():
    planner = make_planner()
    measure = make_measure(make_plan(by=planner), planner, what="接自来水")
    agree(measure.plan, planner)
    home = measure.plan.household
    signed = [Taken(home, 2019, [facts(owner=planner)], signed=SIGNED)]
    with pytest.raises(PlanUnfit):
        take(planner, signed)
    again = [Taken(home, 2019, signed[0].measures, signed=SIGNED, reason="补充")]

    take(planner, again)

    newest = planned.version_list(plan=measure.plan).first()
    assert [m["what"] for m in newest.content] == ["接自来水", "养猪五头"]
    assert numbers() == {"planned": 2, "plan_in_force": 1}


def test_unsigned_measures_are_proposals():
    planner = make_planner()

    take(planner, taken(planner, make_household(), signed=None))

    assert numbers() == {"proposed": 1, "plan_draft": 1}
    assert Plan.objects.get().versions.count() == 0


def test_one_row_that_cannot_be_refuses_all():
    planner = make_planner()
    rows = taken(planner, make_household())
    rows.append(Taken(make_household(), 2019, [facts(kind="magic")]))

    with pytest.raises(PlanUnfit):
        take(planner, rows)


def test_nobody_takes_a_sheet_over_for_another_village():
    elsewhere = make_post("first_secretary", "990101102201")

    with pytest.raises(NotPermitted):
        take(elsewhere, taken(elsewhere, make_household()))


def test_a_sheet_is_taken_back_whole():
    planner = make_planner()
    batch = take(planner, taken(planner, make_household()))

    assert measures_give_up(batch=batch, by=planner, at=NOON) == 1

    assert numbers() == {"dropped": 1, "plan_in_force": 1}
    assert MeasureBatch.objects.get().undone_at == NOON
    assert planned.broken_chain_list(Plan.objects.all()) == []
    with pytest.raises(PlanUnfit):
        measures_give_up(batch=batch, by=planner, at=NOON)


def test_what_has_gone_on_is_not_taken_back():
    planner = make_planner()
    batch = make_batch(planner)
    measure = Measure.objects.get()
    measure_step(measure=measure, version=1, act=Act.START, by=planner, at=NOON)

    with pytest.raises(PlanUnfit):
        measures_give_up(batch=batch, by=planner, at=NOON)
    assert Measure.objects.get().state == "under_way"


def test_a_village_is_proposed_in_as_many_queries_as_a_household(
    django_assert_max_num_queries,
):
    planner = make_planner()
    homes = [make_household(persons=[{"name": f"王{n}"}]) for n in range(6)]
    Shortfall.objects.filter(household__in=homes).delete()
    for household in homes:
        Shortfall.objects.create(
            household=household,
            village_id=VILLAGE,
            pack="household_exit",
            indicator="safe_housing",
            verdict="0",
            since=TODAY,
        )

    with django_assert_max_num_queries(45):
        plans, measures = bulk.village_propose(
            region=VILLAGE,
            year=2019,
            deadline=TODAY + timedelta(days=60),
            by=planner,
            at=NOON,
        )

    assert plans == 6
    assert Measure.objects.filter(answers="indicator:safe_housing").count() == 6
    assert numbers() == {"plan_draft": 6, "proposed": measures}
