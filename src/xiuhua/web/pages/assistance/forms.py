"""The forms of who helps; what is unknown stays empty."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import SECTORS
from xiuhua.apps.assistance.choices import (
    GroupPost,
    PairingEnd,
    Rank,
    TeamPost,
    VisitKind,
)
from xiuhua.apps.assistance.roster_days import days_said, spans_said
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.shell import worded


_BY_HAND = {"left", "other", "undone"}


_EARLIEST = date(1990, 1, 1)


def day_field(label: Any, *, required: bool = True, today: bool = True) -> Any:
    """Return a field for a day, today unless said otherwise."""
    return forms.DateField(
        label=label,
        widget=DateInput(),
        required=required,
        initial=timezone.localdate if today else None,
        # A year with a digit too few is no day anybody meant.
        validators=[MinValueValidator(_EARLIEST)],
    )


def helper_field() -> Any:
    """Return a field that names a helper."""
    return forms.CharField(
        label=_("Helper"),
        max_length=100,
        help_text=_("Name or number. The helper must be entered already."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PairForm(ActForm):
    """Who helps a household from when on; `replaces` is the pairing that was seen."""

    helper = helper_field()
    starts_on = day_field(_("From"))
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PairingEndForm(ActForm):
    """When and why a pairing ended."""

    ended_on = day_field(_("Ended on"))
    reason = forms.ChoiceField(
        label=_("Why"), choices=[c for c in PairingEnd.choices if c[0] in _BY_HAND]
    )


class KeepForm(ActForm):
    """Since when a helper stays with a household that moved."""

    since = day_field(_("Since"))


class SeedForm(ActForm):
    """From when on those in the archive help."""

    starts_on = day_field(_("From"))


class KinForm(ActForm):
    """Who is close kin of a household."""

    helper = helper_field()
    relation = forms.CharField(label=_("Relation"), max_length=50)


class UnitForm(ActForm):
    """A unit that helps."""

    name = forms.CharField(label=_("Name"), max_length=100)
    affiliation = forms.CharField(label=_("Belongs to"), max_length=100, required=False)


class HelperForm(ActForm):
    """Somebody who helps; an ID number that is known is not shown again."""

    unit = forms.ChoiceField(label=_("Unit"))
    name = forms.CharField(label=_("Name"), max_length=100)
    rank = forms.ChoiceField(
        label=_("Rank"), required=False, choices=[("", _("not known")), *Rank.choices]
    )
    position = forms.CharField(label=_("Position"), max_length=100, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    id_number = forms.CharField(
        label=_("ID number"),
        max_length=40,
        required=False,
        help_text=_(
            "Kept sealed and never shown; it tells whether somebody would help their "
            "own household. Empty leaves what is known."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=50,
        required=False,
        help_text=_("If the helper signs in here: their visits stand on their page."),
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units


class LeftForm(ActForm):
    """Since when a helper is no longer there."""

    left_on = day_field(_("Left on"))


class TeamForm(ActForm):
    """The work team of a village."""

    village = forms.ChoiceField(label=_("Village"))
    starts_on = day_field(_("From"))
    document = forms.CharField(label=_("Document"), max_length=100, required=False)

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = villages


class MemberForm(ActForm):
    """Somebody joins a work team."""

    helper = helper_field()
    post = forms.ChoiceField(label=_("Post"), choices=TeamPost.choices)
    starts_on = day_field(_("From"))
    until = day_field(_("Agreed until"), required=False, today=False)


class LeaveForm(ActForm):
    """Somebody leaves a work team."""

    ended_on = day_field(_("Left on"))
    reason = forms.CharField(label=_("Why"), max_length=200)


class EndForm(ActForm):
    """The day something ends."""

    ended_on = day_field(_("Ended on"))


class LinkForm(ActForm):
    """Somebody answers for a region; `replaces` is the link that was seen."""

    helper = helper_field()
    starts_on = day_field(_("From"))
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)


class IndicatorsForm(ActForm):
    """The indicators a sector group owns."""

    indicators = forms.MultipleChoiceField(
        label=_("Indicators it owns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = indicators

    def owned(self) -> list[tuple[str, str]]:
        """Return the indicators as services take them."""
        parts = (said.partition(".") for said in self.cleaned_data["indicators"])
        return [(pack, indicator) for pack, _dot, indicator in parts]


class GroupForm(IndicatorsForm):
    """A new sector group with the indicators it owns."""

    name = forms.CharField(label=_("Name"), max_length=100)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    field_order = ("name", "sector", "indicators")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sectors = [(code, worded(label)) for code, label in SECTORS.items()]
        self.fields["sector"].choices = [("", _("none")), *sectors]


class GroupMemberForm(ActForm):
    """Somebody joins a sector group."""

    helper = helper_field()
    post = forms.ChoiceField(label=_("Part"), choices=GroupPost.choices)
    starts_on = day_field(_("From"))


class VisitForm(ActForm):
    """A visit that is planned."""

    helper = helper_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=VisitKind.choices)
    planned_on = day_field(_("Planned for"))


class MadeForm(ActForm):
    """A visit that was made."""

    made_on = day_field(_("Made on"))
    findings = forms.CharField(
        label=_("What was found"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    mending = forms.BooleanField(
        label=_("Something here is to be mended"),
        required=False,
        help_text=_("The village is asked to put it onto the ledger of problems."),
    )


class RecordForm(MadeForm):
    """A visit that was made without having been planned."""

    helper = helper_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=VisitKind.choices)
    field_order = ("helper", "kind", "made_on", "findings", "mending")


class ReasonForm(ActForm):
    """Why something is dropped or returned."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class DriveForm(ActForm):
    """A drive in which every family is visited."""

    name = forms.CharField(label=_("Name"), max_length=100)
    left_only = forms.BooleanField(
        label=_("Only households that have not exited"), required=False
    )
    starts_on = day_field(_("From"))
    last_day = day_field(_("Last day"), today=False)


class SettleForm(ActForm):
    """Nothing to fill in: a step that is taken or not."""


class RosterForm(ActForm):
    """The days of each member of the team in a month, as numbers and spans."""

    def __init__(self, *args: Any, members: list[tuple[int, str]], **kwargs: Any):
        days = kwargs.pop("days", {})
        super().__init__(*args, **kwargs)
        for key, name in members:
            self.fields[f"days_{key}"] = forms.CharField(
                label=name,
                max_length=120,
                required=False,
                initial=spans_said(days.get(key, [])),
                help_text=_("Days of the month, such as 3-7, 12, 20-25."),
            )

    def clean(self) -> dict[str, Any]:
        """Return what is said, the days of each member as numbers under `days`."""
        said: dict[str, Any] = super().clean() or {}
        said["days"] = {}
        for name in [n for n in self.fields if n.startswith("days_")]:
            days = days_said(said.get(name, ""))
            if days is None:
                self.add_error(name, _("Write days of the month, such as 3-7, 12."))
            else:
                said["days"][int(name.removeprefix("days_"))] = days
        return said
