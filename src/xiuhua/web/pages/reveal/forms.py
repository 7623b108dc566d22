"""Which withheld values, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.registry.withholding import EXPLAINED_LEAST, REASONS, Withheld
from xiuhua.web.shell import worded


class RevealForm(forms.Form):
    """Ticked fields, a reason, and what the value is needed for."""

    wanted = forms.MultipleChoiceField(
        label=_("What is to be shown"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )
    reason = forms.ChoiceField(label=_("Reason"))
    explanation = forms.CharField(
        label=_("What it is needed for"),
        min_length=EXPLAINED_LEAST,
        max_length=200,
        help_text=_("Recorded with your name and post. Write no number here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = choices
        reasons = [(code, worded(label)) for code, label in REASONS.items()]
        self.fields["reason"].choices = [("", _("choose")), *reasons]

    def asked(self) -> list[Withheld]:
        """Return what was ticked."""
        return [read(key) for key in self.cleaned_data["wanted"]]


def written(one: Withheld) -> str:
    """Return a withheld field as a form carries it: keys and names, no value."""
    return f"{one.person_id or 0}-{one.field}"


def read(key: str) -> Withheld:
    """Return the withheld field of a key that `written` gave."""
    person, _, field = key.partition("-")
    return Withheld(field, int(person) or None)
