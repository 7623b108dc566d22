"""The forms of the archive: facts of a topic, a member, income, bulk changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import Role
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.pages.households.fields import fact_fields, facts_said


_ORDER_LENGTH: Final = 100


class FactsForm(ActForm):
    """Facts of a topic, since when they hold, and on which instruction."""

    valid_from = forms.DateField(
        label=_("So since"),
        widget=DateInput(),
        help_text=_("The day it became so, not the day you enter it."),
    )
    order_number = forms.CharField(
        label=_("On which document"), max_length=_ORDER_LENGTH, required=False
    )
    restated = forms.BooleanField(
        label=_("Every value above has held since that day"),
        required=False,
        help_text=_("Tick it where what is recorded already began to hold earlier."),
    )

    def __init__(
        self,
        *args: Any,
        level: str,
        names: Iterable[str],
        rights: Role,
        row: Any = None,
        **kwargs: Any,
    ):
        super().__init__(*args, version=getattr(row, "version", None), **kwargs)
        self.level, self.names, self.rights, self.row = level, list(names), rights, row
        facts = fact_fields(level, self.names, rights, row)
        self.fields |= facts
        self.order_fields([*facts])
        self.fields["valid_from"].initial = timezone.localdate
        if row is None:
            del self.fields["restated"]

    def said(self) -> dict[str, Any]:
        """Return the facts as services take them."""
        return facts_said(
            self.level, self.cleaned_data, self.names, self.rights, self.row
        )


class IncomeForm(ActForm):
    """The amounts of a year's income, and where the figures come from."""

    source = forms.CharField(label=_("Where the figures come from"), max_length=100)

    def __init__(
        self, *args: Any, names: Iterable[str], rights: Role, row: Any, **kwargs: Any
    ):
        super().__init__(*args, version=getattr(row, "version", None), **kwargs)
        self.names, self.rights, self.row = list(names), rights, row
        self.fields |= fact_fields("household", self.names, rights, row)
        if row is not None:
            self.fields["source"].initial = row.source

    def said(self) -> dict[str, Any]:
        """Return the amounts as services take them."""
        said = facts_said(
            "household", self.cleaned_data, self.names, self.rights, self.row
        )
        return said if self.row else {k: v for k, v in said.items() if v is not None}


class RegisterForm(FactsForm):
    """A new household: where it lives, who is its head, and what is known at once."""

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        village = forms.ChoiceField(label=_("village"), choices=villages)
        self.fields |= {"village": village}
        self.order_fields(["village", *self.names])


def day_of(form: forms.Form) -> date:
    """Return since when the facts of a form hold."""
    day: date = form.cleaned_data["valid_from"]
    return day
