"""The data dictionary as model fields, and which column keeps which field.

A level becomes an abstract model with one column per field, named like it. Null is
unknown in every column, texts included. A few fields stand in columns of the models
themselves (`PLACED`); money of the household level stands in income statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from django.db import models

from xiuhua.apps.registry.values import (
    CHOICES_LENGTH,
    SEALED_TYPES,
    TEXT_LENGTHS,
    bounds,
)
from xiuhua.core.dictionary.model import MONEY_MAX_FEN, Field, FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.sealing.fields import BlindIndexField, SealedTextField


PLACED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "household": {
            "household_id": "number",
            "village_code": "village_id",
            "exit_status": "poverty",
        },
        # A person's household is a row, so its number is kept there alone.
        "person": {"person_id": "number", "household_id": "household_id"},
        "village": {"village_code": "village_id"},
    }
)
INCOME: Final = tuple(
    f.name
    for f in load_dictionary().level("household").fields
    if f.type is FieldType.MONEY
)
_CODE_LENGTH: Final = 50


def facts(level: str, names: Iterable[str]) -> Any:
    """Return an abstract model with a column for each of some fields of a level.

    A sealed field has its blind index in the column `<name>_index`.
    """
    fields = load_dictionary().level(level).by_name
    columns: dict[str, models.Field] = {}
    for name in names:
        columns[name] = _column(fields[name])
        if fields[name].type in SEALED_TYPES:
            columns[f"{name}_index"] = BlindIndexField(of=name)
    meta = type("Meta", (), {"abstract": True})
    said = {"__module__": __name__, "__doc__": f"Facts of the level {level}."}
    return type(f"{level}_facts", (models.Model,), {**said, "Meta": meta, **columns})


def fact_names(level: str) -> tuple[str, ...]:
    """Return the fields of a level that are columns of its own row."""
    kept_elsewhere = {*PLACED[level], *(INCOME if level == "household" else ())}
    every = load_dictionary().level(level).fields
    return tuple(f.name for f in every if f.name not in kept_elsewhere)


def column_of(level: str, name: str) -> str:
    """Return the column that keeps a field of a level.

    >>> column_of("household", "exit_status"), column_of("person", "name")
    ('poverty', 'name')
    """
    return PLACED[level].get(name, name)


def field_of(level: str, column: str) -> Field | None:
    """Return the field a column keeps, None for columns the dictionary lacks.

    >>> field_of("household", "poverty").name, field_of("household", "version")
    ('exit_status', None)
    """
    placed = {kept: name for name, kept in PLACED[level].items()}
    return load_dictionary().level(level).by_name.get(placed.get(column, column))


def _column(field: Field) -> models.Field:
    label = field.label.en
    if field.type in SEALED_TYPES:
        return SealedTextField(label)
    said: dict[str, Any] = {"null": True, "blank": True}
    if field.type in TEXT_LENGTHS:
        return models.CharField(label, max_length=TEXT_LENGTHS[field.type], **said)
    if field.type is FieldType.CHOICE:
        return models.CharField(label, max_length=_CODE_LENGTH, **said)
    if field.type is FieldType.CHOICES:
        return models.CharField(label, max_length=CHOICES_LENGTH, **said)
    if field.type is FieldType.BOOLEAN:
        return models.BooleanField(label, **said)
    if field.type is FieldType.YEAR:
        return models.PositiveSmallIntegerField(label, **said)
    if field.type is FieldType.INTEGER:
        return models.IntegerField(label, **said)
    if field.type in (FieldType.DECIMAL, FieldType.MONEY):
        digits = _digits(field)
        return models.DecimalField(
            label, max_digits=digits, decimal_places=field.scale, **said
        )
    return models.DateField(label, **said)


def _digits(field: Field) -> int:
    if field.type is FieldType.MONEY:
        return len(str(MONEY_MAX_FEN))
    return len(str(max(abs(bound) for bound in bounds(field)))) + field.scale
