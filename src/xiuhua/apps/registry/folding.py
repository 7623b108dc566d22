"""What was believed of a row on a day: the fold of its changes.

The last word counts, from its day on: changes are taken in the order they were
recorded, those left out that hold only from a later day, were recorded later, or belong
to a batch undone by then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from xiuhua.apps.registry.models import (
    Change,
    Household,
    IncomeStatement,
    Person,
    VillageChange,
)
from xiuhua.apps.registry.sealed_history import unsealed


# Kept for the eye alone: what an undone batch did is left out by itself.
UNDO: Final = "undo"
Kept = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """Up to when changes are known, and on what day they must hold."""

    as_of: date
    known_at: datetime | None = None

    def counts(self, change: Change | VillageChange) -> bool:
        """Test whether a change is to be folded in; `batch` must be at hand."""
        if change.act == UNDO or change.valid_from > self.as_of:
            return False
        if self.known_at is not None and change.recorded_at > self.known_at:
            return False
        undone = change.batch.undone_at if change.batch is not None else None
        return undone is None or (self.known_at is not None and undone > self.known_at)


def folded(changes: Iterable[Change | VillageChange], known: Known) -> Kept:
    """Return the columns of one row as the history keeps them; empty: no such row.

    `changes` are those of one row in the order they were recorded.
    """
    kept: Kept = {}
    for change in changes:
        if known.counts(change):
            kept.update(change.new)
    return kept


def by_row(changes: Iterable[Change]) -> dict[tuple[str, int], list[Change]]:
    """Return changes by the row they are of: its table and key."""
    rows: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in changes:
        rows[row_of(change)].append(change)
    return rows


def row_of(change: Change) -> tuple[str, int]:
    """Return the table and key of the row a change is of."""
    if change.person_id is not None:
        return Person._meta.label, change.person_id
    if change.statement_id is not None:
        return IncomeStatement._meta.label, change.statement_id
    return Household._meta.label, change.household_id


def is_member(kept: Kept, household_id: int) -> bool:
    """Test whether a folded person belongs to a household."""
    return kept.get("household_id") == household_id and not kept.get("ended_on")


def plain(model: type[Any], kept: Kept) -> Iterator[tuple[str, Any]]:
    """Yield columns with their values as rows hold them, seals opened."""
    for column, value in kept.items():
        yield column, plain_value(model, column, value)


def plain_value(model: type[Any], column: str, value: Any) -> Any:
    """Return a kept value of a column as a row holds it, its seal opened."""
    field = next(f for f in model._meta.fields if f.attname == column)
    opened = unsealed(model, column, value)
    if field.is_relation or opened is None:
        return opened
    return field.to_python(opened)
