"""A file and how it is guarded; a reason where one is asked."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.web.forms import ActForm


MASKS = (
    ("personal", _("for those in charge of the household")),
    ("secret", _("withheld: papers, bank, health; opened for a reason alone")),
)


class FileForm(ActForm):
    """A file to be kept as evidence."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Photo, PDF, OFD, Word or Excel. Place, time and device are taken out of "
            "photos; nobody's whereabouts are kept."
        ),
    )
    mask = forms.ChoiceField(label=_("Who may open it"), choices=MASKS)


class WhyForm(ActForm):
    """Why a withheld file is opened, or a file removed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is recorded. Name no household here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
