from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from tests.factories.audit import make_entry

from xiuhua.apps.audit.anchors import AnchorUnreadable, read_anchor
from xiuhua.apps.audit.guards import guard, unguard
from xiuhua.apps.audit.models import Entry


each = pytest.mark.usefixtures("each_database")


def verify(**options) -> str:
    out = io.StringIO()
    call_command("audit_verify", stdout=out, **options)
    return out.getvalue()


def tamper(*statements: str) -> None:
    """Do what the owner of the database can do: drop the triggers first."""
    with connection.schema_editor() as editor:
        unguard(editor)
    for statement in statements:
        connection.cursor().execute(statement)
    with connection.schema_editor() as editor:
        guard(editor)


LAST = "number = 3 AND chain = '990101'"
TAMPERS = {
    "edit": ["UPDATE audit_entry SET actor = 'other' WHERE number = 2"],
    "time": ["UPDATE audit_entry SET recorded_at = '2018-01-01 00:00:00+00:00'"],
    "json": ["""UPDATE audit_entry SET new = '{"persons": 9}' WHERE number = 2"""],
    "delete": ["DELETE FROM audit_entry WHERE number = 2"],
    "tail": [f"DELETE FROM audit_entry WHERE {LAST}"],
    "reorder": [
        "UPDATE audit_entry SET number = 99 WHERE number = 1",
        "UPDATE audit_entry SET number = 1 WHERE number = 2",
        "UPDATE audit_entry SET number = 2 WHERE number = 99",
    ],
    "insert": [
        "INSERT INTO audit_entry (chain, number, action, target, target_id,"
        " target_label, region_code, actor, post, order_number, old, new,"
        " recorded_at, previous, digest) SELECT chain, 4, action, target, '99',"
        " target_label, region_code, actor, post, order_number, old, new,"
        f" recorded_at, digest, digest FROM audit_entry WHERE {LAST}"
    ],
    "new chain": ["UPDATE audit_entry SET chain = '990199'"],
    "head": ["UPDATE audit_chain SET count = 2"],
    "all gone": ["DELETE FROM audit_entry", "UPDATE audit_chain SET count = 0"],
}


@pytest.mark.parametrize("statements", TAMPERS.values(), ids=TAMPERS)
def test_tampering_with_the_tables_is_seen(committed, statements):
    for _ in range(3):
        make_committed()

    tamper(*statements)

    with pytest.raises(CommandError, match="tampered"):
        verify()


def make_committed() -> None:
    with transaction.atomic():
        make_entry()


def test_a_tail_cut_together_with_its_head_is_seen_through_the_anchor(
    committed, tmp_path
):
    for _ in range(3):
        make_committed()
    anchor = tmp_path / "anchor.json"
    call_command("audit_anchor", str(anchor), stdout=io.StringIO())
    second = Entry.objects.get(number=2).digest

    tamper(
        f"DELETE FROM audit_entry WHERE {LAST}",
        f"UPDATE audit_chain SET count = 2, digest = '{second}'",
    )

    assert "2 entries in 1 chains are whole" in verify()
    with pytest.raises(CommandError, match="tampered"):
        verify(anchor=anchor)


@each
def test_a_whole_record_verifies_and_grows_past_its_anchor(tmp_path):
    make_entry()
    make_entry(region_code="")
    anchor = tmp_path / "anchor.json"
    out = io.StringIO()

    call_command("audit_anchor", str(anchor), stdout=out)
    make_entry()

    assert out.getvalue().startswith("2 entries in 2 chains anchored")
    assert verify(anchor=anchor) == "3 entries in 2 chains are whole\n"
    assert "without an anchor" in verify()
    newer = tmp_path / "newer.json"
    call_command("audit_anchor", str(newer), since=anchor, stdout=out)
    assert sum(head.count for head in read_anchor(newer).values()) == 3


def test_a_broken_record_is_not_anchored(committed, tmp_path):
    make_committed()
    tamper("UPDATE audit_entry SET actor = 'other'")

    with pytest.raises(CommandError, match="broken"):
        call_command("audit_anchor", str(tmp_path / "anchor.json"))

    assert list(tmp_path.iterdir()) == []


@each
def test_an_anchor_is_never_written_over(tmp_path):
    anchor = tmp_path / "anchor.json"
    anchor.write_text("kept")

    with pytest.raises(CommandError, match=r"anchor\.json"):
        call_command("audit_anchor", str(anchor))

    assert anchor.read_text() == "kept"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"chains": {"": {"count": 1}}, "entries": 1}', "\xff"],
)
def test_what_is_no_anchor_is_refused(tmp_path, text):
    path = tmp_path / "anchor.json"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(AnchorUnreadable):
        read_anchor(path)


def test_a_doctored_anchor_does_not_add_up(tmp_path):
    path = tmp_path / "anchor.json"
    said = {"chains": {"": {"count": 1, "digest": "0"}}, "entries": 2}
    path.write_text(json.dumps(said))

    with pytest.raises(AnchorUnreadable):
        read_anchor(path)


@each
def test_verifying_against_no_anchor_says_so(tmp_path):
    with pytest.raises(CommandError, match="no anchor"):
        verify(anchor=tmp_path / "missing.json")
