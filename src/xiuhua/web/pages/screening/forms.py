"""Forms of screening: a standard to adopt, a day, a run."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.core.standards.model import Pack, Param
from xiuhua.core.wording import number_text
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.shell import worded


_PREFIX = "value_"


class DayForm(ActForm):
    """A day."""

    day = forms.DateField(label=_("Day"), widget=DateInput)


class RunForm(ActForm):
    """A run by one of the standards in force."""

    pack = forms.ChoiceField(label=_("Standard"))
    as_of = forms.DateField(
        label=_("As of"),
        widget=DateInput,
        help_text=_(
            "On the day the standard is judged for, current verdicts are renewed; on "
            "any other day the run only shows what was so then."
        ),
    )

    def __init__(self, *args: Any, packs: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choice = self.fields["pack"]
        choice.choices = packs
        if len(packs) == 1:
            # One standard is no question.
            choice.widget, choice.initial = forms.HiddenInput(), packs[0][0]


class ValuesForm(ActForm):
    """A form with a field for every amount and choice a pack asks for by name.

    Left empty, the pack's own value of the day holds.
    """

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._pack = pack
        for param in pack.params.values():
            self.fields[f"{_PREFIX}{param.name}"] = _field_of(param)

    def given(self) -> dict[str, Any]:
        """Return the values given, by the name of the parameter, as plain data."""
        found = {}
        for param in self._pack.params.values():
            value = self.cleaned_data.get(f"{_PREFIX}{param.name}")
            if value in (None, ""):
                continue
            numeric = not param.options and param.type.kind.value == "number"
            # Numbers are kept as they were written: nothing is rounded on the way.
            found[param.name] = number_text(Fraction(value), None) if numeric else value
        return found


class AdoptForm(ValuesForm):
    """A standard to be put in force: on which document, from when, as of which day."""

    document = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("Number or title of the document that puts the standard in force."),
    )
    valid_from = forms.DateField(label=_("In force from"), widget=DateInput)
    as_of = forms.DateField(label=_("Judged as of"), widget=DateInput)
    locked = forms.BooleanField(
        label=_("Locked: regions below may neither raise nor lower it"), required=False
    )
    follows_calendar = forms.BooleanField(
        label=_("Judge as of each new day"), required=False
    )

    field_order = ("document", "valid_from", "as_of", "locked", "follows_calendar")


class TrialForm(ValuesForm):
    """A run by values of one's own, which changes nothing."""

    as_of = forms.DateField(label=_("As of"), widget=DateInput)

    field_order = ("as_of",)


def _field_of(param: Param) -> forms.Field:
    label = worded(param.label)
    said: dict[str, Any] = {"label": label, "required": False}
    if param.options:
        choices = [(code, worded(text)) for code, text in param.options.items()]
        empty = ("", _("as the pack has it"))
        return forms.ChoiceField(choices=[empty, *choices], **said)
    if param.type.kind.value == "number":
        field = forms.DecimalField(max_digits=15, decimal_places=4, **said)
        field.help_text = param.unit
        return field
    if param.type.kind.value == "date":
        return forms.DateField(widget=DateInput, **said)
    return forms.CharField(max_length=100, **said)
