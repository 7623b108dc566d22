"""What every act does: lock, set, keep the history, record, tell the followers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, TypeVar

from django.db.models import Q
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry import followers
from xiuhua.apps.registry.acts.columns import (
    all_kept,
    set_values,
    written_columns,
)
from xiuhua.apps.registry.acts.quick_writes import blank
from xiuhua.apps.registry.models import (
    Batch,
    Change,
    Household,
    IncomeStatement,
    Person,
)
from xiuhua.apps.registry.rules import check_day
from xiuhua.core.errors import XiuhuaError


Row = TypeVar("Row", Household, Person, IncomeStatement)
UNNUMBERED: Final = "new-"


class HouseholdMissing(XiuhuaError):
    """No such household where the post is held; it may exist elsewhere."""

    code = "registry.household_missing"


class PersonMissing(XiuhuaError):
    """No such person where the post is held; they may exist elsewhere."""

    code = "registry.person_missing"


class HouseholdEnded(XiuhuaError):
    """The household is no more; what concerns members and status is over."""

    code = "registry.household_ended"


class VersionMissing(XiuhuaError):
    """A row that exists was to be changed without saying which version was seen."""

    code = "registry.version_missing"


class VersionStale(XiuhuaError):
    """The row has been changed since it was read."""

    code = "registry.version_stale"


def local_day(at: datetime) -> date:
    """Return the day an instant falls on where the program is used."""
    return timezone.localtime(at).date()


@dataclass(frozen=True)
class Act:
    """Who does what since when: all that the history says beside the values."""

    name: str
    by: Post
    at: datetime
    valid_from: date
    order_number: str = ""
    batch: Batch | None = None

    def __post_init__(self) -> None:
        check_day(self.valid_from, on=self.day)

    @property
    def batch_pk(self) -> int | None:
        """Return the key of the batch the act belongs to."""
        return None if self.batch is None else int(self.batch.pk)

    @cached_property
    def actor(self) -> Actor:
        """Return who acts, as the history and the record name them."""
        return self.by.actor

    @cached_property
    def day(self) -> date:
        """Return the day of recording."""
        return local_day(self.at)


def household_seen(household_id: int, *, by: Post) -> Household:
    """Return a household of the post's region, locked.

    Raises:
        HouseholdMissing: when there is none in the region; foreign ones answer alike.
        NotPermitted: when the post may not edit.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=by.region_id)
    found = Household.unscoped.filter(within(by.region_id, "village_id"))
    household = found.select_for_update().filter(pk=household_id).first()
    if household is None:
        raise HouseholdMissing("there is no such household here")
    return household


def households_locked(
    household_ids: Iterable[int], *, by: Post, person_id: int | None = None
) -> dict[int, Household]:
    """Return households of the post's region by key, locked in the order of keys.

    With `person_id` that person's household is locked in the same order.

    Raises:
        HouseholdMissing: when one is not in the region; foreign ones answer alike.
        NotPermitted: when the post may not edit.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=by.region_id)
    wanted = set(household_ids)
    found = Household.unscoped.filter(within(by.region_id, "village_id"))
    asked = Q(pk__in=wanted) | Q(persons__pk=person_id)
    ids = found.filter(asked).values("pk") if person_id else wanted
    rows = found.filter(pk__in=ids).select_for_update().order_by("pk")
    locked = {household.pk: household for household in rows}
    if not wanted <= locked.keys():
        raise HouseholdMissing("there is no such household here")
    return locked


def household_locked(household_id: int, *, version: int | None, by: Post) -> Household:
    """Return a household of the post's region, locked and unchanged since `version`.

    Raises:
        HouseholdMissing: when there is none in the region; foreign ones answer alike.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
    """
    household = household_seen(household_id, by=by)
    check_version(household, version)
    return household


def person_locked(person_id: int, *, version: int | None, by: Post) -> Person:
    """Return a person of the post's region, locked, with the household locked first.

    Raises:
        PersonMissing: when there is none in the region; foreign ones answer alike.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the person has been changed since.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=by.region_id)
    here = within(by.region_id, "household__village_id")
    of = Person.unscoped.filter(here, pk=person_id).values_list("household_id")
    # One order of locks everywhere, household before person, so nobody waits in a ring.
    household = Household.unscoped.select_for_update().filter(pk__in=of).first()
    person = Person.unscoped.select_for_update().filter(pk=person_id).first()
    if household is None or person is None or person.household_id != household.pk:
        raise PersonMissing("there is no such person here")
    person.household = household
    check_version(person, version)
    return person


