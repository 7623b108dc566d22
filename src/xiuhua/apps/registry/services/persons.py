"""Members of a household: entered and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.acts.members import (
    checked_person,
    head_follows,
    member_entered,
    persons_counted,
)
from xiuhua.apps.registry.acts.recording import (
    Act,
    act_finished,
    check_not_ended,
    household_locked,
    person_locked,
    row_changed,
)
from xiuhua.apps.registry.acts.restating import row_restated
from xiuhua.apps.registry.models import Person
from xiuhua.apps.registry.rules import check_past
from xiuhua.apps.registry.values import ValueWrong


JOINING: Final = ("add", "marriage", "adoption")


@transaction.atomic
def person_add(
    *,
    household_id: int,
    version: int | None,
    values: Mapping[str, Any],
    valid_from: date,
    by: Post,
    at: datetime,
    kind: str = "add",
    order_number: str = "",
) -> Person:
    """Enter a member who was left out, married in or was adopted.

    `kind` says which (`JOINING`), `person_id` in `values` is their number, `version`
    is the household's. Births have an act of their own.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        NumberTaken: when the number is another person's.
        FieldUnknown: when a field is none of the level.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when a birth or an exit is still to come.
    """
    if kind not in JOINING:
        raise ValueWrong("{field}: this value cannot be", field="kind")
    household = household_locked(household_id, version=version, by=by)
    check_not_ended(household)
    act = Act(kind, by, at, valid_from, order_number)
    change = member_entered(household, values, act)
    persons_counted(household, +1, act)
    act_finished("registry.person.added", household, [change], act)
    return Person.unscoped.get(pk=change.person_id)


@transaction.atomic
def person_correct(
    *,
    person_id: int,
    version: int | None,
    values: Mapping[str, Any],
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
    restated: bool = False,
) -> Person:
    """Correct facts of a person; None makes a fact unknown.

    The head's name and ID number are those of the household as well. Nothing is written
    when nothing differs, unless `restated` says that all these values have held since
    `valid_from` already.

    Raises:
        PersonMissing: when there is none in the post's region.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the person has been changed since.
        FieldUnknown: when a field is none of the level, or has an act of its own.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when a birth or an exit is still to come.
    """
    person = person_locked(person_id, version=version, by=by)
    act = Act("correct", by, at, valid_from, order_number)
    facts = checked_person(values)
    check_past(facts, on=act.day)
    held = row_restated(person, facts, act) if restated else None
    change = row_changed(person, facts, act)
    changes = [held, change, head_follows(person, change, act)]
    act_finished("registry.person.corrected", person.household, changes, act)
    return person
