"""Forms about people and posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import ROLES, SECTORS, Kind
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.shell import worded


class SearchForm(forms.Form):
    """A part of a name; sent as a form, so that no name stands in an address."""

    search = forms.CharField(
        label=_("Name or user name"), required=False, max_length=100
    )
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class RegisterForm(ActForm):
    """A person who is to be able to sign in."""

    full_name = forms.CharField(label=_("Name"), max_length=100)
    username = forms.CharField(
        label=_("User name"),
        max_length=50,
        help_text=_("Letters, digits and . _ - @ +; it stays the person's for good."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class GrantForm(ActForm):
    """A post: what, where, from when to when, on which instruction."""

    role = forms.ChoiceField(label=_("Role"))
    region = forms.RegexField(
        r"^[0-9]{2,12}$",
        label=_("Region code"),
        help_text=_(
            "2 digits: province, 4: prefecture, 6: county, 9: township, 12: village."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "list": "regions"}),
    )
    sector = forms.ChoiceField(
        label=_("Sector"),
        required=False,
        help_text=_("For posts of a sector bureau alone."),
    )
    valid_from = forms.DateField(label=_("From"), widget=DateInput)
    valid_to = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DateInput,
        help_text=_("The first day without the post. Checks must have an end."),
    )
    order_number = forms.CharField(
        label=_("Instruction"), required=False, max_length=100
    )

    def __init__(self, *args: Any, kinds: Iterable[Kind], **kwargs: Any):
        super().__init__(*args, **kwargs)
        roles = [r for r in ROLES.values() if r.kind in set(kinds)]
        self.fields["role"].choices = [(r.code, worded(r.label)) for r in roles]
        sectors = [(code, worded(label)) for code, label in SECTORS.items()]
        self.fields["sector"].choices = [("", _("none")), *sectors]


class EndForm(ActForm):
    """The end of a post."""

    on = forms.DateField(label=_("First day without the post"), widget=DateInput)
    order_number = forms.CharField(
        label=_("Instruction"), required=False, max_length=100
    )


class ReasonForm(ActForm):
    """An act on an account asks why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is recorded. Name no household here."),
    )
