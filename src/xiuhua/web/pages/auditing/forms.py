"""What is looked for in the record, and against what it is verified."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.record_reading import Question
from xiuhua.web.forms import DateInput
from xiuhua.web.pages.auditing.words import AREAS


ANCHOR_MOST_BYTES = 1 << 20


class QuestionForm(forms.Form):
    """Who, what, when, where; sent as a form, so that no name stands in an address."""

    actor = forms.CharField(label=_("User name"), required=False, max_length=150)
    action = forms.ChoiceField(label=_("What"), required=False)
    region = forms.RegexField(r"^[0-9]{0,12}$", label=_("Region code"), required=False)
    target_id = forms.CharField(label=_("Record"), required=False, max_length=100)
    first = forms.DateField(label=_("From"), required=False, widget=DateInput)
    last = forms.DateField(
        label=_("To and including"), required=False, widget=DateInput
    )
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("everything")), *AREAS.items()]

    def question(self) -> Question:
        """Return what was asked."""
        said = {k: v for k, v in self.cleaned_data.items() if k != "page"}
        return Question(**said)


class VerifyForm(forms.Form):
    """An anchor that was kept elsewhere; without one a cut tail can go unseen."""

    anchor = forms.FileField(
        label=_("Anchor file kept elsewhere"),
        required=False,
        help_text=_("Without one, only breaks inside the record are found."),
    )
