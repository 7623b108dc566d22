"""Values of a staged table as the registry keeps them, and as text for a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from xiuhua.apps.registry.values import checked_value, from_json, to_json
from xiuhua.core.dictionary.model import CODED_TYPES, TEXT_TYPES, Field, FieldType


def reader_of(field: Field) -> Callable[[Any], Any]:
    """Return what turns a stored value of the core's tables into one of the registry.

    Its result may raise `ValueWrong` for texts too long for the registry.
    """
    if field.type in (FieldType.DECIMAL, FieldType.MONEY):
        scale = field.scale
        return lambda value: None if value is None else Decimal(value).scaleb(-scale)
    if field.type in TEXT_TYPES or field.type in CODED_TYPES:
        return lambda value: None if value is None else checked_value(field, value)
    return lambda value: value


def stored_of(field: Field, value: Any) -> Any:
    """Return a value of the registry as the core's tables store it."""
    if isinstance(value, Decimal):
        return int(value.scaleb(field.scale))
    return value


def as_text(value: Any) -> Any:
    """Return a value as the staged outcome keeps it: JSON."""
    return to_json(value)


def of_text(field: Field, kept: Any) -> Any:
    """Return the value the staged outcome keeps."""
    return from_json(field, kept)


def shown(field: Field, kept: Any, language: str) -> str:
    """Return a kept value as a page shows it: with labels and units' decimals.

    >>> from xiuhua.core.dictionary.reader import load_dictionary
    >>> fields = load_dictionary().level("person").by_name
    >>> shown(fields["sex"], "male", "en"), shown(fields["sex"], None, "en")
    ('Male', '')
    """
    if kept is None:
        return ""
    if field.type is FieldType.BOOLEAN:
        words = ("是", "否") if language == "zh" else ("yes", "no")
        return words[0] if kept else words[1]
    if field.codes is not None:
        by_code = field.codes.by_code
        labels = [by_code[code].label.in_(language) for code in str(kept).split(",")]
        return ("、" if language == "zh" else ", ").join(labels)
    if isinstance(kept, date):
        return kept.isoformat()
    return str(kept)
