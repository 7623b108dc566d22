"""Plans are closed at the end of their year; nothing unfinished is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.assessments import make_shortfall
from tests.factories.moments import NOON
from tests.factories.plans import (
    agree,
    make_agreed,
    make_checker,
    make_measure,
    make_plan,
    make_planner,
)
from tests.factories.registry import VILLAGE, make_household, make_person

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.plans.acts.writing import PlanUnfit, StalePlan
from xiuhua.apps.plans.models import Measure, Plan, PlanTally
from xiuhua.apps.plans.rules import Act
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.selectors.measures import households_without_measure
from xiuhua.apps.plans.services import plans
from xiuhua.apps.plans.services.closing import plan_close, village_close
from xiuhua.apps.plans.services.measures import measure_step
from xiuhua.apps.plans.services.reopening import plan_reopen
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
DECEMBER = datetime(2019, 12, 30, 4, tzinfo=UTC)
SPRING = date(2020, 3, 31)


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def closed(plan, carried=(), by=None, **said):
    plan.refresh_from_db()
    usual = {"reason": "年终结账", "deadline": SPRING, "at": DECEMBER}
    usual |= {"carried": [m.pk for m in carried], "by": by or make_planner()}
    return plan_close(plan=plan, version=plan.version, **usual | said)


def stepped(measure, act, by, **said):
    measure.refresh_from_db()
    said = {"version": measure.version, "act": act, "by": by, "at": DECEMBER} | said
    return measure_step(measure=measure, **said)


def states(plan):
    return dict(plan.measures.values_list("what", "state"))


def test_what_is_ticked_goes_on_and_the_rest_is_dropped_with_the_reason():
    planner = make_planner()
    pigs = make_agreed(planner, answers="indicator:income")
    bees = make_measure(pigs.plan, planner, what="养蜂十箱")

    plan = closed(pigs.plan, [pigs], planner)

    assert states(plan) == {pigs.what: "carried_over", bees.what: "dropped"}
    follows = Plan.objects.get(year=2020)
    again = follows.measures.get()
    assert (again.what, again.owner, again.answers, again.deadline, again.state) == (
        *(pigs.what, pigs.owner, "indicator:income", SPRING, "proposed"),
    )
    assert (plan.closed_by, plan.closed_at) == (planner.actor.name, DECEMBER)
    assert planned.broken_chain_list([plan, follows]) == []
    tallied = PlanTally.objects.filter(region_code=VILLAGE).exclude(number=0)
    assert set(tallied.values_list("year", "state", "number")) == {
        *((2019, "plan_closed", 1), (2019, "carried_over", 1), (2019, "dropped", 1)),
        *((2020, "plan_draft", 1), (2020, "proposed", 1)),
    }


def tallied():
    rows = PlanTally.objects.filter(region_code=VILLAGE).exclude(number=0)
    return set(rows.values_list("year", "state", "number"))


def reopened(plan, by, **said):
    plan.refresh_from_db()
    usual = {"version": plan.version, "reason": "选错了户", "by": by, "at": DECEMBER}
    return plan_reopen(plan=plan, **usual | said)


def test_a_plan_closed_by_mistake_stands_again_as_it_stood():
    planner = make_planner()
    pigs = make_agreed(planner)
    work = make_measure(pigs.plan, planner, what="护林员", kind="public_post")
    agree(pigs.plan, planner, reason="增加公益岗位")
    bees = make_measure(pigs.plan, planner, what="养蜂十箱")
    stepped(work, Act.START, planner)
    before, figures = states(pigs.plan), tallied()
    plan = closed(pigs.plan, [pigs, work], planner)

    plan = reopened(plan, planner)

    assert states(plan) == before
    assert before == {
        pigs.what: "planned",
        work.what: "under_way",
        bees.what: "proposed",
    }
    assert (plan.closed_at, plan.closed_by) == (None, "")
    follows = Plan.objects.get(year=2020)
    assert set(states(follows).values()) == {"dropped"}
    # The draft of the next year stays, empty; all else counts as before.
    assert tallied() - figures == {(2020, "plan_draft", 1), (2020, "dropped", 2)}
    assert planned.broken_chain_list([plan, follows]) == []
    assert Entry.objects.filter(action="plans.plan.reopened").count() == 1
    # Closed rightly later, the same goes on once more.
    closed(plan, [pigs], planner)
    assert sorted(states(follows).values()) == ["dropped", "proposed"]


def test_a_plan_stays_closed_where_a_later_one_is_in_force_or_closed():
    planner = make_planner()
    pigs = make_agreed(planner)
    plan = closed(pigs.plan, [pigs], planner)
    follows = Plan.objects.get(year=2020)

    with pytest.raises(PlanUnfit, match="give the reason"):
        reopened(plan, planner, reason=" ")
    with pytest.raises(NotPermitted):
        reopened(plan, make_checker())
    with pytest.raises(StalePlan):
        reopened(plan, planner, version=plan.version - 1)
    agree(follows, planner)
    with pytest.raises(StepRefused, match="later year is in force"):
        reopened(plan, planner)
    closed(follows, (), planner, deadline=None)
    with pytest.raises(StepRefused, match="next year is closed"):
        reopened(plan, planner)
    # The later one first: then this one follows only where that is no longer in force.
    reopened(follows, planner)
    with pytest.raises(StepRefused, match="not closed"):
        reopened(follows, planner)
    assert states(plan) == {pigs.what: "carried_over"}


def test_nothing_changes_in_a_closed_plan():
    planner = make_planner()
    done = make_agreed(planner)
    stepped(done, Act.FINISH, planner)
    stepped(done, Act.CHECK_OFF, make_checker())
    plan = closed(done.plan, by=planner)

    for refused in (
        lambda: closed(plan, by=planner),
        lambda: make_measure(plan, planner),
        lambda: agree(plan, planner),
        lambda: stepped(done, Act.REOPEN, make_checker(), reason="未落实"),
    ):
        with pytest.raises((PlanUnfit, StepRefused), match="closed"):
            refused()


def test_what_is_delivered_is_looked_at_first():
    planner = make_planner()
    measure = make_agreed(planner)
    stepped(measure, Act.FINISH, planner)

    with pytest.raises(PlanUnfit, match="check off or give back"):
        closed(measure.plan, by=planner)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"reason": " "}, "give the reason"),
        ({"deadline": None}, "by which day"),
        ({"deadline": date(2019, 12, 31)}, "by which day"),
    ],
)
def test_what_cannot_be_is_refused(said, why):
    planner = make_planner()
    measure = make_agreed(planner)

    with pytest.raises(PlanUnfit, match=why):
        closed(measure.plan, [measure], planner, **said)
    assert Plan.objects.get().closed_at is None


def test_another_planner_closes_nothing_here():
    measure = make_agreed()

    with pytest.raises(NotPermitted):
        closed(measure.plan, by=make_checker())


def test_a_village_is_closed_at_once_and_what_waits_stays_open():
    planner = make_planner()
    pigs = make_agreed(planner)
    person = make_person()
    own = plans.plan_open(
        region=VILLAGE,
        household=person.household,
        person=person,
        year=2019,
        by=planner,
        at=NOON,
    )
    skill = make_measure(own, planner, what="学电焊", person=person)
    waits = make_measure(make_plan(make_household(), planner), planner)
    agree(waits.plan, planner)
    stepped(waits, Act.FINISH, planner)
    said = {"region": VILLAGE, "year": 2019, "carry": True, "reason": "年终结账"}
    said |= {"deadline": SPRING, "by": planner}

    with pytest.raises(PlanUnfit, match="last month"):
        village_close(**said, at=NOON)
    came = village_close(**said, at=DECEMBER)

    assert (came.plans, came.carried, came.dropped, came.waiting) == (2, 2, 0, 1)
    following = Measure.objects.filter(plan__year=2020)
    assert set(following.values_list("what", "plan__person")) == {
        (pigs.what, None),
        (skill.what, person.pk),
    }
    assert Plan.objects.get(closed_at=None, year=2019) == waits.plan


def test_what_was_carried_over_answers_until_the_days_allowed_are_over():
    planner = make_planner()
    shortfall = make_shortfall()
    Shortfall.objects.filter(pk=shortfall.pk).update(since=date(2019, 3, 1))
    measure = make_measure(
        make_plan(shortfall.household, planner),
        planner,
        answers=f"indicator:{shortfall.indicator}",
    )
    agree(measure.plan, planner)
    closed(measure.plan, [measure], planner)
    new_year = date(2020, 1, 1)

    def lacking(days):
        on = new_year + timedelta(days=days)
        return households_without_measure(on=on, allowed_days=15).count()

    assert (lacking(14), lacking(15)) == (0, 1)
    follows = Plan.objects.get(year=2020)
    agree(follows, planner)
    assert lacking(15) == 0