def check_not_ended(household: Household) -> None:
    """Refuse acts on members and status of a household that is no more.

    Raises:
        HouseholdEnded: when it has ended.
    """
    if household.ended_on is not None:
        raise HouseholdEnded(
            "the household ended on {day}", day=str(household.ended_on)
        )


def is_void(statement: IncomeStatement, version: int | None) -> bool:
    """Test whether a statement was undone and is now to be stated as if new."""
    return not statement.source and version is None


def check_version(row: Any, version: int | None) -> None:
    """Refuse to change a row that is not as it was seen.

    Raises:
        VersionMissing: when no version is given.
        VersionStale: when the row has another one.
    """
    if version is None:
        raise VersionMissing("say which version of the record was read")
    if row is None or row.version != version:
        raise VersionStale("the record has been changed meanwhile")


def unnumbered() -> str:
    """Return what stands for a number until the row has a key to be numbered by."""
    return f"{UNNUMBERED}{uuid.uuid4()}"


def number_given(row: Household | Person) -> None:
    """Number a row that the national system has not numbered, by its key."""
    row.number = f"{'H' if isinstance(row, Household) else 'P'}{row.pk:09d}"
    type(row).unscoped.filter(pk=row.pk).update(number=row.number)


def row_created(row: Row, act: Act) -> Change:
    """Insert a row and return its first change, which holds all that is known of it."""
    row.changed_at = act.at
    row.save(force_insert=True)
    if isinstance(row, Household | Person) and row.number.startswith(UNNUMBERED):
        number_given(row)
    return change_of(row, {}, all_kept(row), act)


def row_changed(row: Row, values: Mapping[str, Any], act: Act) -> Change | None:
    """Write what differs into a row; return its change, None when nothing did."""
    old, new = set_values(row, values)
    if not new:
        return None
    row.version += 1
    row.changed_at = act.at
    row.save(update_fields=written_columns(type(row), list(new)))
    return change_of(row, old, new, act)


def change_of(
    row: Row, old: Mapping[str, Any], new: Mapping[str, Any], act: Act
) -> Change:
    """Return the change of a row, not yet written."""
    change = blank(Change)
    change.household_id = row.pk if isinstance(row, Household) else row.household_id
    change.person_id = row.pk if isinstance(row, Person) else None
    change.statement_id = row.pk if isinstance(row, IncomeStatement) else None
    change.act, change.valid_from, change.recorded_at = act.name, act.valid_from, act.at
    change.by_user, change.by_post = act.actor.name, act.actor.post
    change.order_number, change.batch_id = act.order_number, act.batch_pk
    change.row_version, change.old, change.new = row.version, dict(old), dict(new)
    return change


def fields_of(changes: Sequence[Change]) -> list[str]:
    """Return the names of the columns that changed, never their values."""
    return sorted({name for change in changes for name in change.new})


def act_finished(
    done: str,
    household: Household,
    changes: Sequence[Change | None],
    act: Act,
    *,
    also: Sequence[Household] = (),
) -> None:
    """Keep the history of an act on a household, record it and tell the followers.

    `also` are further households it concerns, named in the record.

    The record names the columns that changed, never their values: who reads the audit
    sees no household data.
    """
    real = [change for change in changes if change is not None]
    if not real:
        return
    Change.unscoped.bulk_create(real)
    audit.entry_append(
        action=done,
        target="registry.household",
        target_id=str(household.pk),
        target_label=household.number,
        region_code=household.village_id,
        by=act.by.actor,
        at=act.at,
        new={
            "fields": fields_of(real),
            "valid_from": act.valid_from,
            **({"also": [other.number for other in also]} if also else {}),
        },
        order_number=act.order_number,
    )
    followers.tell(
        household_ids=[household.pk, *(h.pk for h in also)], by=act.by, at=act.at
    )
