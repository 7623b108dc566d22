"""The forms of the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.pages.ledger.listing import indicators


class WithFields(ActForm):
    """A form with the fields of one act."""

    def __init__(self, *args: Any, fields: dict[str, forms.Field], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= fields


class FoundForm(ActForm):
    """A problem as it was found."""

    region = forms.ChoiceField(label=_("Where"))
    source = forms.ChoiceField(label=_("source"), choices=Source.choices)
    found_on = forms.DateField(
        label=_("found on"), widget=DateInput(), initial=timezone.localdate
    )
    kind = forms.ChoiceField(label=_("class"), choices=Kind.choices)
    description = forms.CharField(
        label=_("description"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is wrong, where, since when. Name no numbers of papers."),
    )
    indicator = forms.ChoiceField(label=_("indicator"), required=False)
    duty = forms.ChoiceField(label=_("three duties"), required=False)
    precision = forms.ChoiceField(label=_("three precisions"), required=False)
    reference = forms.CharField(
        label=_("found by"),
        max_length=200,
        required=False,
        help_text=_("Document, number of the list, name of the check."),
    )
    is_common = forms.BooleanField(label=_("common problem"), required=False)
    is_policy_level = forms.BooleanField(label=_("of policy itself"), required=False)
    is_immediate = forms.BooleanField(label=_("mended at once"), required=False)

    def __init__(self, *args: Any, post: Any, household: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        day = timezone.localdate()
        none = [("", _("none"))]
        chosen = {
            "region": _places(post, household, day),
            "indicator": [*none, *indicators(post, day)],
            "duty": [*none, *Duty.choices],
            "precision": [*none, *Precision.choices],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = choices


class OutcomeForm(ActForm):
    """What came out of a task."""

    outcome = forms.CharField(
        label=_("outcome"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DrawForm(ActForm):
    """Of which struck-off problems some are drawn, and with which seed."""

    ended_from = forms.DateField(label=_("Struck off from"), widget=DateInput())
    ended_to = forms.DateField(label=_("Struck off to"), widget=DateInput())
    seed = forms.CharField(
        label=_("Seed"),
        max_length=60,
        help_text=_(
            "Drawn in the open, say the date and the numbers of a lottery; the same "
            "seed draws the same problems again."
        ),
    )


class RecheckForm(ActForm):
    """What a second look found."""

    holds = forms.TypedChoiceField(
        label=_("Is it mended?"),
        choices=[("yes", _("yes")), ("no", _("no, it is opened again"))],
        coerce=lambda said: said == "yes",
    )
    found = forms.CharField(
        label=_("what was found"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _places(post: Any, household: Any, day: Any) -> list[tuple[str, str]]:
    """Return the regions of a post and their direct parts; of a household its own."""
    if household is not None:
        names = regions.names_of(codes=[household.village_id], as_of=day)
        return list(names.items())
    return [
        (region.code, f"{'　' * _depth(post, region)}{regions.name_of(region)}")
        for region in regions.region_list(under=post.region_id, as_of=day)
    ]


def _depth(post: Any, region: Any) -> int:
    """Return how many levels a region lies below a post's."""
    lengths = (2, 4, 6, 9, 12)
    return lengths.index(len(region.code)) - lengths.index(len(post.region_id))
