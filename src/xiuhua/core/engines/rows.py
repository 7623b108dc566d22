"""Stored rows → rows to be judged: values as the rule language has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from xiuhua.core.dictionary.model import NUMBER_TYPES, Field, Level
from xiuhua.core.engines.memory import Judged
from xiuhua.core.truth import UNKNOWN


def value_of(field: Field, stored: Any) -> Any:
    """Return a stored value in the field's own unit; None is unknown.

    Fen and scaled decimals become exact fractions of the unit.
    """
    if stored is None:
        return UNKNOWN
    if field.type in NUMBER_TYPES and field.scale:
        return Fraction(stored, 10**field.scale)
    return stored


def judged_row(
    level: Level, stored: Mapping[str, Any], below: Iterable[Judged] = ()
) -> Judged:
    """Return a row to be judged; columns the dictionary does not know are left out."""
    values = {
        name: value_of(level.by_name[name], item)
        for name, item in stored.items()
        if name in level.by_name
    }
    return Judged(level.name, values, tuple(below))
