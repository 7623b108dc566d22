from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.audit import make_chain, make_entry

from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.models import Chain, Entry
from xiuhua.apps.audit.rules import NO_HEAD, START, ActionUnnamed, Head, ValueUnfit
from xiuhua.apps.audit.services import OutsideTransaction


each = pytest.mark.usefixtures("each_database")


@each
def test_entries_of_a_county_are_chained():
    first, second = make_entry(), make_entry(region_code="990101")
    other = make_entry(region_code="990102")

    assert (first.number, first.previous) == (1, START)
    assert (second.number, second.previous) == (2, first.digest)
    assert (other.number, other.chain) == (1, "990102")
    assert audit.chain_heads() == {
        "990101": Head(2, second.digest),
        "990102": Head(1, other.digest),
    }
    assert list(audit.break_list(anchor={})) == []


@each
def test_what_was_recorded_reads_the_same_later():
    said = {
        "name": "张三 \u2028 \U0002070e 'x\"",
        "amount": Decimal("3.50"),
        "from": date(2019, 1, 1),
        "big": 10**30,
        "nested": [{"b": None, "a": [True, -1, ""]}],
    }

    make_entry(new=said, old=None)

    entry = Entry.objects.get()
    assert entry.new["amount"] == "3.50"
    assert entry.new["big"] == 10**30
    assert entry.old is None
    assert list(audit.break_list(anchor={})) == []


@each
@pytest.mark.parametrize("value", [0.1, "a\0b", "\ud800", {1: 2}, object()])
def test_values_that_would_change_are_refused(value):
    with pytest.raises(ValueUnfit):
        make_entry(new={"value": value})

    assert audit.chain_heads() == {}


@each
def test_actions_have_a_form():
    with pytest.raises(ActionUnnamed):
        make_entry(action="changed something")


def test_an_entry_needs_the_transaction_of_its_act(committed):
    with pytest.raises(OutsideTransaction):
        make_entry()

    assert Entry.objects.count() == 0


def test_an_act_that_fails_leaves_no_entry(committed):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_entry()
        raise ZeroDivisionError

    assert Entry.objects.count() == 0
    assert sum(head.count for head in audit.chain_heads().values()) == 0


def test_many_writers_at_once_make_one_whole_chain(committed):
    failures: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    make_entry()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert audit.chain_heads()["990101"].count == 40
    assert list(audit.break_list(anchor={})) == []


CHANGES = {
    "entry changed": "UPDATE audit_entry SET actor = 'nobody'",
    "entry removed": "DELETE FROM audit_entry",
    "chain shortened": "UPDATE audit_chain SET count = count - 1",
    "chain removed": "DELETE FROM audit_chain",
}


@each
@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_the_database_refuses_to_change_the_record(statement):
    make_entry()

    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(statement)

    assert list(audit.break_list(anchor={})) == []


def test_postgresql_refuses_to_empty_the_record(each_database):
    make_entry()
    if each_database == "sqlite":
        # SQLite has no such statement; it refuses the removal above.
        return

    for table in ("audit_entry", "audit_chain"):
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.cursor().execute(f"TRUNCATE {table}")


@each
def test_constraint_audit_entry_number_once():
    entry = make_entry()
    entry.pk = None

    with pytest.raises(IntegrityError, match=r"audit_entry"), transaction.atomic():
        entry.save(force_insert=True)


@each
def test_constraint_audit_entry_number_from_one():
    entry = make_entry()
    entry.pk, entry.number = None, 0

    with pytest.raises(IntegrityError, match="from_one"), transaction.atomic():
        entry.save(force_insert=True)


@each
def test_entries_of_a_record_are_listed_newest_first():
    first, second = make_entry(), make_entry()
    make_entry(target_id="18")

    found = audit.entry_list(target="registry.household", target_id="17")

    assert list(found) == [second, first]


@each
def test_heads_are_values():
    chain = make_chain()

    assert chain.head == Head(1, Entry.objects.get().digest)
    assert Chain(code="", count=0, digest=START).head == NO_HEAD


@pytest.mark.usefixtures("each_database")
def test_chains_are_verified_region_by_region():
    for code in ("990101101201", "990102", "99", ""):
        make_entry(region_code=code)

    def heads(region):
        return set(audit.chain_heads(region=region))

    assert heads("") == {"", "99", "990101", "990102"}
    assert heads("990101") == {"", "990101"}
    assert heads("99") == heads("")
    cut = {"990101": Head(9, "0" * 64), "990102": Head(9, "0" * 64)}
    broken = list(audit.break_list(anchor=cut, region="990101"))
    assert {b.chain for b in broken} == {"990101"}
    assert broken
