"""What is entered of households and members: checked, and members brought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from xiuhua.apps.registry.acts.columns import set_values
from xiuhua.apps.registry.acts.recording import (
    Act,
    row_changed,
    row_created,
    unnumbered,
)
from xiuhua.apps.registry.acts.spans import SpanStep, spans_follow
from xiuhua.apps.registry.facts import INCOME, PLACED
from xiuhua.apps.registry.models import Change, Household, Person
from xiuhua.apps.registry.rules import DayWrong, check_past
from xiuhua.apps.registry.values import FieldUnknown, checked_values
from xiuhua.core.errors import XiuhuaError


HEAD: Final[Mapping[str, str]] = MappingProxyType(
    {"name": "head_name", "id_number": "head_id_number"}
)
"""What a household says of its head, by the column of the person."""


class NumberTaken(XiuhuaError):
    """Another household or person has the number."""

    code = "registry.number_taken"


def member_entered(household: Household, values: Mapping[str, Any], act: Act) -> Change:
    """Insert a member, return the change; the household's count is the caller's.

    Raises:
        NumberTaken: when the number is another person's.
        FieldUnknown: when a field is none of the level.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when the person is still to be born.
    """
    said = dict(values)
    number = said.pop("person_id", None) or ""
    said.pop("household_id", None)
    check_number_free(Person, number)
    person = Person(
        household=household,
        number=number or unnumbered(),
        member_from=act.valid_from,
        changed_at=act.at,
    )
    facts = checked_person(said)
    check_past(facts, on=act.day)
    set_values(person, facts)
    return row_created(person, act)


def check_number_free(model: type[Household] | type[Person], number: str) -> None:
    """Refuse a number that another row has; none at all is free.

    Raises:
        NumberTaken: when another household or person has it.
    """
    if number and model.unscoped.filter(number=number).exists():
        raise NumberTaken("{number} is the number of another", number=number)


def checked_person(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts of a person as the row keeps them.

    Raises:
        FieldUnknown: when a field is none of the level, or has an act of its own.
        ValueWrong: when a value is not of its field's kind.
    """
    own = sorted(values.keys() & PLACED["person"].keys())
    if own:
        raise FieldUnknown(
            "{field} of {level} has an act of its own",
            level="person",
            field=", ".join(own),
        )
    return checked_values("person", values)


def checked_facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts of a household as its row keeps them.

    Raises:
        FieldUnknown: when a field is none of the level, or has an act of its own.
        ValueWrong: when a value is not of its field's kind.
    """
    own = sorted(values.keys() & {*PLACED["household"], *INCOME})
    if own:
        raise FieldUnknown(
            "{field} of {level} has an act of its own",
            level="household",
            field=", ".join(own),
        )
    return checked_values("household", values)


def with_head(
    values: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the values of a household with the head's name and ID number filled in."""
    heads = [p for p in persons if p.get("relation_to_head") == "head"]
    if len(heads) != 1:
        return dict(values)
    found = {"head_name": heads[0].get("name")}
    found["head_id_number"] = heads[0].get("id_number")
    return {**{k: v for k, v in found.items() if v}, **values}


def head_follows(person: Person, change: Change | None, act: Act) -> Change | None:
    """Let a household be named after its head as corrected; return its change."""
    if change is None or person.relation_to_head != "head" or person.ended_on:
        return None
    told = {of: getattr(person, n) for n, of in HEAD.items() if n in change.new}
    return row_changed(person.household, told, act)


def persons_counted(household: Household, more: int, act: Act) -> None:
    """Count members of a household anew, now and in its spans."""
    household.persons_count += more
    household.version += 1
    household.changed_at = act.at
    household.save(update_fields=["persons_count", "version", "changed_at"])
    spans_follow([SpanStep(household, act.valid_from, persons=more)])


def checked_amounts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return amounts of income as a statement keeps them.

    Raises:
        FieldUnknown: when a field is no amount of a household's income.
        ValueWrong: when an amount is impossible.
    """
    strange = sorted(values.keys() - {*INCOME})
    if strange:
        raise FieldUnknown(
            "{level} has no field {field}", level="income", field=", ".join(strange)
        )
    return checked_values("household", values)


def check_membership(person: Person, day: date) -> None:
    """Refuse that a person comes or goes before what was last said of it.

    Raises:
        DayWrong: when the person came to the present household, or left, later.
    """
    if day < person.member_from:
        raise DayWrong("{day}: the last coming or going was later", day=str(day))
