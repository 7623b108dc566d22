"""How forms look and what they carry: errors beside their field, a version, a key.

A form that changes a record inherits `ActForm`: its hidden `version` is what the user
saw, its hidden `once` keeps a second sending of the same form from acting again.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from django import forms
from django.core import validators
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _


ONCE_LENGTH: Final = 43


class FormRenderer(TemplatesSetting):
    """Write forms with the templates of this site."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


# A page has several forms that act: an id would stand there twice.
_NO_ID: Final = {"id": False}


class ActForm(forms.Form):
    """A form that acts: `version` (where a record exists) and `once` are hidden."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput(_NO_ID))
    once = forms.CharField(
        min_length=ONCE_LENGTH, max_length=ONCE_LENGTH, widget=forms.HiddenInput(_NO_ID)
    )

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = new_key
        self.fields["version"].initial = version


class DateInput(forms.DateInput):
    """A day, picked from the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


def speak_plainly() -> None:
    """Say of the commonest mistakes what to do; Django's own words say what failed."""
    forms.Field.default_error_messages["required"] = _("Fill this in.")
    forms.ChoiceField.default_error_messages["invalid_choice"] = _(
        "Choose one of the list."
    )
    forms.DateField.default_error_messages["invalid"] = _(
        "Give a day such as 2026-11-22."
    )
    validators.MinValueValidator.message = _("At least %(limit_value)s.")
    validators.MaxValueValidator.message = _("At most %(limit_value)s.")


def new_key() -> str:
    """Return a fresh key of a form."""
    return secrets.token_urlsafe(32)
