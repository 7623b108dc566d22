"""What was edited here that a file may not know of yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from xiuhua.apps.exchange.models import Keying
from xiuhua.apps.exchange.rules import Edit
from xiuhua.apps.registry.acts.restating import RESTATE
from xiuhua.apps.registry.facts import INCOME, field_of
from xiuhua.apps.registry.models import (
    Change,
    Household,
    IncomeStatement,
    Person,
    VillageChange,
)
from xiuhua.apps.registry.sealed_history import unsealed
from xiuhua.apps.registry.values import from_json
from xiuhua.core.dictionary.reader import load_dictionary


_CHUNK: Final = 800
Key = tuple[str, int]
"""A level, or `income`, and the key of its row."""


@dataclass(frozen=True)
class Edits:
    """Edits by row and field, and the open keyings behind some of them."""

    by_row: Mapping[Key, Mapping[str, Edit]]
    keyings: Mapping[Key, Mapping[str, int]] = field(default_factory=dict)

    def of(self, level: str, pk: int) -> Mapping[str, Edit]:
        """Return the edits of a row."""
        return self.by_row.get((level, pk), {})

    def keying(self, level: str, pk: int, name: str) -> int | None:
        """Return the open keying of a field of a row."""
        return self.keyings.get((level, pk), {}).get(name)


def edits_of(
    households: Sequence[int], *, since: datetime, with_keyings: bool
) -> Edits:
    """Return the edits of households and their persons recorded after an instant.

    `with_keyings` adds what still has to be keyed, however long ago it was edited: an
    export of the national system cannot hold it yet.
    """
    found: dict[Key, dict[str, Edit]] = {}
    keyings: dict[Key, dict[str, int]] = {}
    for start in range(0, len(households), _CHUNK):
        some = households[start : start + _CHUNK]
        _from_history(some, since, found)
        if with_keyings:
            _from_keyings(some, found, keyings)
    return Edits(found, keyings)


def edits_of_villages(
    codes: Sequence[str], *, year: int, since: datetime
) -> dict[str, dict[str, Edit]]:
    """Return what was edited of villages' reports for a year after an instant."""
    found: dict[str, dict[str, Edit]] = {}
    changes = VillageChange.unscoped.filter(
        village_id__in=codes, year=year, recorded_at__gt=since
    )
    for change in changes.order_by("pk"):
        edits = found.setdefault(change.village_id, {})
        for column in change.new:
            said = field_of("village", column)
            if said is not None and column in change.old:
                before = from_json(said, change.old.get(column))
                edits.setdefault(said.name, Edit(before))
    return found


def _from_history(
    households: Sequence[int], since: datetime, found: dict[Key, dict[str, Edit]]
) -> None:
    changes = Change.unscoped.filter(
        household_id__in=households, recorded_at__gt=since
    ).exclude(act=RESTATE)
    columns = ("household_id", "person_id", "statement_id", "old", "new")
    for household, person, statement, old, new in changes.order_by("pk").values_list(
        *columns
    ):
        key, model = _row_of(household, person, statement)
        edits = found.setdefault(key, {})
        for name, before in _fields(model, old, new):
            # The first of several edits: what it replaced is what the file can know.
            edits.setdefault(name, Edit(before))


def _row_of(
    household: int, person: int | None, statement: int | None
) -> tuple[Key, type[Household] | type[Person] | type[IncomeStatement]]:
    if person:
        return ("person", person), Person
    if statement:
        return ("income", statement), IncomeStatement
    return ("household", household), Household


def _fields(
    model: Any, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterable[tuple[str, Any]]:
    for column in new:
        if model is IncomeStatement and column not in INCOME:
            continue
        said = field_of("person" if model is Person else "household", column)
        if said is not None and column in old:
            yield said.name, from_json(said, unsealed(model, column, old[column]))


def _from_keyings(
    households: Sequence[int],
    found: dict[Key, dict[str, Edit]],
    keyings: dict[Key, dict[str, int]],
) -> None:
    rows = Keying.unscoped.filter(household_id__in=households, done_at__isnull=True)
    for keying in rows:
        key: Key = (keying.level, keying.person_id or keying.household_id)
        said = load_dictionary().level(keying.level).by_name[keying.field]
        before = from_json(said, json.loads(keying.before or "null"))
        found.setdefault(key, {})[keying.field] = Edit(before)
        keyings.setdefault(key, {})[keying.field] = keying.pk
