"""Values of rows in the history: sealed ones stay sealed, bound to their column."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import models

from xiuhua.apps.registry.values import to_json
from xiuhua.sealing.cipher import opened, sealed
from xiuhua.sealing.fields import SealedTextField


# A kept value that is an object with this key is a sealed text.
SEALED: Final = "sealed"


def kept(model: type[models.Model], column: str, value: Any) -> Any:
    """Return a value of a column as the history keeps it."""
    if value is None or column not in _sealed_columns(model):
        return to_json(value)
    text = sealed(value, place=_place(model, column), keys=settings.FIELD_KEYS)
    return {SEALED: text}


def unsealed(model: type[models.Model], column: str, value: Any) -> Any:
    """Return a kept value with its seal opened, as JSON still.

    Raises:
        SealBroken: when it was sealed for another column or its key is gone.
    """
    if not isinstance(value, dict):
        return value
    place = _place(model, column)
    return opened(value[SEALED], place=place, keys=settings.FIELD_KEYS)


def _sealed_columns(model: type[models.Model]) -> frozenset[str]:
    if model not in _SEALED_COLUMNS:
        _SEALED_COLUMNS[model] = frozenset(
            f.name for f in model._meta.fields if isinstance(f, SealedTextField)
        )
    return _SEALED_COLUMNS[model]


_SEALED_COLUMNS: dict[type[models.Model], frozenset[str]] = {}


def _place(model: type[models.Model], column: str) -> str:
    # The history is a place of its own: a text moved from the row does not open here.
    return f"{model._meta.label_lower}.{column}.history"
