"""Columns of rows: which are history, how they are set, which are written along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from django.db import models

from xiuhua.apps.registry.initials import initials_of
from xiuhua.apps.registry.models import (
    Household,
    IncomeStatement,
    Person,
    VillageFacts,
)
from xiuhua.apps.registry.sealed_history import kept
from xiuhua.sealing.fields import BlindIndexField


# What follows from other columns or from the act itself is no history of its own.
_DERIVED: Final = frozenset(
    "id name_initials persons_count member_from version changed_at".split()
)
_NAMES: Final[Mapping[type[models.Model], str]] = {
    Household: "head_name",
    Person: "name",
}


@cache
def history_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns of a model whose values its history keeps.

    >>> "phone" in history_columns(Household), "version" in history_columns(Household)
    (True, False)
    """
    skipped = {*_DERIVED, *(() if model is Person else ("household_id",))}
    return tuple(
        f.attname
        for f in model._meta.fields
        if f.attname not in skipped and not isinstance(f, BlindIndexField)
    )


def all_kept(
    row: Household | Person | IncomeStatement | VillageFacts,
) -> dict[str, Any]:
    """Return all that is known of a row, as the history keeps it."""
    model: Any = type(row)
    found = {}
    for name in history_columns(model):
        value = getattr(row, name)
        if value is not None and value != "":
            found[name] = kept(model, name, value)
    return found


def fill_values(row: Any, values: Mapping[str, Any]) -> None:
    """Set the columns of a row that is new: there is no old value to keep."""
    for column, value in values.items():
        setattr(row, column, value)
    name = _NAMES.get(type(row))
    if name and name in values:
        row.name_initials = initials_of(values[name])


def set_values(
    row: Any, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the columns whose values differ; return old and new as the history keeps.

    Columns that follow from others (initials) are set along and are no history.
    """
    model, old, new = type(row), dict[str, Any](), dict[str, Any]()
    for column, value in values.items():
        before = getattr(row, column)
        if before != value:
            old[column] = kept(model, column, before)
            new[column] = kept(model, column, value)
            setattr(row, column, value)
    if _NAMES.get(model) in new:
        row.name_initials = initials_of(getattr(row, _NAMES[model]))
    return old, new


def written_columns(model: type[models.Model], changed: Iterable[str]) -> list[str]:
    """Return the columns to write when some changed: with indexes, initials, version.

    >>> written_columns(Person, ["id_number"])
    ['changed_at', 'id_number', 'id_number_index', 'version']
    """
    columns = {*changed, "version", "changed_at"}
    columns |= {
        f.name
        for f in model._meta.fields
        if isinstance(f, BlindIndexField) and f.of in columns
    }
    if columns & {"head_name", "name"}:
        columns.add("name_initials")
    by_attname = {f.attname: f.name for f in model._meta.fields}
    return sorted(by_attname.get(name, name) for name in columns)
