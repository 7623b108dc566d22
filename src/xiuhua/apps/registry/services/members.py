"""Members are born, die, marry, leave and come back; the head changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.acts.members import member_entered, persons_counted
from xiuhua.apps.registry.acts.membership import (
    MembershipUnclear,
    household_over,
    person_back,
    person_gone,
    person_moved,
    related_to_head,
)
from xiuhua.apps.registry.acts.recording import (
    Act,
    act_finished,
    check_not_ended,
    household_locked,
    households_locked,
    person_locked,
    row_changed,
)
from xiuhua.apps.registry.models import Person


@transaction.atomic
def person_birth(
    *,
    household_id: int,
    version: int | None,
    values: Mapping[str, Any],
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Person:
    """Enter a child born into a household; it is a member from its date of birth on.

    `version` is the household's; `values` must hold `birth_date`.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        MembershipUnclear: when no date of birth is given.
        DayWrong: when it is still to come.
        ValueWrong: when a value is not of its field's kind.
    """
    born = values.get("birth_date")
    if not isinstance(born, date):
        raise MembershipUnclear("say when the child was born")
    household = household_locked(household_id, version=version, by=by)
    check_not_ended(household)
    act = Act("birth", by, at, born, order_number)
    change = member_entered(household, values, act)
    persons_counted(household, +1, act)
    act_finished("registry.person.born", household, [change], act)
    return Person.unscoped.get(pk=change.person_id)


@transaction.atomic
def person_death(
    *,
    person_id: int,
    version: int | None,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Person:
    """Record a death; with the last member the household ends.

    Raises:
        PersonMissing: when there is none in the post's region.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the person has been changed since.
        MembershipUnclear: when the person has left already.
        DayWrong: when it is to come, or before the person came to the household.
    """
    person = person_locked(person_id, version=version, by=by)
    act = Act("death", by, at, valid_from, order_number)
    changes = [person_gone(person, "died", act)]
    household = person.household
    if household.persons_count == 1:
        over = household_over(household, "died_out", act, persons=1)
        act_finished("registry.person.died", household, [*changes, over], act)
        return person
    persons_counted(household, -1, act)
    act_finished("registry.person.died", household, changes, act)
    return person


@transaction.atomic
def person_leave(
    *,
    person_id: int,
    version: int | None,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Person:
    """Let a member leave for somewhere the archive does not know.

    Raises:
        PersonMissing: when there is none in the post's region.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the person has been changed since.
        MembershipUnclear: when the person has left already.
        DayWrong: when it is to come, or before the person came to the household.
    """
    person = person_locked(person_id, version=version, by=by)
    act = Act("leave", by, at, valid_from, order_number)
    change = person_gone(person, "left", act)
    persons_counted(person.household, -1, act)
    act_finished("registry.person.left", person.household, [change], act)
    return person


@transaction.atomic
def person_return(
    *,
    person_id: int,
    version: int | None,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Person:
    """Let somebody who left be a member of the same household again.

    Raises:
        PersonMissing: when there is none in the post's region.
        HouseholdEnded: when the household is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the person has been changed since.
        MembershipUnclear: when the person has not left, or has died.
        DayWrong: when it is to come, or before the person left.
    """
    person = person_locked(person_id, version=version, by=by)
    act = Act("return", by, at, valid_from, order_number)
    change = person_back(person, act)
    persons_counted(person.household, +1, act)
    act_finished("registry.person.returned", person.household, [change], act)
    return person


@transaction.atomic
def person_marry(
    *,
    person_id: int,
    version: int | None,
    into_id: int,
    into_version: int | None,
    relation_to_head: str,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Person:
    """Let a member marry into another household of the archive.

    `into_version` is that household's. Who marries in from elsewhere is entered by
    `person_add`, who marries elsewhere leaves.

    Raises:
        PersonMissing: when there is none in the post's region.
        HouseholdMissing: when the household is not in the post's region.
        HouseholdEnded: when the household is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when a version is not given.
        VersionStale: when the person or that household has been changed since.
        MembershipUnclear: when the person has left, or lives there already.
        DayWrong: when it is to come, or before the person came to the household.
        ValueWrong: when there is no such relation.
    """
    # Both households are locked in one order first, so that nobody waits in a ring.
    households_locked([into_id], person_id=person_id, by=by)
    person = person_locked(person_id, version=version, by=by)
    home = household_locked(into_id, version=into_version, by=by)
    left = person.household
    act = Act("marriage", by, at, valid_from, order_number)
    related = related_to_head(person, relation_to_head, act)
    moved = person_moved(person, home, act)
    persons_counted(left, -1, act)
    persons_counted(home, +1, act)
    changes = [related, moved]
    act_finished("registry.person.married", left, changes, act, also=[home])
    return person


@transaction.atomic
def household_head_change(
    *,
    household_id: int,
    version: int | None,
    person_id: int,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Person:
    """Make a member the head: the household is named after them from now on.

    The relation of the head before becomes unknown; those of the others are to be
    corrected, since all of them were relations to that head.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when the household is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        MembershipUnclear: when the person is no member of it.
        DayWrong: when it is still to come.
    """
    household = household_locked(household_id, version=version, by=by)
    check_not_ended(household)
    act = Act("head", by, at, valid_from, order_number)
    members = Person.unscoped.filter(household=household, ended_on__isnull=True)
    head = members.filter(pk=person_id).first()
    if head is None:
        raise MembershipUnclear("this person is no member of the household")
    before = members.filter(relation_to_head="head").exclude(pk=head.pk)
    changes = [row_changed(old, {"relation_to_head": None}, act) for old in before]
    changes.append(row_changed(head, {"relation_to_head": "head"}, act))
    named = {"head_name": head.name, "head_id_number": head.id_number}
    changes.append(row_changed(household, named, act))
    act_finished("registry.household.head_changed", household, changes, act)
    return head
