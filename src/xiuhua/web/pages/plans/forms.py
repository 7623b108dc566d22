"""The forms of plans: a measure, agreement, a step, evidence, delay, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.plans.selectors.measures import evidence_kinds
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.shell import worded


Choices = Sequence[tuple[str, Any]]


class MeasureForm(ActForm):
    """What a measure says."""

    kind = forms.ChoiceField(label=_("Class of measure"))
    what = forms.CharField(
        label=_("What will be done"),
        max_length=300,
        help_text=_("How much of what, with whom: five pigs, bought by the co-op."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    answers = forms.ChoiceField(label=_("What it answers"), required=False)
    person = forms.ChoiceField(label=_("For whom"), required=False)
    income_yuan = forms.DecimalField(
        label=_("Expected income (yuan a year)"),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    is_dividend = forms.BooleanField(
        label=_("A dividend alone, without work of the family"), required=False
    )
    money_yuan = forms.DecimalField(
        label=_("Money it takes (yuan)"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    money_source = forms.CharField(
        label=_("Source of the money"), max_length=100, required=False
    )
    unit = forms.CharField(label=_("Responsible unit"), max_length=100, required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    starts_on = forms.DateField(
        label=_("Starts on"), widget=DateInput(), required=False
    )
    deadline = forms.DateField(label=_("To be done by"), widget=DateInput())
    demanded = forms.MultipleChoiceField(
        label=_("Evidence demanded"),
        choices=evidence_kinds,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        owners: Choices,
        persons: Choices,
        answers: Choices,
        signers: Sequence[str] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        classes = load_dictionary().code_lists["measure_class"].codes
        self.fields["kind"].choices = [(c.code, worded(c.label)) for c in classes]
        self.fields["owner"].choices = [("", _("nobody yet")), *owners]
        self.fields["person"].choices = [("", _("the whole family")), *persons]
        self.fields["answers"].choices = [("", _("nothing in particular")), *answers]
        if not persons:
            del self.fields["person"]
        self.signers = signers
        if signers:
            self.fields["owner"].required = True
            self.fields["owner"].choices = list(owners)
            self.fields |= signing_fields(signers)

    def facts(self, owners: dict[str, Any], persons: dict[str, Any]) -> dict[str, Any]:
        """Return what was said as the services take it."""
        said = {
            name: self.cleaned_data[name]
            for name in (
                *("kind", "what", "answers", "income_yuan", "is_dividend"),
                *("money_yuan", "money_source", "unit", "starts_on", "deadline"),
            )
        }
        said["demanded"] = ",".join(sorted(self.cleaned_data["demanded"]))
        said["owner"] = owners.get(self.cleaned_data["owner"])
        said["person"] = persons.get(self.cleaned_data.get("person", ""))
        return said

    def signed(self) -> dict[str, str]:
        """Return who signed, where the form asks for it."""
        return {name: self.cleaned_data[name] for name in self.signers}


class AgreeForm(ActForm):
    """Who agreed, and why a plan in force changes."""

    def __init__(self, *args: Any, again: bool, signers: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.signers = signers
        self.fields |= signing_fields(signers)
        self.fields["reason"].required = again
        if not again:
            del self.fields["reason"]

    def signed(self) -> dict[str, str]:
        """Return who signed."""
        return {name: self.cleaned_data[name] for name in self.signers}


class ProposeForm(ActForm):
    """By when what is proposed is to be done."""

    deadline = forms.DateField(label=_("To be done by"), widget=DateInput())


class ProposeAllForm(ProposeForm):
    """For which village and until when to propose."""

    region = forms.ChoiceField(label=_("Village"))

    field_order: ClassVar = ("region", "deadline")

    def __init__(self, *args: Any, villages: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = villages


class StepForm(ActForm):
    """A step, and the reason where one is asked."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, asks: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["reason"]


class DelayForm(ActForm):
    """Why a measure is late and who answers for it."""

    cause = forms.CharField(
        label=_("Cause of the delay"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    accountability = forms.CharField(
        label=_("Who answers for it, and how"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CloseForm(ActForm):
    """Why a plan is closed, and what of it goes on in the next year."""

    carried = forms.MultipleChoiceField(
        label=_("Goes on in the next year"),
        help_text=_("What is not ticked is dropped with the reason below."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    deadline = forms.DateField(
        label=_("What goes on is to be done by"), widget=DateInput(), required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, measures: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["carried"].choices = measures
        self.fields["carried"].initial = [key for key, _words in measures]
        if not measures:
            del self.fields["carried"]
            del self.fields["deadline"]


class CloseAllForm(ActForm):
    """Of which village and year the plans are closed, and what becomes of the rest."""

    region = forms.ChoiceField(label=_("Village"))
    year = forms.ChoiceField(label=_("year"))
    rest = forms.ChoiceField(
        label=_("What is not finished"),
        choices=[
            ("carry", _("goes on in the next year")),
            ("drop", _("is dropped with the reason")),
        ],
    )
    deadline = forms.DateField(
        label=_("What goes on is to be done by"), widget=DateInput(), required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(
        self, *args: Any, villages: Choices, years: Sequence[int], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = villages
        self.fields["year"].choices = [(str(year), str(year)) for year in years]


class OwnerForm(ActForm):
    """To whom the ticked measures go, and why."""

    owner = forms.ChoiceField(label=_("New owner"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, owners: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = owners


def signing_fields(signers: Sequence[str]) -> dict[str, forms.Field]:
    """Return the fields of who signs, when, and why a plan changes."""
    village = "helper" not in signers
    words = {
        "family": _("Signed for the village")
        if village
        else _("Signed for the family"),
        "helper": _("Signed by the helper"),
        "team": _("Signed by the leader of the work team"),
    }
    made: dict[str, forms.Field] = {
        name: forms.CharField(
            label=words[name],
            max_length=50,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        for name in signers
    }
    made["signed_on"] = forms.DateField(
        label=_("Signed on"),
        help_text=_("The day on the signed paper; today when left empty."),
        widget=DateInput(),
        required=False,
    )
    reason = forms.CharField(label=_("Why the plan changes"), max_length=300)
    return {"reason": reason, **made}
