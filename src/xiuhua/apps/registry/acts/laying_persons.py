"""Lay the person rows of a batch: entered, corrected, gone over, gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from xiuhua.apps.registry.acts.columns import (
    all_kept,
    fill_values,
    set_values,
)
from xiuhua.apps.registry.acts.laying import Laying, chunks
from xiuhua.apps.registry.acts.members import HEAD, check_membership, checked_person
from xiuhua.apps.registry.acts.quick_writes import (
    blank,
    columns_updated,
    rows_inserted,
    rows_updated,
)
from xiuhua.apps.registry.acts.recording import (
    HouseholdMissing,
    VersionStale,
    check_version,
)
from xiuhua.apps.registry.acts.rows import PersonRow
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.statuses import PersonEnd
from xiuhua.apps.registry.values import ValueWrong


_FACTS: Final = ("relation_to_head", *HEAD)
_WHOLE: Final = tuple(f.name for f in Person._meta.fields if f.name != "id")


def lay_persons(laying: Laying, rows: Sequence[PersonRow]) -> None:
    """Lay person rows in chunks; their households stand already.

    Raises:
        HouseholdMissing: when a household is nowhere in the post's region.
        NotPermitted: when the person's present household lies outside the region.
        VersionMissing: when a row exists and no version is given.
        VersionStale: when it has been changed since, or is gone.
        FieldUnknown: when a field is none of the level.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when the person came to the present household later.
    """
    for some in chunks(rows):
        _lay_chunk(laying, some)


def _lay_chunk(laying: Laying, rows: Sequence[PersonRow]) -> None:
    homes = _homes(laying, rows)
    numbers = [row.number for row in rows]
    found = Person.unscoped.select_for_update().filter(number__in=numbers)
    known = {person.number: person for person in found}
    _housed(known.values(), homes.values())
    new: list[Person] = []
    changed: list[tuple[Person, list[str]]] = []
    days: dict[str, date] = {}
    for row in rows:
        person, home = known.get(row.number), homes[row.household_number]
        days[row.number] = row.valid_from
        if person is None or _is_undone(person, row):
            new.append(_entered(laying, row, home, person))
        else:
            changed.append((person, _changed(laying, person, row, home)))
    rows_inserted(Person, [p for p in new if p.pk is None])
    columns_updated(Person, [p for p in new if p.version > 1], _WHOLE)
    for person in new:
        laying.changed(person, {}, all_kept(person), days[person.number])
        laying.counted(person.household, +1, days[person.number])
    rows_updated(changed)
    spoken = [(p, set(_FACTS)) for p in new] + [(p, set(names)) for p, names in changed]
    _heads_followed(laying, spoken, days)
    laying.counts["persons_new"] += len(new)
    laying.write_changes()


def _heads_followed(
    laying: Laying,
    persons: Sequence[tuple[Person, set[str]]],
    days: Mapping[str, date],
) -> None:
    """Let households be named after their heads, unless the batch names them itself."""
    written: list[tuple[Household, list[str]]] = []
    for person, columns in persons:
        household = laying.touched.get(person.household_id, person.household)
        named = household.pk in laying.named or person.ended_on is not None
        if named or person.relation_to_head != "head":
            continue
        # Who becomes the head lends the household all that is known of them.
        every = "relation_to_head" in columns
        told = {
            of: getattr(person, name)
            for name, of in HEAD.items()
            if (every and getattr(person, name)) or (name in columns and not every)
        }
        old, new = set_values(household, told)
        if new:
            household.version += 1
            household.changed_at = laying.act.at
            laying.touched[household.pk] = household
            laying.changed(household, old, new, days[person.number])
            written.append((household, list(new)))
    rows_updated(written)


def _homes(laying: Laying, rows: Sequence[PersonRow]) -> dict[str, Household]:
    """Return the households of the rows by number; those touched as they are now."""
    numbers = {row.household_number for row in rows}
    found = Household.unscoped.select_for_update().filter(number__in=numbers)
    homes = {}
    for household in found.order_by("pk"):
        homes[household.number] = laying.touched.get(household.pk, household)
    for number in sorted(numbers):
        home = homes.get(number)
        if home is None or home.ended_on is not None:
            raise HouseholdMissing("there is no such household here")
        laying.check_inside(home.village_id)
    return homes


def _housed(persons: Collection[Person], homes: Iterable[Household]) -> None:
    """Give persons the rows of their present households, each read once."""
    at_hand = {household.pk: household for household in homes}
    missing = {person.household_id for person in persons} - at_hand.keys()
    at_hand |= Household.unscoped.select_for_update().in_bulk(missing)
    for person in persons:
        person.household = at_hand[person.household_id]


def _is_undone(person: Person, row: PersonRow) -> bool:
    return person.ended_reason == PersonEnd.UNDONE and row.version is None


def _entered(
    laying: Laying, row: PersonRow, home: Household, undone: Person | None
) -> Person:
    if row.version is not None:
        raise VersionStale("the record has been changed meanwhile")
    if row.ended:
        raise ValueWrong("{field}: this value cannot be", field="ended")
    person = blank(Person)
    person.household = home
    person.number, person.member_from = row.number, row.valid_from
    person.changed_at = laying.act.at
    if undone is not None:
        person.pk, person.version = undone.pk, undone.version + 1
    fill_values(person, _facts(row))
    return person


def _changed(
    laying: Laying, person: Person, row: PersonRow, home: Household
) -> list[str]:
    """Set what differs; return the columns to write."""
    check_version(person, row.version)
    before = laying.touched.get(person.household_id, person.household)
    laying.check_inside(before.village_id)
    values = _facts(row) | _membership(person, row, home)
    old, new = set_values(person, values)
    laying.counts["persons_changed" if new else "persons_unchanged"] += 1
    if not new:
        return []
    person.version += 1
    person.changed_at = laying.act.at
    laying.touched.setdefault(home.pk, home)
    change = laying.changed(person, old, new, row.valid_from)
    if before.pk != home.pk:
        change.household, change.other_household = before, home
    was = not old.get("ended_on", person.ended_on)
    if before.pk != home.pk or was != (person.ended_on is None):
        check_membership(person, row.valid_from)
        person.member_from = row.valid_from
        laying.counted(before, -1 if was else 0, row.valid_from)
        here = person.ended_on is None
        laying.counted(home, +1 if here else 0, row.valid_from)
        return [*new, "member_from"]
    return list(new)


def _membership(person: Person, row: PersonRow, home: Household) -> dict[str, Any]:
    """Return the columns of membership: whose member, and whether still."""
    if row.ended not in ("", PersonEnd.DIED, PersonEnd.LEFT):
        raise ValueWrong("{field}: this value cannot be", field="ended")
    if row.ended and person.ended_on is not None:
        return {"household_id": home.pk, "ended_reason": row.ended}
    ended_on = row.valid_from if row.ended else None
    return {
        "household_id": home.pk,
        "ended_on": ended_on,
        "ended_reason": row.ended,
    }


def _facts(row: PersonRow) -> dict[str, Any]:
    numbers = ("person_id", "household_id")
    return checked_person({n: v for n, v in row.values.items() if n not in numbers})
