"""Written and given values → values of a type."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from xiuhua.core.standards.expressions import Kind, Type, Value


def to_value(raw: Any, type_: Type) -> Value | None:
    """Return a written or given value in a parameter's type, None when it is none.

    Texts are taken as a command line gives them.
    """
    if type_.kind is Kind.NUMBER:
        if isinstance(raw, bool):
            return None
        try:
            value = Fraction(str(raw).strip())
        except (ValueError, ZeroDivisionError):
            return None
        fits = (value * 10**type_.scale).denominator == 1
        return (
            value if fits and abs(value) < 10 ** (type_.digits - type_.scale) else None
        )
    if type_.kind is Kind.BOOLEAN:
        words = {
            "true": True,
            "yes": True,
            "是": True,
            "false": False,
            "no": False,
            "否": False,
        }
        return raw if isinstance(raw, bool) else words.get(str(raw).strip().lower())
    if type_.kind is Kind.DATE:
        if isinstance(raw, date):
            return raw
        try:
            return date.fromisoformat(str(raw).strip())
        except ValueError:
            return None
    return str(raw).strip() if raw is not None else None
