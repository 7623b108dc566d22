"""For what a data sheet is made, and for which region cards are ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.documents.rules import REASON_LEAST


class SheetForm(forms.Form):
    """Why a person's data sheet is made."""

    reason = forms.CharField(
        label=_("What it is needed for"),
        min_length=REASON_LEAST,
        max_length=200,
        help_text=_("Such as: asked for in writing on 12 May. It is recorded."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CardsForm(forms.Form):
    """The region whose cards are to be printed."""

    region = forms.ChoiceField(label=_("Region"))

    def __init__(self, *args: Any, regions: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions
