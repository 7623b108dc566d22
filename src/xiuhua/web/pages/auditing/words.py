"""The record in words: what was done, and what of an entry may be shown.

The administrator of audit sees who did what to which record, and no value of any
household. Values show only of accounts and regions; of everything else the names of
what changed, the counts and the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


AREAS: Final = {
    "accounts.session.": _("signing in and out"),
    "accounts.": _("people and posts"),
    "registry.": _("households"),
    "registry.secret.": _("masked numbers shown"),
    "attachments.": _("attachments"),
    "documents.": _("papers made"),
    "exchange.": _("imports and exports"),
    "assessments.": _("screening"),
    "regions.": _("regions"),
    "audit.": _("the record itself"),
}
# Their entries hold no household.
_IN_FULL: Final = ("accounts.", "regions.", "audit.")
# Of the others these values show; of any other key its name alone.
_SHOWN: Final = frozenset(
    {"reason", "explanation", "fields", "files", "kind", "count", "counts", "rows"}
)
_MARK: Final = "…"


@dataclass(frozen=True)
class Row:
    """An entry as the page shows it."""

    at: datetime
    actor: str
    post: str
    action: str
    target: str
    region: str
    order_number: str
    said: list[tuple[str, str]]
    chain: str
    number: int


def row_of(entry: Any) -> Row:
    """Return an entry without a value of any household."""
    full = entry.action.startswith(_IN_FULL)
    said = _changed(entry.old or {}, entry.new or {}, full)
    # The label of a household may be its number: the id is enough to find it.
    label = f" {entry.target_label}" if full and entry.target_label else ""
    return Row(
        entry.recorded_at,
        entry.actor,
        entry.post,
        entry.action,
        f"{entry.target} {entry.target_id}{label}",
        entry.region_code,
        entry.order_number,
        said,
        entry.chain,
        entry.number,
    )


def _changed(
    old: Mapping[str, Any], new: Mapping[str, Any], full: bool
) -> list[tuple[str, str]]:
    keys = list(dict.fromkeys([*old, *new]))
    return [(k, _value(old, new, k) if full or k in _SHOWN else _MARK) for k in keys]


def _value(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> str:
    if key in old and key in new and old[key] != new[key]:
        return f"{_text(old[key])} → {_text(new[key])}"
    return _text(new.get(key, old.get(key)))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_text(v)}" for k, v in value.items())
    return "–" if value in (None, "") else str(value)
