"""What is asked of who changes regions."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.web.forms import ActForm, DateInput


_UNSAID: Final = (("", _("not known")), ("1", _("yes")), ("0", _("no")))


class NameForm(ActForm):
    """Another name from a day on."""

    name = forms.CharField(label=_("Name of the region"), max_length=100)
    on = forms.DateField(label=_("From"), widget=DateInput)
    order_number = forms.CharField(
        label=_("Number of the order"), max_length=100, required=False
    )


class EnterForm(ActForm):
    """A new part of a region."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("The code of the division, beginning with that of the region."),
    )
    name = forms.CharField(label=_("Name of the region"), max_length=100)
    valid_from = forms.DateField(
        label=_("In force from"),
        widget=DateInput,
        required=False,
        help_text=_("Empty: it was always there."),
    )


class ReplaceForm(ActForm):
    """Another code from a day on, or a merger into a region that exists."""

    code = forms.CharField(
        label=_("Code it has from then on"),
        max_length=12,
        help_text=_("A code in force takes this region in; parts keep their endings."),
    )
    name = forms.CharField(label=_("Name of the region"), max_length=100)
    on = forms.DateField(label=_("From"), widget=DateInput)
    order_number = forms.CharField(
        label=_("Number of the order"), max_length=100, required=False
    )


class KeepForm(ActForm):
    """A region that stays after all."""

    order_number = forms.CharField(
        label=_("Number of the order"), max_length=100, required=False
    )


class YearForm(ActForm):
    """What a region counts as in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=1949, max_value=2100)
    poor_village = forms.ChoiceField(
        label=_("Poor village"), choices=_UNSAID, required=False
    )
    deep_poverty = forms.ChoiceField(
        label=_("In deep poverty"), choices=_UNSAID, required=False
    )
    target_class = forms.CharField(
        label=_("Target class"),
        max_length=50,
        required=False,
        help_text=_("The class of places with a goal of their own, as the plan says."),
    )
    document = forms.CharField(label=_("Document"), max_length=100)


class GroupingForm(ActForm):
    """Regions taken together across the tree."""

    name = forms.CharField(label=_("Name of the grouping"), max_length=100)
    key = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=50,
        help_text=_("Letters, digits and hyphens."),
    )
    codes = forms.CharField(
        label=_("Codes of the regions"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One in a line, or parted by commas."),
    )
    document = forms.CharField(label=_("Document"), max_length=100)

    def clean_codes(self) -> list[str]:
        """Return the codes, each once."""
        text = self.cleaned_data["codes"].replace(",", " ").replace("，", " ")
        return sorted(set(text.split()))


class _FileForm(ActForm):
    file = forms.FileField(label=_("File"))


class YearSheetForm(_FileForm):
    """A sheet of what regions count as in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=1949, max_value=2100)
    document = forms.CharField(label=_("Document"), max_length=100)


class DivisionsForm(_FileForm):
    """A list of divisions."""

    valid_from = forms.DateField(
        label=_("In force from"),
        widget=DateInput,
        required=False,
        help_text=_("Empty: they were always there."),
    )


class BoundariesForm(_FileForm):
    """Boundaries with the review number of their map."""

    code_field = forms.CharField(
        label=_("Property with the code"), max_length=50, initial="code"
    )
    review_number = forms.CharField(
        label=_("Map review number"),
        max_length=50,
        help_text=_("It is printed under every map, as the law asks."),
    )


def truth(word: Any) -> bool | None:
    """Return what a choice says; nothing chosen is not known.

    >>> truth("1"), truth("0"), truth("")
    (True, False, None)
    """
    return {"1": True, "0": False}.get(str(word))
