"""Model fields of sealed texts.

    id_number = SealedTextField()
    id_number_index = BlindIndexField(of="id_number")

Only `isnull` can be asked of the sealed column; equality is asked of the index:
`filter(id_number_index=index_of(Person, "id_number", number))`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from xiuhua.sealing.cipher import blind_index, opened, sealed


class SealedTextField(models.TextField):
    """A text that is sealed in the database and plain in Python; null for none.

    An empty text is kept as null: its seal would say by its length that it is empty.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs | {"null": True, "blank": True})

    def get_prep_value(self, value: Any) -> str | None:
        """Return the sealed text."""
        text = super().get_prep_value(value)
        if not text:
            return None
        return sealed(text, place=_place(self), keys=settings.FIELD_KEYS)

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Return the plain text."""
        if value is None:
            return None
        return opened(value, place=_place(self), keys=settings.FIELD_KEYS)

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the lookup `isnull`; every other would compare with a fresh seal."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: ask its index instead")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """Refuse transforms: they would work on the sealed text."""
        raise FieldError(f"{self.name} is sealed and has no {lookup_name}")


class BlindIndexField(models.CharField):
    """The blind index of a sealed field, written whenever its row is written."""

    def __init__(self, *args: Any, of: str, **kwargs: Any):
        self.of = of
        fixed = {"max_length": 64, "null": True, "editable": False}
        super().__init__(*args, **{"db_index": True, **kwargs, **fixed})

    def deconstruct(self) -> Any:
        """Return what a migration needs to make the field again."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Set and return the index of the row's plain text."""
        text = getattr(model_instance, self.of)
        value = index_of(type(model_instance), self.of, text) if text else None
        setattr(model_instance, self.attname, value)
        return value


def index_of(model: type[models.Model], field: str, text: str) -> str:
    """Return the blind index to ask for a text in a sealed field."""
    place = _place(model._meta.get_field(field))
    return blind_index(text, place=place, keys=settings.FIELD_KEYS)


def _place(field: Any) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"
