"""Persons come to a household, go over to another, leave, come back."""

from __future__ import annotations

from datetime import date
from typing import Any

from xiuhua.apps.registry.acts.members import (
    check_membership,
    checked_person,
    persons_counted,
)
from xiuhua.apps.registry.acts.recording import (
    Act,
    check_not_ended,
    row_changed,
)
from xiuhua.apps.registry.acts.spans import SpanStep, spans_follow
from xiuhua.apps.registry.models import Change, Household, Person
from xiuhua.core.errors import XiuhuaError


class MembershipUnclear(XiuhuaError):
    """The person is no member, or is one already: the act cannot be."""

    code = "registry.membership_unclear"


def person_moved(person: Person, home: Household, act: Act) -> Change:
    """Let a member go over to another household; the counts are the caller's.

    Raises:
        MembershipUnclear: when the person has left, or lives there already.
        HouseholdEnded: when the household is no more.
        DayWrong: when the person came to the present household later.
    """
    before = person.household
    if person.ended_on is not None or before.pk == home.pk:
        raise MembershipUnclear("this person cannot go over to that household")
    check_not_ended(home)
    change = _membership_changed(person, {"household_id": home.pk}, act)
    change.household, change.other_household = before, home
    return change


def person_gone(person: Person, reason: str, act: Act) -> Change:
    """End a membership; the count is the caller's.

    Raises:
        MembershipUnclear: when the person has left already.
        DayWrong: when the person came to the present household later.
    """
    if person.ended_on is not None:
        raise MembershipUnclear("this person has left already")
    ended = {"ended_on": act.valid_from, "ended_reason": reason}
    return _membership_changed(person, ended, act)


def person_back(person: Person, act: Act) -> Change:
    """Begin a membership again in the same household; the count is the caller's.

    Raises:
        MembershipUnclear: when the person is a member, or has died.
        HouseholdEnded: when the household is no more.
        DayWrong: when the person left later.
    """
    if person.ended_reason != "left":
        raise MembershipUnclear("this person has not left")
    check_not_ended(person.household)
    return _membership_changed(person, {"ended_on": None, "ended_reason": ""}, act)


def household_over(
    household: Household, reason: str, act: Act, *, persons: int = 0
) -> Change | None:
    """End a household whose members are gone; `persons` are those that go with it.

    Raises:
        HouseholdEnded: when it has ended already.
        MembershipUnclear: when members are left.
    """
    check_not_ended(household)
    household.persons_count -= persons
    if household.persons_count:
        raise MembershipUnclear("there are members left in the household")
    ended: dict[str, Any] = {"registration": "ended", "ended_on": act.valid_from}
    change = row_changed(household, {**ended, "ended_reason": reason}, act)
    type(household).unscoped.filter(pk=household.pk).update(persons_count=0)
    values = {"registration": "ended"}
    spans_follow([SpanStep(household, act.valid_from, values, -persons)])
    return change


def members_gone(persons: list[Person], act: Act) -> list[Change | None]:
    """Let members leave together with their household; the counts are the caller's.

    Raises:
        MembershipUnclear: when one has left already.
        DayWrong: when one came to the household later.
    """
    return [person_gone(person, "left", act) for person in persons]


def related_to_head(person: Person, relation: str, act: Act) -> Change | None:
    """Say how a person is related to the head of the household they come to.

    Raises:
        ValueWrong: when there is no such relation.
    """
    return row_changed(person, checked_person({"relation_to_head": relation}), act)


def members_moved(
    persons: list[Person], home: Household, act: Act
) -> list[Change | None]:
    """Let members of one household go over to another and count both anew.

    Raises:
        MembershipUnclear: when one has left, or lives there already.
        HouseholdEnded: when the household is no more.
        DayWrong: when one came to the present household later.
    """
    changes: list[Change | None] = [person_moved(p, home, act) for p in persons]
    persons_counted(home, len(persons), act)
    return changes


def _membership_changed(person: Person, values: dict[str, Any], act: Act) -> Change:
    check_membership(person, act.valid_from)
    person.member_from = act.valid_from
    change = row_changed(person, values, act)
    assert change is not None  # noqa: S101  the callers made sure that it differs
    _member_from_written(person, act.valid_from)
    return change


def _member_from_written(person: Person, day: date) -> None:
    Person.unscoped.filter(pk=person.pk).update(member_from=day)
