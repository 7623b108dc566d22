"""Changes in words: what was done, and each column before and after.

Values come masked for the post (`registry.history`); here they only get their words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.registry.history import FieldChange
from xiuhua.apps.registry.statuses import Monitoring, Poverty, Registration
from xiuhua.core.dictionary.model import Field
from xiuhua.web.columns import written
from xiuhua.web.pages.households.shown import in_words
from xiuhua.web.shell import worded


ACTS: Final = {
    "register": _("Entered"),
    "correct": _("Corrected"),
    "restate": _("Held since earlier"),
    "add": _("Member entered"),
    "income": _("Income stated"),
    "birth": _("Birth"),
    "death": _("Death"),
    "leave": _("Left the household"),
    "return": _("Came back"),
    "marry": _("Married away"),
    "head": _("Becomes the head"),
    "move": _("Move"),
    "split": _("Split"),
    "merge": _("Merge into another"),
    "marriage": _("Married into the household"),
    "adoption": _("Adopted into the household"),
    "village": _("Report of the village"),
    "renumber": _("Code of the village changed"),
    "end": _("Household ended"),
    "poverty": _("Exit status"),
    "monitoring": _("Monitoring status"),
    "registration": _("Registration"),
    "import": _("Imported"),
    "undo": _("Import taken back"),
}
STATUS: Final[dict[str, Any]] = {
    "registration": Registration,
    "poverty": Poverty,
    "monitoring": Monitoring,
}


@dataclass(frozen=True)
class Told:
    """A column that changed, in words."""

    label: Any
    old: str
    new: str
    column: str


def told(change: FieldChange) -> Told:
    """Return a changed column in the language of the page."""
    field, column = change.field, change.column
    return Told(
        worded(field.label) if field else _column(column),
        _value(field, column, change.old),
        _value(field, column, change.new),
        column,
    )


def act_in_words(act: str) -> Any:
    """Return what was done; an act without words stands as it is kept."""
    return ACTS.get(act, act)


def _value(field: Field | None, column: str, value: Any) -> str:
    if column in STATUS:
        return status_in_words(column, value)
    # A masked value is a text already, whatever its field's kind.
    if field is None or isinstance(value, str):
        return written(value or None) if field is None else _text(field, value)
    return in_words(field, value)


def _text(field: Field, value: str) -> str:
    known = field.codes is not None and set(value.split(",")) <= set(
        field.codes.by_code
    )
    return in_words(field, value) if known else value


def status_in_words(column: str, value: Any) -> str:
    """Return a value of an axis of status in words."""
    return str(dict(STATUS[column].choices).get(value, written(None)))


def axis(column: str) -> Any:
    """Return the words of an axis of status."""
    words = {
        "registration": _("registration"),
        "poverty": _("exit status"),
        "monitoring": _("monitoring"),
    }
    return words[column]


def _column(column: str) -> Any:
    """Return the words of a column the dictionary has no field for."""
    words = {
        "number": _("number"),
        "village_id": _("village"),
        "registration": _("registration"),
        "monitoring": _("monitoring"),
        "policies_kept": _("policies kept"),
        "household_id": _("household"),
        "member_from": _("as it is from"),
        "ended_on": _("ended on"),
        "ended_reason": _("why it ended"),
        "source": _("source"),
        "window_from": _("from"),
        "window_to": _("to"),
    }
    return words.get(column, column)
