"""Read how a household came to be what it is, and what it was on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.facts import field_of
from xiuhua.apps.registry.folding import Known, by_row, folded, is_member, plain
from xiuhua.apps.registry.folding import plain_value as opened_value
from xiuhua.apps.registry.masking import Showing, shown
from xiuhua.apps.registry.models import (
    Change,
    Household,
    IncomeStatement,
    Person,
    VillageChange,
    VillageFacts,
)
from xiuhua.apps.registry.selectors import household_get
from xiuhua.core.dictionary.model import Field


LEVELS: Final[dict[type[Any], str]] = {
    Household: "household",
    Person: "person",
    IncomeStatement: "household",
    VillageFacts: "village",
}


@dataclass(frozen=True)
class FieldChange:
    """One column's change as a post sees it; `field` is None where there is none.

    Columns without a field of the dictionary are status and membership.
    """

    column: str
    field: Field | None
    old: Any
    new: Any
    showing: Showing


@dataclass(frozen=True)
class HistoryLine:
    """One change of one row: the act, its days and actor, and what changed."""

    change_id: int
    act: str
    household_id: int
    other_household_id: int | None
    person_id: int | None
    statement_id: int | None
    valid_from: date
    recorded_at: datetime
    by_user: str
    by_post: str
    order_number: str
    batch_id: int | None
    undone: bool
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class HouseholdThen:
    """A household on a day as known on another; values by column, none left out.

    What was unknown then is missing from `values`.
    """

    household: Household
    known: Known
    values: dict[str, Any]
    members: tuple[dict[str, Any], ...]
    incomes: tuple[dict[str, Any], ...]

    @property
    def exists(self) -> bool:
        """Test whether the household was entered by then."""
        return bool(self.values)


def change_list(
    *, viewer: Post, household_id: int, person_id: int | None = None
) -> QuerySet[Change]:
    """Return the changes of a household and its members, newest first.

    Raises:
        HouseholdNotFound: when there is none in the viewer's region.
        ScopeMissing: outside a region scope.
    """
    household_get(viewer=viewer, household_id=household_id)
    concerns = Q(household_id=household_id) | Q(other_household_id=household_id)
    # The household was looked at above; a change may name a household elsewhere.
    found = Change.unscoped.filter(concerns).select_related("batch")
    if person_id is not None:
        found = found.filter(person_id=person_id)
    return found.order_by("-pk")


def changes_since(
    *,
    viewer: Post,
    household: Household,
    seen: int,
    person_id: int | None = None,
    statement_id: int | None = None,
) -> list[Change]:
    """Return what changed a row after the version that was seen, oldest first.

    Of a household, a member or an income statement. Members who came or went count a
    household on without changing a column of it: then they are what is returned.

    Raises:
        HouseholdNotFound: when there is none in the viewer's region.
        ScopeMissing: outside a region scope.
    """
    every = change_list(viewer=viewer, household_id=household.pk).order_by("pk")
    own = every.filter(person_id=person_id, statement_id=statement_id)
    found = list(own.filter(row_version__gt=seen))
    if found or person_id or statement_id:
        return found
    return list(every.filter(recorded_at=household.changed_at))


def history_lines(*, viewer: Post, changes: Sequence[Change]) -> list[HistoryLine]:
    """Return changes as a post sees them: values masked as on every page."""
    return [_line(change, viewer) for change in changes]


def field_history(
    *, viewer: Post, household_id: int, column: str, person_id: int | None = None
) -> list[HistoryLine]:
    """Return every change of one column of a household or a member, newest first.

    Raises:
        HouseholdNotFound: when there is none in the viewer's region.
        ScopeMissing: outside a region scope.
    """
    changes = change_list(viewer=viewer, household_id=household_id, person_id=person_id)
    if person_id is None:
        changes = changes.filter(person__isnull=True)
    told = [change for change in changes if column in change.new]
    return history_lines(viewer=viewer, changes=told)


def household_as_of(
    *,
    viewer: Post,
    household_id: int,
    as_of: date,
    known_at: datetime | None = None,
) -> HouseholdThen:
    """Return a household as it was on a day, as far as was known at an instant.

    Raises:
        HouseholdNotFound: when there is none in the viewer's region.
        ScopeMissing: outside a region scope.
    """
    household = household_get(viewer=viewer, household_id=household_id)
    known = Known(as_of, known_at)
    changes = list(change_list(viewer=viewer, household_id=household_id))
    own = [c for c in reversed(changes) if c.household_id == household_id]
    rows = by_row(own)
    values = folded(rows.get((Household._meta.label, household_id), []), known)
    if "number" not in values:
        # Something was said of that day, but the household was entered later.
        values = {}
    persons = {c.person_id for c in changes if c.person_id is not None}
    return HouseholdThen(
        household,
        known,
        dict(plain(Household, values)),
        tuple(_members(household_id, persons, known)) if values else (),
        tuple(_incomes(rows, known)) if values else (),
    )


def _members(
    household_id: int, persons: set[int], known: Known
) -> Iterator[dict[str, Any]]:
    # All that is known of them, wherever they lived when it was recorded.
    every = Change.unscoped.filter(person_id__in=persons).select_related("batch")
    for (_, pk), changes in sorted(by_row(every.order_by("pk")).items()):
        kept = folded(changes, known)
        if is_member(kept, household_id):
            yield {"id": pk, **dict(plain(Person, kept))}


def _incomes(
    rows: dict[tuple[str, int], list[Change]], known: Known
) -> Iterator[dict[str, Any]]:
    for (label, pk), changes in sorted(rows.items()):
        kept = folded(changes, known)
        if label == IncomeStatement._meta.label and kept:
            yield {"id": pk, **dict(plain(IncomeStatement, kept))}


def _line(change: Change, viewer: Post) -> HistoryLine:
    model: Any = Household
    if change.person_id is not None:
        model = Person
    elif change.statement_id is not None:
        model = IncomeStatement
    return HistoryLine(
        change_id=change.pk,
        act=change.act,
        household_id=change.household_id,
        other_household_id=change.other_household_id,
        person_id=change.person_id,
        statement_id=change.statement_id,
        valid_from=change.valid_from,
        recorded_at=change.recorded_at,
        by_user=change.by_user,
        by_post=change.by_post,
        order_number=change.order_number,
        batch_id=change.batch_id,
        undone=change.batch is not None and change.batch.undone_at is not None,
        fields=tuple(
            field_change(model, column, change, viewer) for column in sorted(change.new)
        ),
    )


def field_change(
    model: Any, column: str, change: Change | VillageChange, viewer: Post
) -> FieldChange:
    """Return what a change says of one column, as a post sees it."""
    field = field_of(LEVELS[model], column)
    old, new = (
        opened_value(model, column, kept.get(column))
        for kept in (change.old, change.new)
    )
    if field is None:
        return FieldChange(column, None, old, new, Showing.FULL)
    before, after = (shown(field, value, viewer.rights) for value in (old, new))
    return FieldChange(column, field, before.value, after.value, after.showing)
