"""A drive, and what held it up, as forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.supervision.choices import CLASSES, KINDS, SOURCES
from xiuhua.web.forms import ActForm, DateInput


class DriveForm(ActForm):
    """A drive: where, against which problems, from when until when, on what."""

    name = forms.CharField(label=_("Name of the drive"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind of drive"), choices=KINDS)
    regions = forms.MultipleChoiceField(
        label=_("Regions of the drive"),
        help_text=_("One or several; a region holds its parts."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    sources = forms.MultipleChoiceField(
        label=_("Problems of these sources"),
        choices=SOURCES,
        required=False,
        help_text=_("None chosen: all."),
        widget=forms.CheckboxSelectMultiple,
    )
    classes = forms.MultipleChoiceField(
        label=_("Problems of these classes"),
        choices=CLASSES,
        required=False,
        help_text=_("None chosen: all."),
        widget=forms.CheckboxSelectMultiple,
    )
    indicators = forms.MultipleChoiceField(
        label=_("Indicators shown beside the problems"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = forms.DateField(label=_("Begins on"), widget=DateInput)
    ends_on = forms.DateField(label=_("Deadline"), widget=DateInput)
    reserve_days = forms.IntegerField(
        label=_("Reserve in days"),
        min_value=0,
        max_value=3650,
        initial=0,
        help_text=_(
            "Kept free before the deadline for closing gaps: work is planned to end "
            "before it begins."
        ),
    )
    document = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("The document the deadline rests on."),
    )

    def __init__(
        self,
        *args: Any,
        regions: list[tuple[str, Any]],
        indicators: list[tuple[str, Any]],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["regions"].choices = regions
        self.fields["indicators"].choices = indicators


class ShockForm(ActForm):
    """What held a drive up, and on which days."""

    name = forms.CharField(
        label=_("What held the work up"),
        max_length=100,
        help_text=_("Epidemic, flood, snow. These days count against no place."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput)
