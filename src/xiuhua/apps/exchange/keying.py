"""Follow the registry: what was changed here is to be keyed into the national system.

Called in the transaction of every act on households. A change that comes from the
national system itself is not to be keyed back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db.models import Q

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.exchange.models import Keying
from xiuhua.apps.registry.acts.restating import RESTATE
from xiuhua.apps.registry.facts import INCOME, field_of
from xiuhua.apps.registry.models import Change, Household, IncomeStatement, Person
from xiuhua.apps.registry.sealed_history import unsealed
from xiuhua.core.dictionary.reader import load_dictionary


WHOLE: Final[Mapping[str, str]] = {"household": "household_id", "person": "person_id"}
"""The field that stands for a whole new record, by level."""
_CHUNK: Final = 800
_national: ContextVar[bool] = ContextVar("from_national_system", default=False)
_Key = tuple[int, int | None, str]
"""Household, person and field."""


@contextmanager
def from_national_system(yes: bool) -> Iterator[None]:
    """Say that the changes made within come from the national system, or do not."""
    token = _national.set(yes)
    try:
        yield
    finally:
        _national.reset(token)


@cache
def position_of(level: str, name: str) -> int | None:
    """Return a field's place among the screens of the national system.

    Households (AC01) come before persons (AB01), fields in the dictionary's order; None
    for a field the national system does not have.
    """
    place = 0
    for known in WHOLE:
        for field in load_dictionary().level(known).fields:
            place += 1
            if (known, field.name) == (level, name):
                return place if field.national else None
    return None


def households_changed(*, household_ids: Sequence[int], by: Post, at: datetime) -> None:
    """Note the fields changed at an instant as to be keyed, or as settled again."""
    if _national.get():
        return
    for start in range(0, len(household_ids), _CHUNK):
        _follow(household_ids[start : start + _CHUNK], by=by, at=at)


def _follow(household_ids: Sequence[int], *, by: Post, at: datetime) -> None:
    changes = Change.unscoped.filter(household_id__in=household_ids, recorded_at=at)
    told = [note for change in changes.order_by("pk") for note in _notes(change)]
    if not told:
        return
    concerns = Q(household_id__in={key[0] for key, _, _ in told})
    concerns |= Q(person_id__in={key[1] for key, _, _ in told if key[1]})
    known: dict[_Key, Keying] = {
        _wherever((k.household_id, k.person_id, k.field)): k
        for k in Keying.unscoped.filter(concerns, done_at__isnull=True)
    }
    fresh: dict[_Key, Keying] = {}
    settled: dict[_Key, Keying] = {}
    moved: dict[_Key, Keying] = {}
    for where, old, new in told:
        key = _wherever(where)
        keying = known.get(key) or fresh.get(key)
        if keying is not None and keying.household_id != where[0]:
            keying.household_id = where[0]
            moved[key] = keying
        if keying is None:
            fresh[key] = _opened(where, old, by=by, at=at)
        elif (
            keying.before == json.dumps(new, ensure_ascii=False)
            and key[2] not in WHOLE.values()
        ):
            (fresh if key in fresh else known).pop(key)
            if keying.pk:
                settled[key] = keying
    Keying.unscoped.filter(pk__in=[k.pk for k in settled.values()]).delete()
    left = [k for k in moved.values() if k.pk]
    Keying.unscoped.bulk_update(left, ["household"], batch_size=_CHUNK)
    Keying.unscoped.bulk_create(fresh.values(), batch_size=_CHUNK)


def _wherever(key: _Key) -> _Key:
    """Return the key of a person's field without the household: it goes with them."""
    household, person, name = key
    return (0 if person else household), person, name


def _notes(change: Change) -> Iterator[tuple[_Key, Any, Any]]:
    """Yield key, value before and value after of each field to be keyed."""
    if change.act == RESTATE:  # the value of today is the one it was
        return
    model: Any = Household
    if change.person_id:
        model = Person
    elif change.statement_id:
        model = IncomeStatement
    level = "person" if model is Person else "household"
    if not change.old and model is not IncomeStatement:
        yield (change.household_id, change.person_id, WHOLE[level]), None, None
        return
    for column, new in change.new.items():
        field = field_of(level, column)
        if field is None or position_of(level, field.name) is None:
            continue
        if model is IncomeStatement and field.name not in INCOME:
            continue
        old = unsealed(model, column, change.old.get(column))
        key = (change.household_id, change.person_id, field.name)
        yield key, old, unsealed(model, column, new)


def _opened(key: _Key, old: Any, *, by: Post, at: datetime) -> Keying:
    household, person, name = key
    level = "person" if person else "household"
    return Keying(
        household_id=household,
        person_id=person,
        level=level,
        field=name,
        position=position_of(level, name) or 0,
        before=json.dumps(old, ensure_ascii=False),
        changed_at=at,
        changed_by=by.actor.name,
    )


def grouped_by_household(
    keyings: Sequence[Keying],
) -> dict[int, list[Keying]]:
    """Return keyings by household, in the order of screens."""
    found: dict[int, list[Keying]] = defaultdict(list)
    for keying in sorted(keyings, key=lambda k: (k.person_id or 0, k.position)):
        found[keying.household_id].append(keying)
    return found
