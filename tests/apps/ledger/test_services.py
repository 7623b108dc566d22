"""From registration to strike-off, and what is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.ledger import (
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    give_evidence,
    make_assigned,
    make_clerk,
    make_extension,
    make_in_hand,
    make_office,
    make_problem,
    make_task,
    once,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import make_household

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments.services import attachment_remove
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.ledger import selectors as ledgers
from xiuhua.apps.ledger.acts.events import StaleProblem
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit
from xiuhua.apps.ledger.models import Event, Problem
from xiuhua.apps.ledger.rules import Act, State
from xiuhua.apps.ledger.services import rectifying, tasking, timing
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
SECRET = "张三丰家的房子漏雨"


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def step(problem, act, by, **said):
    return rectifying.problem_step(
        problem=problem, version=problem.version, act=act, by=by, at=NOON, **said
    )


def fresh(problem):
    return Problem.objects.get(pk=problem.pk)


def test_a_problem_is_struck_off_on_evidence_by_another_person():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner, kind="guarantees", description=SECRET)
    step(fresh(problem), Act.START, owner, measures="联系施工队修缮")
    give_evidence(problem, owner, "photo")
    give_evidence(problem, owner, "paper")
    step(fresh(problem), Act.SUBMIT, owner)

    with pytest.raises(StepRefused):
        step(fresh(problem), Act.STRIKE_OFF, owner)
    done = step(fresh(problem), Act.STRIKE_OFF, office)

    assert (done.state, done.ended_by) == (State.STRUCK_OFF, office.actor.name)
    acts = list(Event.objects.order_by("number").values_list("act", flat=True))
    assert acts == [
        *("register", "assign", "sign_for", "start", "evidence", "evidence"),
        *("submit", "strike_off"),
    ]
    assert list(ledgers.broken_chain_list([done])) == []


def test_a_file_withdrawn_while_open_proves_nothing_and_one_that_proved_an_end_stays():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner, kind="industry")
    wrong = give_evidence(problem, owner).attachment
    said = {"by": owner, "at": NOON, "reason": "传错户"}

    attachment_remove(attachment=wrong, **said)
    with pytest.raises(StepRefused):
        step(fresh(problem), Act.SUBMIT, owner)
    right = give_evidence(problem, owner).attachment
    step(fresh(problem), Act.SUBMIT, owner)
    done = step(fresh(problem), Act.STRIKE_OFF, office)

    with pytest.raises(ProblemUnfit, match=done.number):
        attachment_remove(attachment=right, **said)
    right.refresh_from_db()
    assert right.removed_at is None
    assert problem.events.filter(act="evidence_gone").count() == 1
    assert list(ledgers.broken_chain_list([done])) == []


def test_strike_off_without_the_evidence_demanded_is_refused():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner, kind="guarantees")
    give_evidence(problem, owner, "photo")

    with pytest.raises(StepRefused) as refused:
        step(fresh(problem), Act.SUBMIT, owner)

    assert [r.code for r in refused.value.refusals] == ["ledger.evidence_missing"]
    assert fresh(problem).state == State.SIGNED_FOR


def test_the_audit_names_the_act_and_not_what_was_said():
    problem = make_problem(description=SECRET)

    entry = Entry.objects.filter(target="ledger.problem").get()
    assert entry.action == "ledger.problem.registered"
    assert entry.target_label == problem.number
    assert SECRET not in f"{entry.old}{entry.new}"


def test_the_same_form_twice_is_one_problem():
    office, key = make_office(), once()
    first = make_problem(office, once=key)
    second = make_problem(office, once=key)

    assert first.pk == second.pk
    assert Problem.objects.count() == 1


def test_an_old_version_is_refused():
    office, owner = make_office(), make_clerk()
    problem = make_assigned(office, owner)
    step(problem, Act.SIGN_FOR, owner)
    shown_before = fresh(problem).version - 1

    with pytest.raises(StaleProblem):
        rectifying.problem_step(
            problem=problem,
            version=shown_before,
            act=Act.DISPUTE,
            by=owner,
            at=NOON,
            reason="无此事",
        )


def test_numbers_run_on_in_a_county_and_year():
    office = make_office()

    numbers = [make_problem(office).number for _ in range(3)]

    assert numbers == [f"990101-2019-{n:05d}" for n in (1, 2, 3)]


def test_sent_back_it_belongs_to_nobody():
    office, owner = make_office(), make_clerk()
    problem = make_assigned(office, owner)

    back = step(problem, Act.SEND_BACK, owner, reason="不属本镇")

    assert (back.state, back.owner, back.deadline) == (State.REGISTERED, None, None)


def test_an_objection_is_decided_by_the_source():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner)
    disputed = step(fresh(problem), Act.DISPUTE, owner, reason="户内查看无此问题")

    decided = step(disputed, Act.NOT_SUBSTANTIATE, office, reason="经查不实")

    assert decided.state == State.NOT_SUBSTANTIATED
    again = step(fresh(problem), Act.REOPEN, office, reason="再次反映")
    assert (again.state, again.ended_at) == (State.IN_RECTIFICATION, None)


def test_doubles_are_merged_with_their_households_and_sources_kept():
    office = make_office()
    household = make_household(VILLAGE)
    kept = make_problem(office, source="audit")
    double = make_problem(
        office, source="petition", households=frozenset({household.pk})
    )

    merged = rectifying.problem_merge(
        problem=double, version=double.version, into=kept, by=office, at=NOON
    )

    assert (merged.state, merged.merged_into_id) == (State.MERGED, kept.pk)
    assert list(kept.households.values_list("pk", flat=True)) == [household.pk]
    assert list(kept.merged.values_list("source", flat=True)) == ["petition"]
    found = ledgers.reconciliation(region=COUNTY, on=TODAY)
    assert (found.registered, found.merged, found.open) == (2, 1, 1)
    with pytest.raises(ProblemUnfit):
        rectifying.problem_merge(
            problem=kept, version=kept.version, into=kept, by=office, at=NOON
        )


def test_an_open_task_keeps_a_problem_from_being_submitted():
    task = make_task()
    owner, problem = task.owner, task.problem

    with pytest.raises(StepRefused):
        step(fresh(problem), Act.SUBMIT, owner)
    tasking.task_finish(
        task=task, version=task.version, outcome="已核对", by=owner, at=NOON
    )

    assert step(fresh(problem), Act.SUBMIT, owner).state == State.AWAITING_VERIFICATION


def test_a_problem_is_not_given_to_who_cannot_see_it():
    office = make_office()
    problem = make_problem(office, region=COUNTY)

    with pytest.raises(ProblemUnfit):
        rectifying.problem_assign(
            problem=problem,
            version=problem.version,
            owner=make_clerk(),
            deadline=TODAY + timedelta(days=9),
            by=office,
            at=NOON,
        )

    assert fresh(problem).state == State.REGISTERED


def test_a_township_finishes_its_task_of_a_problem_around_it():
    office, clerk = make_office(), make_clerk()
    problem = make_in_hand(office, office, region=COUNTY)
    task = tasking.task_set(
        problem=problem,
        version=problem.version,
        what="排查同类问题",
        owner=clerk,
        deadline=TODAY + timedelta(days=7),
        region=TOWNSHIP,
        once=once(),
        by=office,
        at=NOON,
        is_search=True,
    )

    with region_scope([TOWNSHIP]):
        assert not Problem.objects.filter(pk=problem.pk).exists()
        tasking.task_finish(
            task=task, version=task.version, outcome="未发现", by=clerk, at=NOON
        )

    last = Event.objects.filter(problem=problem).order_by("-number").first()
    assert (last.act, last.actor) == ("task_done", clerk.actor.name)
    assert list(ledgers.broken_chain_list([fresh(problem)])) == []


def test_more_time_is_granted_by_another():
    asked = make_extension()
    owner = fresh(asked.problem).owner

    with pytest.raises(ProblemUnfit):
        timing.extension_decide(extension=asked, approved=True, by=owner, at=NOON)
    timing.extension_decide(extension=asked, approved=True, by=make_office(), at=NOON)

    assert fresh(asked.problem).deadline == date(2019, 9, 1)


def test_continuing_is_open_with_a_day_to_look_again():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner)
    step(fresh(problem), Act.START, owner, measures="长期跟踪")

    kept = step(
        fresh(problem),
        Act.CONTINUE,
        office,
        reason="需长期坚持",
        review_date=TODAY + timedelta(days=90),
    )

    found = ledgers.reconciliation(region=TOWNSHIP, on=TODAY)
    assert kept.state == State.CONTINUING
    assert (found.open, found.continuing) == (1, 1)
    assert found.balances
    assert step(kept, Act.RESUME, owner).review_date is None


@pytest.mark.parametrize(
    "said",
    [
        {"source": "gossip"},
        {"kind": "weather"},
        {"duty": "luck"},
        {"description": "  "},
        {"found_on": TODAY + timedelta(days=1)},
        {"households": frozenset({10**9})},
    ],
)
def test_what_cannot_be_is_not_registered(said):
    with pytest.raises(ProblemUnfit):
        make_problem(**said)

    assert Problem.objects.count() == 0


def test_nobody_registers_elsewhere():
    with pytest.raises(NotPermitted):
        make_problem(make_post("county_office", "990102"))


def test_whoever_looks_elsewhere_finds_nothing():
    problem = make_problem()
    elsewhere = make_post("county_office", "990102")

    with pytest.raises(ledgers.ProblemMissing):
        ledgers.problem_get(viewer=elsewhere, key=problem.pk)


def test_the_page_offers_what_one_may_and_says_what_is_missing():
    office, owner = make_office(), make_clerk()
    problem = make_in_hand(office, owner, kind="guarantees")

    offered = {
        offer.act: [r.code for r in offer.refused]
        for offer in ledgers.offer_list(problem=problem, viewer=owner, on=TODAY)
    }

    assert offered[Act.SUBMIT] == ["ledger.evidence_missing"]
    assert offered[Act.DISPUTE] == []
    assert Act.STRIKE_OFF not in offered


def test_tampering_with_an_event_is_found():
    problem = make_problem()
    fields = {"problem": problem, "number": 2, "act": "strike_off", "said": {}}
    fields |= {"new_state": "struck_off", "actor": "li", "recorded_at": NOON}
    Event.objects.create(**fields, previous="0" * 64, digest="1" * 64)

    assert list(ledgers.broken_chain_list([fresh(problem)])) == [problem.number]


def test_what_stood_on_an_earlier_day_is_still_known():
    office, owner = make_office(), make_clerk()
    problem = make_assigned(office, owner)
    later = NOON + timedelta(days=10)
    rectifying.problem_step(
        problem=problem, version=problem.version, act=Act.SIGN_FOR, by=owner, at=later
    )
    make_problem(office, at=later, found_on=TODAY)

    then = ledgers.reconciliation(region=COUNTY, on=TODAY + timedelta(days=3))
    now = ledgers.reconciliation(region=COUNTY, on=TODAY + timedelta(days=11))

    assert (then.registered, now.registered) == (1, 2)
    assert (
        ledgers.reconciliation(
            region="99", on=TODAY + timedelta(days=11), source="cross_check"
        )
        == now
    )
