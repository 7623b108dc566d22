"""How a field of the dictionary is shown to a post: in words, masked, or withheld.

A `secret` field never stands on a page: it is shown by an act that asks for a reason
and is recorded. A `personal` one is shortened (`registry.masking`) for roles not in
charge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.registry import masking
from xiuhua.apps.registry.masking import HIDDEN, Showing
from xiuhua.core.dictionary.model import Field, FieldType, unit_in
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.columns import Kind, written
from xiuhua.web.shell import language, worded


@dataclass(frozen=True)
class Shown:
    """A field with its value as a post sees it."""

    field: Field
    label: str
    text: str
    known: bool
    withheld: bool = False


def shown(field: Field, value: Any, rights: Role) -> Shown:
    """Return a field as a role sees it; unknown is said, never left out."""
    label = worded(field.label)
    if value in (None, ""):
        return Shown(field, label, written(None), known=False)
    seen = masking.shown(field, value, rights)
    if seen.showing is Showing.FULL:
        return Shown(field, label, in_words(field, value), known=True)
    return Shown(field, label, _said(seen.value), known=True, withheld=True)


def shown_all(level: str, row: Any, names: Iterable[str], rights: Role) -> list[Shown]:
    """Return fields of a row of a level as a role sees them."""
    fields = load_dictionary().level(level).by_name
    return [shown(fields[n], getattr(row, n, None), rights) for n in names]


def shown_values(
    level: str, values: Mapping[str, Any], names: Iterable[str], rights: Role
) -> list[Shown]:
    """Return fields of a level as a role sees them, from values by column."""
    fields = load_dictionary().level(level).by_name
    return [shown(fields[n], values.get(n), rights) for n in names]


def name_shown(name: str | None, rights: Role) -> str:
    """Return a person's name as a role sees it: in full, or the surname alone."""
    field = load_dictionary().level("person").by_name["name"]
    return str(masking.shown(field, name, rights).value) if name else written(None)


def _said(stand_in: str) -> str:
    return _("withheld") if stand_in == HIDDEN else stand_in


def in_words(field: Field, value: Any) -> str:
    """Return a value with its unit in the language of the page."""
    if value in (None, ""):
        return written(None)
    if field.codes and field.type in (FieldType.CHOICE, FieldType.CHOICES):
        parts = str(value).split(",")
        return "、".join(code_in_words(field, part) for part in parts)
    if field.type is FieldType.MONTH:
        return f"{value:%Y-%m}"
    kind = Kind.MONEY if field.type is FieldType.MONEY else Kind.TEXT
    unit = unit_in(field.unit, language()) if field.unit else ""
    # A year is no amount: it carries no unit.
    return written(value, kind) + (unit if field.type is not FieldType.YEAR else "")


def code_in_words(field: Field, code: str) -> str:
    """Return a code of a field's list in words; one the list lost, as it stands."""
    found = field.codes.by_code.get(code) if field.codes else None
    return worded(found.label) if found else code
