"""The lists of this family: sheets that were sent in, and the rows of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.accounts.selectors import full_names
from xiuhua.apps.registry.masking import HIDDEN
from xiuhua.apps.sheets.content import unpacked
from xiuhua.apps.sheets.heads import Head
from xiuhua.apps.sheets.kinds import Kind, Row
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.dictionary.model import Mask
from xiuhua.messages import translator
from xiuhua.web.columns import Column
from xiuhua.web.columns import Kind as Holds
from xiuhua.web.shell import language
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


LOOKS: Final = {
    "received": "warn",
    "unmapped": "warn",
    "seen": "warn",
    "applied": "good",
    "undone": "none",
    "discarded": "none",
}
_OUTCOME_LOOKS: Final = {
    Outcome.NEW: "good",
    Outcome.CHANGED: "warn",
    Outcome.UNCHANGED: "none",
    Outcome.REJECTED: "bad",
}
OUTCOMES: Final = {
    Outcome.NEW: _("new row"),
    Outcome.CHANGED: _("changed row"),
    Outcome.UNCHANGED: _("unchanged"),
    Outcome.REJECTED: _("rejected"),
}
# An identity number in a text, whichever column it was typed into.
_ID_NUMBER: Final = re.compile(r"(?<!\d)(\d{6})\d{8}\d{3}[\dXx](?!\d)")


def shown_to(head: Head, said: str, rights: Role) -> str | None:
    """Return what a cell says as a role sees it; None where it says nothing."""
    if not said:
        return None
    if head.mask is Mask.SECRET:
        return HIDDEN
    if not rights.shows(head.mask):
        return HIDDEN if said[:1].isdigit() else f"{said[:1]}**"
    return without_id_numbers(said)


def without_id_numbers(text: str) -> str:
    """Return a text with every ID number cut to its area.

    >>> without_id_numbers("本人44010019990101123X反映")
    '本人440100************反映'
    """
    return _ID_NUMBER.sub(lambda m: f"{m[1]}{'*' * 12}", text)


def sheet_table(kind: Kind) -> Table:
    """Return the list of sheets of a kind."""
    return Table(
        "sheets",
        columns=[
            Column(
                "source",
                _("file"),
                lambda row: row.source,
                order=("source",),
                href=lambda row: reverse(f"sheets:{kind.code}_sheet", args=[row.pk]),
                width=30,
            ),
            Column(
                "sent",
                _("sent at"),
                lambda row: row.sent_at,
                order=("sent_at",),
                kind=Holds.MOMENT,
            ),
            Column("by", _("sent by"), lambda row: row.sender),
            Column(
                "state",
                _("state"),
                lambda row: row.get_state_display(),
                order=("state",),
                state=lambda row: LOOKS[row.state],
            ),
            *(_count(outcome) for outcome in OUTCOMES),
        ],
        order="-sent",
        prepare=_with_senders,
        last="pk",
        empty=_("Download the filled sheet, change it, send it in."),
    )


def row_table(kind: Kind, rights: Role) -> Table:
    """Return the list of the rows of a sheet, with outcome and reason."""
    return Table(
        "sheet_rows",
        columns=[
            Column(
                "row",
                _("row"),
                lambda row: row.number,
                order=("place",),
                kind=Holds.NUMBER,
            ),
            *(_cell(head, rights) for head in kind.heads if head.shown),
            Column(
                "outcome",
                _("what becomes of it"),
                lambda row: str(OUTCOMES[row.outcome]),
                state=lambda row: _OUTCOME_LOOKS[row.outcome],
            ),
            Column("why", _("what to look at"), _why(kind, rights), width=60),
        ],
        filters=[
            Filter(
                "outcome",
                _("what becomes of it"),
                lambda rows, said: rows.filter(outcome=said),
                choices=lambda: [(o.value, words) for o, words in OUTCOMES.items()],
            )
        ],
        order="row",
        last="pk",
        prepare=lambda kept: [unpacked(one) for one in kept],
    )


def _with_senders(rows: list[Any]) -> list[Any]:
    names = full_names(usernames={row.sent_by for row in rows})
    for row in rows:
        row.sender = names.get(row.sent_by, row.sent_by)
    return rows


def _count(outcome: Outcome) -> Column:
    return Column(
        outcome.value,
        OUTCOMES[outcome],
        lambda row: row.counts.get(outcome.value) if row.counts else None,
        kind=Holds.NUMBER,
        minor=outcome is Outcome.UNCHANGED,
    )


def _cell(head: Head, rights: Role) -> Column:
    return Column(
        f"cell_{head.key}",
        head.called(language()),
        lambda row: shown_to(head, row.said.get(head.key, ""), rights),
        width=22,
        quoted=True,
    )


def _why(kind: Kind, rights: Role) -> Callable[[Row], str]:
    def words(row: Row) -> str:
        say, tongue = translator(language()), language()
        found = []
        for key, fault in (*row.faults, *row.notes):
            head = kind.head(key)
            text = fault.worded(say)
            if head.mask is not Mask.OPEN and not rights.shows(head.mask):
                text = say(fault.message) if not fault.values else HIDDEN
            found.append(f"{head.called(tongue)}: {without_id_numbers(text)}")
        for key, old, new in row.changes:
            head = kind.head(key)
            before, after = shown_to(head, old, rights), shown_to(head, new, rights)
            found.append(f"{head.called(tongue)}: {before or '—'} → {after or '—'}")
        return "；".join(found) if found else "—"

    return words
