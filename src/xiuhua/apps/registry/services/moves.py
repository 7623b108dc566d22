"""Households move, split, merge and end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments import services as attachments
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.acts.columns import set_values
from xiuhua.apps.registry.acts.evidence import files_of
from xiuhua.apps.registry.acts.members import (
    check_number_free,
    checked_facts,
    persons_counted,
)
from xiuhua.apps.registry.acts.membership import (
    MembershipUnclear,
    household_over,
    members_gone,
    members_moved,
    person_moved,
)
from xiuhua.apps.registry.acts.recording import (
    Act,
    act_finished,
    check_not_ended,
    check_version,
    household_locked,
    households_locked,
    row_changed,
    row_created,
    unnumbered,
)
from xiuhua.apps.registry.acts.spans import SpanStep, spans_follow, spans_opened
from xiuhua.apps.registry.models import Household, Person


@transaction.atomic
def household_move(
    *,
    household_id: int,
    version: int | None,
    village: str,
    valid_from: date,
    by: Post,
    at: datetime,
    village_group: str | None = None,
    order_number: str = "",
) -> Household:
    """Let a household move to another village; its group there is unknown unless said.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit in both villages.
        NotInForce: when the village does not exist on the day of recording.
        MembershipUnclear: when it lives there already.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        DayWrong: when it is still to come.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=village)
    household = household_locked(household_id, version=version, by=by)
    check_not_ended(household)
    if household.village_id == village:
        raise MembershipUnclear("the household lives in that village already")
    act = Act("move", by, at, valid_from, order_number)
    regions.region_get(code=village, as_of=act.day)
    group = checked_facts({"village_group": village_group})
    here = files_of(household)
    change = row_changed(household, {"village_id": village, **group}, act)
    spans_follow([SpanStep(household, valid_from, {"village_id": village})])
    attachments.subject_follow(old=here, new=files_of(household), by=by, at=at)
    act_finished("registry.household.moved", household, [change], act)
    return household


@transaction.atomic
def household_split(
    *,
    household_id: int,
    version: int | None,
    person_ids: Sequence[int],
    values: Mapping[str, Any],
    valid_from: date,
    by: Post,
    at: datetime,
    number: str = "",
    order_number: str = "",
) -> Household:
    """Let members found a household of their own in the same village.

    It has the status of the household they leave; `values` are its facts.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit.
        NumberTaken: when the number is another household's.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        MembershipUnclear: when nobody goes, all go, or one is no member.
        DayWrong: when it is to come, or before one came to the household.
        FieldUnknown: when a field is none of the level, or has an act of its own.
        ValueWrong: when a value is not of its field's kind.
    """
    household = household_locked(household_id, version=version, by=by)
    check_not_ended(household)
    act = Act("split", by, at, valid_from, order_number)
    leaving = _members(household, person_ids)
    if not 0 < len(leaving) < household.persons_count:
        raise MembershipUnclear("some members must go and some must stay")
    check_number_free(Household, number)
    new = Household(
        number=number or unnumbered(),
        village_id=household.village_id,
        registration=household.registration,
        poverty=household.poverty,
        policies_kept=household.policies_kept,
        monitoring=household.monitoring,
    )
    set_values(new, checked_facts(values))
    founded = row_created(new, act)
    founded.other_household = household
    spans_opened([new], valid_from=valid_from)
    moved = [person_moved(person, new, act) for person in leaving]
    persons_counted(household, -len(leaving), act)
    persons_counted(new, len(leaving), act)
    changes = [founded, *moved]
    act_finished("registry.household.split", household, changes, act, also=[new])
    return new


@transaction.atomic
def household_merge(
    *,
    household_id: int,
    version: int | None,
    into_id: int,
    into_version: int | None,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Household:
    """Let all members of a household go over to another; the household ends.

    Raises:
        HouseholdMissing: when one is not in the post's region.
        HouseholdEnded: when one is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when a version is not given.
        VersionStale: when one of the two has been changed since.
        MembershipUnclear: when the two are one.
        DayWrong: when it is to come, or before a member came to the household.
    """
    locked = households_locked([household_id, into_id], by=by)
    if household_id == into_id:
        raise MembershipUnclear("a household cannot be merged into itself")
    household, home = locked[household_id], locked[into_id]
    check_version(household, version)
    check_version(home, into_version)
    check_not_ended(household)
    act = Act("merge", by, at, valid_from, order_number)
    leaving = _members(household, None)
    changes = members_moved(leaving, home, act)
    over = household_over(household, "merged", act, persons=len(leaving))
    if over is not None:
        over.other_household = home
    changes.append(over)
    there = files_of(home)
    attachments.subject_follow(old=files_of(household), new=there, by=by, at=at)
    act_finished("registry.household.merged", household, changes, act, also=[home])
    return home


@transaction.atomic
def household_end(
    *,
    household_id: int,
    version: int | None,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Household:
    """End a household that moved away altogether, its members with it.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it has ended already.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        DayWrong: when it is to come, or before a member came to the household.
    """
    household = household_locked(household_id, version=version, by=by)
    check_not_ended(household)
    act = Act("leave", by, at, valid_from, order_number)
    members = _members(household, None)
    changes = [*members_gone(members, act)]
    changes.append(household_over(household, "left", act, persons=len(members)))
    act_finished("registry.household.ended", household, changes, act)
    return household


def _members(household: Household, person_ids: Sequence[int] | None) -> list[Person]:
    found = Person.unscoped.select_for_update().filter(
        household=household, ended_on__isnull=True
    )
    if person_ids is not None:
        found = found.filter(pk__in=person_ids)
    members = list(found.order_by("pk"))
    if person_ids is not None and len(members) != len(set(person_ids)):
        raise MembershipUnclear("this person is no member of the household")
    for person in members:
        person.household = household
    return members
