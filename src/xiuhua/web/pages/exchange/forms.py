"""Forms of the exchange."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.exchange.rules import UPLOAD_ENDINGS, Choice, Origin
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.pages.exchange.words import ORIGINS


class SendForm(ActForm):
    """A file, where it comes from, and when it was made."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Excel, CSV or a zip of CSV files: the template, a sheet handed out here, "
            "or an export of the national system as it came."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(sorted(UPLOAD_ENDINGS))}),
    )
    origin = forms.ChoiceField(
        label=_("Where it comes from"),
        choices=[(o.value, ORIGINS[o]) for o in Origin],
        initial=Origin.NATIONAL.value,
        widget=forms.RadioSelect,
    )
    made_on = forms.DateField(
        label=_("Data as of"),
        help_text=_(
            "The day the file was made. What was edited here since then is not "
            "overwritten without asking. Sheets handed out here know it themselves."
        ),
        widget=DateInput,
    )
    clears = forms.BooleanField(
        label=_("Empty cells erase what we know"),
        help_text=_("Otherwise an empty cell changes nothing."),
        required=False,
    )


class DecideForm(ActForm):
    """Which value stays in the conflicts that were ticked."""

    choice = forms.ChoiceField(choices=[(c.value, c.value) for c in Choice])
    row = forms.Field(required=False)
    all_of_them = forms.BooleanField(required=False)


class AskForm(ActForm):
    """A sheet or an export: of which region, which year, how much of it."""

    region = forms.ChoiceField(label=_("Region"))
    year = forms.IntegerField(
        label=_("Income of the year"), min_value=2010, max_value=2100
    )
    whole = forms.BooleanField(
        label=_("All fields, not only those of the template"), required=False
    )
    secret = forms.BooleanField(
        label=_("With identity numbers, bank accounts, health and disability"),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason for these fields"),
        help_text=_("It is recorded before the file can be fetched."),
        max_length=500,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        regions: Sequence[tuple[str, str]],
        may_reveal: bool,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions
        if not may_reveal:
            del self.fields["secret"], self.fields["reason"]


class SheetForm(AskForm):
    """A sheet to be corrected: of a region, or of one person in charge."""

    helper = forms.CharField(
        label=_("Person in charge"),
        help_text=_("Only the households of this person; empty for all."),
        max_length=100,
        required=False,
    )


class ExportForm(AskForm):
    """An export: a workbook, or CSV files in a zip."""

    form = forms.ChoiceField(
        label=_("Form"),
        choices=[("xlsx", _("Excel workbook")), ("csv", _("CSV files in a zip"))],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
