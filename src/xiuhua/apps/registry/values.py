"""Values of dictionary fields: checked on the way in, as JSON in the history.

Unknown is None, never no and never zero. No database, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    NUMBER_TYPES,
    TEXT_TYPES,
    Field,
    FieldType,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.id_number import tidied


TEXT_LENGTHS: Final = {
    FieldType.CODE: 64,
    FieldType.ID_NUMBER: 40,
    FieldType.BANK_ACCOUNT: 40,
    FieldType.PHONE: 30,
    FieldType.TEXT: 200,
}
SEALED_TYPES: Final = frozenset({FieldType.ID_NUMBER, FieldType.BANK_ACCOUNT})
CHOICES_LENGTH: Final = 200
_YEARS: Final = (1900, 2100)
_INTEGERS: Final = (-(2**31), 2**31 - 1)


class FieldUnknown(XiuhuaError):
    """A value was given for a field the level does not have."""

    code = "registry.field_unknown"


class ValueWrong(XiuhuaError):
    """A value is not of its field's kind or outside what is possible."""

    code = "registry.value_wrong"


def checked_values(level: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by field name as the tables keep them; None is unknown.

    Raises:
        FieldUnknown: when the level has no such field.
        ValueWrong: when a value is not of its field's kind.
    """
    checks = _checks(level)
    strange = sorted(values.keys() - checks.keys())
    if strange:
        raise FieldUnknown(
            "{level} has no field {field}", level=level, field=", ".join(strange)
        )
    found = {}
    for name, value in values.items():
        field, check = checks[name]
        found[name] = None if value is None or value == "" else check(field, value)
    return found


@cache
def _checks(level: str) -> Mapping[str, tuple[Field, Callable[[Field, Any], Any]]]:
    # A batch checks millions of values: what to do with a field is looked up once.
    fields = load_dictionary().level(level).by_name
    return {name: (field, _check_of(field)) for name, field in fields.items()}


def checked_value(field: Field, value: Any) -> Any:
    """Return a value as the tables keep it: text, bool, int, Decimal or date.

    Raises:
        ValueWrong: when it is not of the field's kind; floats never are.
    """
    if value is None or value == "":
        return None
    return _check_of(field)(field, value)


def _check_of(field: Field) -> Callable[[Field, Any], Any]:
    if field.type in TEXT_TYPES:
        return _text
    if field.type in DATE_TYPES:
        return _date
    return _CHECKS.get(field.type, _number)


def _wrong(field: Field, value: Any) -> ValueWrong:
    # Sealed and personal values must not come to stand in a log: name the field alone.
    return ValueWrong("{field}: this value cannot be", field=field.name)


def _of_class(field: Field, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise _wrong(field, value)
    return value


def _text(field: Field, value: Any) -> str | None:
    text = " ".join(_of_class(field, value, str).split())
    if field.type in SEALED_TYPES:
        text = tidied(text)
    if "\0" in text or len(text) > TEXT_LENGTHS[field.type]:
        raise _wrong(field, value)
    return text or None


def _flag(field: Field, value: Any) -> bool:
    return bool(_of_class(field, value, bool))


def _code(field: Field, value: Any) -> str:
    assert field.codes is not None  # noqa: S101  the dictionary's own reader holds it
    if value not in field.codes.by_code:
        raise _wrong(field, value)
    return str(value)


def _codes(field: Field, value: Any) -> str | None:
    many = value.split(",") if isinstance(value, str) else value
    if not isinstance(many, list | tuple | set | frozenset):
        raise _wrong(field, value)
    joined = ",".join(sorted({_code(field, item) for item in many}))
    if len(joined) > CHOICES_LENGTH:
        raise _wrong(field, value)
    return joined or None


def _date(field: Field, value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _wrong(field, value)
    return value.replace(day=1) if field.type is FieldType.MONTH else value


def _number(field: Field, value: Any) -> int | Decimal:
    if isinstance(value, bool | float):
        raise _wrong(field, value)
    try:
        exact = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise _wrong(field, value) from error
    unit = Decimal(1).scaleb(-field.scale)
    least, most = bounds(field)
    # What cannot be kept exactly is refused, never rounded.
    if not exact.is_finite() or not least <= exact <= most or exact % unit:
        raise _wrong(field, value)
    whole = field.type in (FieldType.INTEGER, FieldType.YEAR)
    return int(exact) if whole else exact.quantize(unit)


_CHECKS: Final = {
    FieldType.BOOLEAN: _flag,
    FieldType.CHOICE: _code,
    FieldType.CHOICES: _codes,
}


def bounds(field: Field) -> tuple[int, int]:
    """Return the least and the largest number a field can hold, in its own unit."""
    assert field.type in NUMBER_TYPES  # noqa: S101  only numbers have bounds
    least, most = _YEARS if field.type is FieldType.YEAR else _INTEGERS
    if field.type is FieldType.MONEY and field.maximum is not None:
        least, most = -field.maximum, field.maximum
    if field.minimum is not None:
        least = field.minimum
    return least, most if field.maximum is None else field.maximum


def to_json(value: Any) -> Any:
    """Return a value of a row as the history keeps it.

    >>> to_json(Decimal("12.50")), to_json(date(2019, 6, 23)), to_json(None)
    ('12.50', '2019-06-23', None)
    """
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_json(field: Field, kept: Any) -> Any:
    """Return the value of a dictionary field that the history keeps.

    >>> from_json(load_dictionary().level("household").by_name["pension"], "12.50")
    Decimal('12.50')
    """
    if kept is None:
        return None
    if field.type in DATE_TYPES:
        return date.fromisoformat(kept)
    if field.type in (FieldType.DECIMAL, FieldType.MONEY):
        return Decimal(kept)
    return kept
