"""Every constraint, broken once; events that cannot be changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.factories.ledger import (
    make_event,
    make_evidence,
    make_extension,
    make_ledger_tally,
    make_problem,
    make_problem_household,
    make_recheck,
    make_recheck_item,
    make_task,
)
from tests.factories.moments import NOON

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.ledger.models import Event, LedgerTally, Problem
from xiuhua.apps.ledger.rules import State


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def _again(row, **changed):
    row.pk = None
    for name, value in changed.items():
        setattr(row, name, value)
    refused(row.save)


def _changed(row, **changed):
    refused(lambda: type(row).objects.filter(pk=row.pk).update(**changed))


def test_constraint_ledger_problem_state_listed():
    _changed(make_problem(), state="forgotten")


def test_constraint_ledger_problem_in_hand_is_owned():
    _changed(make_problem(), state=State.IN_RECTIFICATION)


def test_constraint_ledger_problem_merged_into_another():
    _changed(make_problem(), state=State.MERGED, ended_at=NOON, ended_by="li")


def test_constraint_ledger_problem_not_into_itself():
    problem = make_problem()

    _changed(
        problem,
        state=State.MERGED,
        merged_into=problem,
        ended_at=NOON,
        ended_by="li",
    )


def test_constraint_ledger_problem_opened_once():
    first, second = make_problem(), make_problem()
    Problem.objects.filter(pk=first.pk).update(opened_for="rule:1")

    _changed(second, opened_for="rule:1")


def test_constraint_ledger_problem_answer_was_asked_for():
    _changed(make_problem(), answer="可以", answered_on=NOON.date())


def test_constraint_ledger_recheck_from_before_to():
    recheck = make_recheck()

    _changed(recheck, ended_from=date(2100, 1, 2))


def test_constraint_ledger_recheck_share():
    _changed(make_recheck(), share=2)


def test_constraint_ledger_recheck_item_once():
    _again(make_recheck_item())


def test_constraint_ledger_recheck_item_checked_is_signed():
    _changed(make_recheck_item(), holds=True)


def test_constraint_ledger_problem_end_is_signed():
    _changed(make_problem(), state=State.NOT_SUBSTANTIATED)


def test_constraint_ledger_problem_continuing_is_reviewed():
    task = make_task()

    _changed(task.problem, state=State.CONTINUING)


def test_constraint_ledger_link_once():
    _again(make_problem_household())


def test_constraint_ledger_evidence_once():
    _again(make_evidence())


def test_constraint_ledger_evidence_kind_listed():
    _changed(make_evidence(), kind="rumour")


def test_constraint_ledger_task_done_is_signed():
    _changed(make_task(), done_at=NOON)


def test_constraint_ledger_extension_one_open():
    _again(make_extension())


def test_constraint_ledger_extension_decided_by_another():
    asked = make_extension()

    _changed(asked, approved=True, decided_at=NOON, decided_by=asked.asked_by)


def test_constraint_ledger_event_number_once():
    _again(make_event())


def test_constraint_ledger_tally_once():
    _again(make_ledger_tally())


def test_events_can_neither_be_changed_nor_removed():
    event = make_event()

    for act in (
        lambda: Event.objects.filter(pk=event.pk).update(actor="nobody"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Event.objects.get(pk=event.pk).actor != "nobody"


def test_tallies_are_kept_from_the_county_down():
    problem = make_problem()

    codes = LedgerTally.objects.values_list("region_code", flat=True)
    assert sorted(codes) == ["990101", "990101101", "990101101201"]
    assert Problem.objects.get().pk == problem.pk
