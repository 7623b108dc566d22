"""Say that what is recorded already has held since an earlier day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from xiuhua.apps.registry.acts.columns import written_columns
from xiuhua.apps.registry.acts.recording import Act, change_of
from xiuhua.apps.registry.folding import Known, folded, plain_value
from xiuhua.apps.registry.models import Change, Household, Person
from xiuhua.apps.registry.sealed_history import kept
from xiuhua.core.errors import XiuhuaError


RESTATE: Final = "restate"


class NothingDiffers(XiuhuaError):
    """A correction says what is recorded already: there is nothing to be written."""

    code = "registry.nothing_differs"


def row_restated(
    row: Household | Person, values: Mapping[str, Any], act: Act
) -> Change | None:
    """Keep since when values hold that the row has already; None where that is known.

    Columns whose value differs are left to the correction; what is not known cannot
    have held. The last word counts from its day on, as everywhere.
    """
    model: Any = type(row)
    then = folded(_history(row), Known(act.valid_from))
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for column, value in values.items():
        before = plain_value(model, column, then.get(column))
        if value is None or getattr(row, column) != value or before == value:
            continue
        old[column], new[column] = (
            kept(model, column, before),
            kept(model, column, value),
        )
    if not new:
        return None
    row.version += 1
    row.changed_at = act.at
    row.save(update_fields=written_columns(model, ()))
    return change_of(row, old, new, replace(act, name=RESTATE))


def check_written(row: Household | Person, version: int | None) -> None:
    """Refuse a correction after which a row is still the one that was seen.

    Raises:
        NothingDiffers: when nothing was written.
    """
    if row.version == version:
        raise NothingDiffers(
            "nothing differs from what is recorded, so nothing was saved",
            hint="where a value has held since an earlier day, tick that it has",
        )


def _history(row: Household | Person) -> list[Change]:
    changes = Change.unscoped.select_related("batch").order_by("pk")
    if isinstance(row, Person):
        return list(changes.filter(person_id=row.pk))
    own = changes.filter(person__isnull=True, statement__isnull=True)
    return list(own.filter(household_id=row.pk))
