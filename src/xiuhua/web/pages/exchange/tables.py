"""Tables of the exchange: uploads, records, rows, what is to be keyed, downloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.exchange.rules import Choice, Difference, Outcome, State
from xiuhua.apps.exchange.staging.values import of_text
from xiuhua.apps.exchange.wording import reasons_worded
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.exchange import words
from xiuhua.web.pages.households.shown import name_shown, shown
from xiuhua.web.shell import language, worded
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


Choices = Mapping[tuple[str, str, str], Choice]

UPLOADS = Table(
    "uploads",
    columns=(
        Column(
            "file",
            _("File"),
            lambda u: u.file_name,
            order=("file_name",),
            href=lambda u: reverse("exchange:upload", args=[u.pk]),
            width=30,
        ),
        Column(
            "origin",
            _("Where it comes from"),
            lambda u: words.ORIGINS[u.origin],
            width=24,
        ),
        Column(
            "state",
            _("State"),
            lambda u: words.STATES[u.state],
            state=lambda u: words.TONES.get(u.state, "none"),
            width=20,
        ),
        Column("rows", _("Rows"), lambda u: u.counts.get("rows"), kind=Kind.NUMBER),
        Column("by", _("Sent by"), lambda u: u.post.user.full_name),
        Column(
            "at",
            _("Received"),
            lambda u: u.received_at,
            order=("received_at",),
            kind=Kind.MOMENT,
        ),
    ),
    filters=(
        Filter(
            "state",
            _("State"),
            lambda rows, value: rows.filter(state=value),
            lambda: [(s.value, words.STATES[s]) for s in State],
        ),
    ),
    order="-at",
    empty=_("Send the exports of the national system to begin."),
)


@dataclass(frozen=True)
class RecordLine:
    """A record of a file with its changes in words."""

    row: Mapping[str, Any]
    name: str
    changes: str

    @property
    def tick(self) -> str:
        """Return what names the record in the form of decisions."""
        return f"{self.row['level']}:{self.row['number']}"


def records_table(rights: Role, choices: Choices) -> Table:
    """Return the table of the records of an upload as a role sees them."""
    return Table(
        "records",
        columns=(
            Column("number", _("Number"), lambda r: r.row["number"], ("number",)),
            Column("name", _("Name"), lambda r: r.name),
            Column("level", _("Level"), lambda r: words.LEVELS[r.row["level"]]),
            Column(
                "outcome",
                _("Outcome"),
                lambda r: words.OUTCOMES[r.row["outcome"]],
                ("outcome",),
                state=lambda r: words.OUTCOME_TONES.get(r.row["outcome"], "none"),
            ),
            Column("changes", _("Ours → the file's"), lambda r: r.changes, width=60),
            Column("place", _("Place in the file"), _place, width=20),
        ),
        filters=(
            _outcome_filter(),
            Filter(
                "level",
                _("Level"),
                lambda rows, value: rows.where("level = ?", value),
                lambda: list(words.LEVELS.items()),
            ),
            Filter(
                "number",
                _("Number"),
                lambda rows, value: rows.where("starts_with(number, ?)", value),
            ),
            Filter("field", _("Changed field"), _with_field, _field_choices),
        ),
        last="at",
        select=lambda r: r.tick,
        prepare=partial(_record_lines, rights=rights, choices=choices),
        exported=Permission.ROWS_EXPORT,
    )


def rows_table() -> Table:
    """Return the table of the rows of a file with their outcomes and reasons."""
    return Table(
        "rows",
        columns=(
            Column("place", _("Place in the file"), lambda r: r["place"], width=26),
            Column("number", _("Number"), lambda r: r["number"], ("number",)),
            Column(
                "outcome",
                _("Outcome"),
                lambda r: words.OUTCOMES[r["outcome"]],
                ("outcome",),
                state=lambda r: words.OUTCOME_TONES.get(r["outcome"], "none"),
            ),
            Column("why", _("What is wrong"), lambda r: r["why"], width=40),
            Column("remedy", _("What to do"), lambda r: r["remedy"], width=50),
        ),
        filters=(_outcome_filter(),),
        last="row",
        prepare=_row_lines,
    )


def missing_table(rights: Role) -> Table:
    """Return the table of what is not in a file, as a role sees it."""
    return Table(
        "missing",
        columns=(
            Column(
                "number",
                _("Number"),
                lambda r: r["number"],
                ("number",),
                href=lambda r: reverse("households:page", args=[r["home"]]),
                width=26,
            ),
            Column("name", _("Name"), lambda r: name_shown(r["label"], rights)),
            Column("level", _("Level"), lambda r: words.LEVELS[r["level"]], ("level",)),
            Column("village", _("village code"), lambda r: r["village"], ("village",)),
        ),
        filters=(
            Filter(
                "level",
                _("Level"),
                lambda rows, value: rows.where("level = ?", value),
                lambda: [(n, words.LEVELS[n]) for n in ("household", "person")],
            ),
            Filter(
                "village",
                _("village code"),
                lambda rows, value: rows.where("starts_with(village, ?)", value),
            ),
        ),
        last="at",
        exported=Permission.ROWS_EXPORT,
    )


def _place(line: RecordLine) -> str:
    return f"{line.row['sheet']} {line.row['row']}"


def _outcome_filter() -> Filter:
    return Filter(
        "outcome",
        _("Outcome"),
        lambda rows, value: rows.where("outcome = ?", value),
        lambda: [(o.value, words.OUTCOMES[o]) for o in Outcome],
    )


def _with_field(rows: Any, value: str) -> Any:
    return rows.where("json_exists(changes, ?)", f'$."{value}"')


def _field_choices() -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for level in words.LEVELS:
        for field in load_dictionary().level(level).fields:
            found.setdefault(field.name, worded(field.label))
    return list(found.items())


def _record_lines(
    rows: list[dict[str, Any]], *, rights: Role, choices: Choices
) -> list[RecordLine]:
    return [
        RecordLine(
            row,
            name_shown(row["label"], rights),
            "；".join(_changes(row, rights, choices)),
        )
        for row in rows
    ]


def _changes(row: Mapping[str, Any], rights: Role, choices: Choices) -> list[str]:
    fields = load_dictionary().level(row["level"]).by_name
    told = []
    for name, (kind, old, new) in json.loads(row["changes"]).items():
        field = fields[name]
        before = shown(field, of_text(field, old), rights)
        after = shown(field, of_text(field, new), rights)
        note = _note(Difference(kind), choices.get((row["level"], row["number"], name)))
        told.append(f"{before.label} {before.text} → {after.text}{note}")
    return told


def _note(kind: Difference, choice: Choice | None) -> str:
    if kind is Difference.BEHIND:
        return f" ({words.KINDS[kind]})"
    if kind is Difference.CONFLICT:
        chosen = _("the file's is taken") if choice is Choice.FILE else _("ours stays")
        return f" ({words.KINDS[kind]}, {chosen})"
    return ""


def _row_lines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        reasons = json.loads(row["reasons"])
        # Several checks can find the same.
        told = list(dict.fromkeys(reasons_worded(reasons, language())))
        cell = reasons[0]["cell"] if reasons else str(row["row"])
        parts = (row["file"], row["sheet"], cell)
        row["place"] = " ".join(dict.fromkeys(parts))
        row["why"] = "；".join(problem for problem, _remedy in told)
        row["remedy"] = "；".join(remedy for _problem, remedy in told)
    return rows


DOWNLOADS = Table(
    "downloads",
    columns=(
        Column(
            "kind",
            _("File"),
            lambda d: words.DOWNLOADS[d.kind],
            href=lambda d: reverse("exchange:download", args=[d.pk]),
            width=30,
        ),
        Column("region", _("Region"), lambda d: d.region_id),
        Column("rows", _("Rows"), lambda d: d.rows or None, kind=Kind.NUMBER),
        Column(
            "at", _("Asked for"), lambda d: d.requested_at, ("id",), kind=Kind.MOMENT
        ),
        Column("expires", _("Expires"), lambda d: d.expires_at, kind=Kind.MOMENT),
    ),
    order="-at",
    exported=None,
    empty=_("Files you ask for appear here and expire after a quarter of an hour."),
)
