"""Values of the dictionary in words for a paper, masked for a role."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from xiuhua.apps.accounts.roles import Role
from xiuhua.core.dictionary.model import Field, FieldType, unit_in
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.messages import translator


Say = Callable[[str], str]
_DATES: Final = {FieldType.DATE: "%Y-%m-%d", FieldType.MONTH: "%Y-%m"}


def field_named(level: str, name: str) -> Field:
    """Return a field of the dictionary."""
    return load_dictionary().level(level).by_name[name]


def in_words(field: Field, value: Any, language: str) -> str:
    """Return a value with its unit; what is not known is said, never left out.

    >>> in_words(field_named("household", "arable_land"), Decimal("3.50"), "en")
    '3.5 mu'
    """
    say = translator(language)
    if value in (None, ""):
        return say("not known")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if field.codes is not None:
        return _codes_in_words(field, str(value), language)
    if field.type in _DATES:
        return str(value.strftime(_DATES[field.type]))
    unit = "" if field.type is FieldType.YEAR else unit_in(field.unit, language)
    return _number(value, field) + unit


def masked(field: Field, value: Any, language: str, rights: Role) -> str:
    """Return a value as a role may see it: a name's first sign, a date's year."""
    if value in (None, "") or rights.shows(field.mask):
        return in_words(field, value, language)
    if field.name.endswith("name"):
        return f"{str(value)[:1]}**"
    if field.type in _DATES:
        return f"{value.year}"
    return translator(language)("withheld")


def label_of(field: Field, language: str) -> str:
    """Return the name of a field."""
    return field.label.in_(language)


def money(value: Decimal | None, language: str) -> str:
    """Return an amount of yuan with two decimals and parted thousands."""
    return translator(language)("not known") if value is None else f"{value:,.2f}"


def _codes_in_words(field: Field, value: str, language: str) -> str:
    known = field.codes.by_code if field.codes else {}
    words = [
        known[code].label.in_(language) if code in known else code
        for code in value.split(",")
    ]
    return ("、" if language == "zh" else ", ").join(words)


def _number(value: Any, field: Field) -> str:
    if not isinstance(value, Decimal):
        return str(value)
    if field.type is FieldType.MONEY:
        return f"{value:,.2f}"
    return f"{value.normalize():f}"
