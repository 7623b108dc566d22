"""A made-up county as the columns of the registry's tables.

What `registry.services.bulk` would write for the same rows, a test holds the two equal;
only the seals differ, as they do between any two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.conf import settings
from fast_rows import Columns, next_key, rows_written, stamp

from xiuhua.apps.registry.facts import column_of
from xiuhua.apps.registry.initials import initials_of
from xiuhua.apps.registry.models import (
    Change,
    Household,
    IncomeStatement,
    Person,
    StatusSpan,
)
from xiuhua.apps.registry.values import SEALED_TYPES
from xiuhua.core.dictionary.model import FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.sealing.cipher import blind_index, sealed


SCALED = (FieldType.MONEY, FieldType.DECIMAL)
STATUS = {"registration": "registered", "monitoring": "none"}


@dataclass(frozen=True)
class Entry:
    """Who enters the rows of a county, when, since when, over which income window."""

    user: str
    post: str
    batch: int
    at: datetime
    since: date
    window: tuple[date, date]
    source: str


@dataclass(frozen=True)
class Keys:
    """The surrogate keys given: of households by row, of persons and of their homes."""

    households: np.ndarray
    persons: np.ndarray
    homes: np.ndarray


def county_written(tables: dict[str, pa.Table], entry: Entry) -> Keys:
    """Write households, members, incomes, spans and the history of all."""
    person, homes = _at_home(tables["household"], tables["person"])
    household = _with_heads(tables["household"], person, homes)
    first = next_key(Household), next_key(Person), next_key(IncomeStatement)
    keys = Keys(
        first[0] + np.arange(household.num_rows),
        first[1] + np.arange(person.num_rows),
        first[0] + homes,
    )
    counts = np.bincount(homes, minlength=household.num_rows)
    same = {"version": 1, "changed_at": stamp(entry.at)}
    money = [
        n for n in household.column_names if _kind("household", n) is FieldType.MONEY
    ]
    facts = household.drop_columns(money)
    history = _histories(facts, "household")
    rows_written(
        Household,
        _facts(facts, "household")
        | _constant(same | STATUS, len(counts))
        | {
            "id": keys.households,
            "name_initials": _initials(household["head_name"]),
            "persons_count": counts,
        },
    )
    _changes(entry, keys.households, history)
    person_history = _persons_written(person, keys, same, entry)
    _changes(entry, keys.homes, person_history, person_id=keys.persons)
    statements = first[2] + np.arange(household.num_rows)
    _incomes_written(household.select(money), keys, statements, same, entry)
    spans = {
        "household_id": keys.households,
        "village_code": household["village_code"],
        "poverty": household["exit_status"],
        "persons_count": counts,
        "valid_from": [entry.since] * len(counts),
    }
    rows_written(StatusSpan, spans | _constant(STATUS, len(counts)))
    return keys


def _at_home(household: pa.Table, person: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """Return the persons whose household is there, and its row."""
    rows = {n: i for i, n in enumerate(household["household_id"].to_pylist())}
    homes = np.array([rows.get(n, -1) for n in person["household_id"].to_pylist()])
    kept = np.flatnonzero(homes >= 0)
    # The services enter members household by household.
    return person.take(kept), homes[kept]


def _with_heads(household: pa.Table, person: pa.Table, homes: np.ndarray) -> pa.Table:
    """Return the households with the ID number of the member who alone is the head."""
    is_head = np.array(person["relation_to_head"].to_pylist()) == "head"
    heads = np.flatnonzero(is_head)
    alone = np.bincount(homes[heads], minlength=household.num_rows) == 1
    row_of = np.full(household.num_rows, -1)
    row_of[homes[heads]] = heads
    rows = pa.array(np.where(alone, row_of, 0), mask=~alone)
    return household.append_column("head_id_number", person["id_number"].take(rows))


def _persons_written(
    person: pa.Table, keys: Keys, same: dict[str, Any], entry: Entry
) -> list[dict[str, Any]]:
    facts = person.drop_columns(["household_id"])
    columns = _facts(facts, "person") | _constant(same, person.num_rows)
    rows_written(
        Person,
        columns
        | {
            "id": keys.persons,
            "household_id": keys.homes,
            "name_initials": _initials(person["name"]),
            "member_from": [entry.since] * person.num_rows,
        },
    )
    history = _histories(facts, "person")
    for said, home in zip(history, keys.homes.tolist(), strict=True):
        said["household_id"] = home
    return history


def _incomes_written(
    money: pa.Table,
    keys: Keys,
    statements: np.ndarray,
    same: dict[str, Any],
    entry: Entry,
) -> None:
    window = {
        "window_from": entry.window[0].isoformat(),
        "window_to": entry.window[1].isoformat(),
        "source": entry.source,
    }
    columns = _facts(money, "household") | _constant(same | window, money.num_rows)
    columns |= {"id": statements, "household_id": keys.households}
    rows_written(IncomeStatement, columns)
    history = [said | window for said in _histories(money, "household")]
    _changes(
        entry,
        keys.households,
        history,
        statement_id=statements,
        since=entry.window[0],
    )


def _changes(
    entry: Entry,
    homes: np.ndarray,
    history: list[dict[str, Any]],
    *,
    since: date | None = None,
    **key: Any,
) -> None:
    same = {
        "act": "import",
        "valid_from": (since or entry.since).isoformat(),
        "recorded_at": stamp(entry.at),
        "by_user": entry.user,
        "by_post": entry.post,
        "row_version": 1,
        "old": "{}",
        "batch_id": entry.batch,
    }
    columns = {"household_id": homes, **key} | _constant(same, len(history))
    columns["new"] = [json.dumps(said, ensure_ascii=False) for said in history]
    rows_written(Change, columns)


def _facts(table: pa.Table, level: str) -> Columns:
    """Return the columns of facts as the database keeps them."""
    found: Columns = {}
    for name in table.column_names:
        if _kind(level, name) in SEALED_TYPES:
            texts, place = table[name].to_pylist(), f"registry.{level}.{name}"
            found[name] = [_seal(text, place) for text in texts]
            found[f"{name}_index"] = [_index(text, place) for text in texts]
            continue
        column = table[name].combine_chunks()
        scale = load_dictionary().level(level).by_name[name].scale
        if _kind(level, name) in SCALED:
            column = pa.compute.divide(column, float(10**scale))
        found[_database_name(level, name)] = column
    return found


def _histories(table: pa.Table, level: str) -> list[dict[str, Any]]:
    """Return all that is known of every row, as the history keeps it."""
    names, columns = [], []
    for name in table.column_names:
        names.append(column_of(level, name))
        columns.append(_as_history(table[name].to_pylist(), level, name))
    extra = STATUS if "number" in names and level == "household" else {}
    return [
        {n: v for n, v in zip(names, row, strict=True) if v is not None} | extra
        for row in zip(*columns, strict=True)
    ]


def _as_history(values: list[Any], level: str, name: str) -> Iterator[Any]:
    field = load_dictionary().level(level).by_name[name]
    if field.type in SEALED_TYPES:
        place = f"registry.{level}.{name}.history"
        return (None if v is None else {"sealed": _seal(v, place)} for v in values)
    if field.type in SCALED:
        form, unit = f"%d.%0{field.scale}d", 10**field.scale
        return (None if v is None else form % divmod(v, unit) for v in values)
    if field.type is FieldType.DATE:
        return (None if v is None else v.isoformat() for v in values)
    return iter(values)


def _kind(level: str, name: str) -> FieldType:
    return load_dictionary().level(level).by_name[name].type


def _database_name(level: str, name: str) -> str:
    column = column_of(level, name)
    return "village_code" if column == "village_id" else column


def _initials(names: pa.ChunkedArray) -> list[str]:
    return [initials_of(name) for name in names.to_pylist()]


def _constant(values: dict[str, Any], count: int) -> Columns:
    return {name: [value] * count for name, value in values.items()}


def _seal(text: str | None, place: str) -> str | None:
    return None if text is None else sealed(text, place=place, keys=settings.FIELD_KEYS)


def _index(text: str | None, place: str) -> str | None:
    if text is None:
        return None
    return blind_index(text, place=place, keys=settings.FIELD_KEYS)
