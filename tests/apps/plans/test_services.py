"""From proposal to delivery checked off by another, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import (
    SIGNED,
    YEAR_END,
    agree,
    give_evidence,
    make_agreed,
    make_checker,
    make_measure,
    make_plan,
    make_planner,
    once,
)
from tests.factories.registry import make_household, make_person

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.plans.acts.writing import PlanUnfit, StalePlan
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.rules import Act, MeasureState
from xiuhua.apps.plans.selectors import measures as due
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.services import measures as measured
from xiuhua.apps.plans.services import plans
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def step(measure, act, by, **said):
    measure.refresh_from_db()
    return measured.measure_step(
        measure=measure, version=measure.version, act=act, by=by, at=NOON, **said
    )


def test_a_measure_is_agreed_delivered_and_checked_off_by_another():
    planner, checker = make_planner(), make_checker()
    measure = make_agreed(planner, demanded="photo")
    step(measure, Act.START, planner)

    with pytest.raises(StepRefused):
        step(measure, Act.FINISH, planner)
    give_evidence(measure, planner)
    step(measure, Act.FINISH, planner)
    with pytest.raises(StepRefused):
        step(measure, Act.CHECK_OFF, planner)
    done = step(measure, Act.CHECK_OFF, checker)

    assert (done.state, done.checked_by) == ("checked_off", checker.actor.name)
    assert planned.broken_chain_list([Plan.objects.get()]) == []


def test_the_plan_as_agreed_is_kept_whole():
    planner = make_planner()
    measure = make_agreed(planner, income_yuan=Decimal("4500.50"))
    plan = measure.plan
    make_measure(plan, planner, kind="health", what="家庭医生签约")
    with pytest.raises(PlanUnfit):
        agree(plan, planner)
    agree(plan, planner, reason="增加健康帮扶")

    second, first = planned.version_list(plan=plan)
    assert [m["kind"] for m in first.content] == ["industry"]
    assert first.content[0]["income_yuan"] == "4500.50"
    assert sorted(m["kind"] for m in second.content) == ["health", "industry"]
    assert (second.reason, second.signed) == ("增加健康帮扶", SIGNED)
    assert Plan.objects.get().agreed_count == 2


def test_what_was_agreed_changes_only_with_reason_and_family():
    planner = make_planner()
    measure = make_agreed(planner)
    later = {"deadline": YEAR_END + timedelta(days=10)}

    with pytest.raises(PlanUnfit):
        measured.measure_change(
            measure=measure,
            version=measure.version,
            facts=later,
            by=planner,
            at=NOON,
        )
    measure.refresh_from_db()
    assert measure.deadline == YEAR_END
    measured.measure_change(
        measure=measure,
        version=measure.version,
        facts=later,
        reason="仔猪到货推迟",
        signed=SIGNED,
        by=planner,
        at=NOON,
    )

    assert Plan.objects.get().agreed_count == 2
    assert Measure.objects.get().deadline == YEAR_END + timedelta(days=10)


def test_proposals_answer_the_shortfalls_of_the_household():
    planner = make_planner()
    household = make_household()
    Shortfall.objects.filter(household=household).delete()
    Shortfall.objects.create(
        household=household,
        village_id=household.village_id,
        pack="household_exit",
        indicator="safe_housing",
        verdict="0",
        since=TODAY,
    )
    plan = make_plan(household, planner)

    made = plans.plan_propose(
        plan=plan, version=plan.version, deadline=YEAR_END, by=planner, at=NOON
    )

    assert (made[0].kind, made[0].answers) == ("safe_housing", "indicator:safe_housing")
    assert "cause:illness" in {m.answers for m in made}
    assert {m.state for m in made} == {MeasureState.PROPOSED}
    assert list(due.unanswered_list(region=household.village_id)) == []
    plan.refresh_from_db()
    again = plans.plan_propose(
        plan=plan, version=plan.version, deadline=YEAR_END, by=planner, at=NOON
    )
    assert again == []


def test_a_shortfall_no_measure_answers_is_listed():
    household = make_household()
    Shortfall.objects.filter(household=household).delete()
    Shortfall.objects.create(
        household=household,
        village_id=household.village_id,
        pack="household_exit",
        indicator="safe_housing",
        verdict="0",
        since=TODAY,
    )

    found = due.unanswered_list(region="990101")

    assert [s.indicator for s in found] == ["safe_housing"]


def test_a_proposal_without_owner_cannot_be_agreed():
    planner = make_planner()
    measure = make_measure(by=planner, owner=None)

    with pytest.raises(PlanUnfit):
        agree(measure.plan, planner)
    assert Measure.objects.get().state == MeasureState.PROPOSED


@pytest.mark.parametrize(
    ("who", "why"),
    [("family", "the family signs"), ("helper", "the helper"), ("team", "the leader")],
)
def test_nothing_is_agreed_while_a_signature_is_missing(who, why):
    planner = make_planner()
    plan = make_measure(by=planner).plan
    plan.refresh_from_db()

    with pytest.raises(PlanUnfit, match=why):
        plans.plan_agree(
            plan=plan,
            version=plan.version,
            signed=SIGNED | {who: " "},
            by=planner,
            at=NOON,
        )


def test_the_day_on_the_paper_counts_and_lies_not_ahead():
    planner = make_planner()
    plan = make_measure(by=planner).plan
    plan.refresh_from_db()
    said = {"plan": plan, "version": plan.version, "signed": SIGNED}
    said |= {"by": planner, "at": NOON}

    with pytest.raises(PlanUnfit, match="lies ahead"):
        plans.plan_agree(**said, signed_on=TODAY + timedelta(days=1))
    plans.plan_agree(**said, signed_on=TODAY - timedelta(days=3))

    assert plan.versions.get().agreed_on == TODAY - timedelta(days=3)


def test_the_same_form_twice_is_one_measure():
    planner = make_planner()
    plan = make_plan(by=planner)
    key = once()
    facts = {"kind": "health", "what": "签约", "deadline": YEAR_END}
    first, second = (
        measured.measure_add(
            plan=plan, version=plan.version, facts=facts, once=key, by=planner, at=NOON
        )
        for _ in range(2)
    )

    assert first.pk == second.pk


def test_an_old_version_is_refused():
    planner = make_planner()
    measure = make_agreed(planner)

    with pytest.raises(StalePlan):
        measured.measure_step(
            measure=measure,
            version=measure.version - 1,
            act=Act.START,
            by=planner,
            at=NOON,
        )


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "magic"},
        {"deadline": None},
        {"starts_on": YEAR_END + timedelta(days=1)},
        {"demanded": "rumour"},
        {"income_yuan": Decimal("-1")},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused(facts):
    with pytest.raises(PlanUnfit):
        make_measure(**facts)

    assert Measure.objects.count() == 0


def test_a_person_of_another_household_is_refused():
    planner = make_planner()
    plan = make_plan(by=planner)
    stranger = make_person(id_number="990101193303199119")

    with pytest.raises(PlanUnfit):
        make_measure(plan, planner, person=stranger)


def test_lateness_has_a_cause_and_somebody_answers():
    measure = make_agreed(deadline=date(2019, 6, 22))
    checker = make_checker()

    late = measured.delay_explain(
        measure=measure,
        version=measure.version,
        cause="猪瘟停运",
        accountability="约谈包村干部",
        by=checker,
        at=NOON,
    )

    assert (late.cause, late.accountability) == ("猪瘟停运", "约谈包村干部")
    found = due.measure_list(viewer=checker, late_on=TODAY)
    assert [m.pk for m in found] == [measure.pk]


def test_income_measures_lacking_are_counted():
    measure = make_agreed()

    income = planned.income_state(plan=measure.plan)

    assert (income.measures, income.wanted) == (1, 2)


def test_the_audit_names_the_act_and_not_what_was_said():
    make_agreed(what="王小明家养猪")

    entries = Entry.objects.filter(target__startswith="plans.")
    assert "plans.plan.agreed" in {e.action for e in entries}
    assert all("王小明" not in f"{e.old}{e.new}{e.target_label}" for e in entries)


def test_nobody_plans_or_looks_elsewhere():
    elsewhere = make_post("first_secretary", "990102101201")
    measure = make_agreed()

    with pytest.raises(NotPermitted):
        plans.plan_open(
            region=measure.plan.region_id,
            household=None,
            year=2019,
            by=elsewhere,
            at=NOON,
        )
    with pytest.raises(planned.PlanMissing):
        due.measure_get(viewer=elsewhere, key=measure.pk)
    with pytest.raises(planned.PlanMissing):
        planned.plan_get(viewer=elsewhere, key=measure.plan_id)
