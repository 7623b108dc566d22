"""Set what regions count down to: the county office's page of campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors.campaigns import campaign_list, countdown_of
from xiuhua.apps.assessments.services.campaigns import (
    FIELDS,
    CampaignChanged,
    campaign_correct,
    campaign_set,
)
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.failures import conflict
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.shell import trail


class CampaignForm(ActForm):
    """A campaign: its name, when it begins and must be done, the reserve, on what."""

    name = forms.CharField(label=_("Name of the campaign"), max_length=100)
    starts_on = forms.DateField(label=_("Begins on"), widget=DateInput)
    deadline = forms.DateField(label=_("Deadline"), widget=DateInput)
    reserve_days = forms.IntegerField(
        label=_("Reserve in days"),
        min_value=0,
        max_value=3650,
        initial=0,
        help_text=_(
            "Kept free before the deadline for closing gaps: work is planned to end "
            "before it begins."
        ),
    )
    document = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("The document the deadline rests on."),
    )


@allow(Permission.REGION_EDIT, "GET", "POST")
def index(request: HttpRequest) -> HttpResponse:
    """Show the campaigns of the region; set another one."""
    form = CampaignForm(request.POST or None)

    def act(at: datetime) -> str:
        said = _said(form)
        campaign_set(region=request.post.region_id, **said, by=request.post, at=at)
        return reverse("room:campaigns")

    if request.method == "POST" and form.is_valid():
        done = _("The campaign is set. The room counts down.")
        answer = acted(request, form, act, done=lambda: done)
        if answer is not None:
            return answer
    return _page(request, form, title=_("Campaigns"))


@allow(Permission.REGION_EDIT, "GET", "POST")
def correct(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Change a campaign as it was shown.

    Raises:
        Http404: when the region has none of that number.
    """
    found = campaign_list(viewer=request.post).filter(pk=campaign_id).first()
    if found is None:
        raise Http404
    shown = {name: getattr(found, name) for name in FIELDS}
    form = CampaignForm(request.POST or None, initial=shown, version=found.version)

    def act(at: datetime) -> str:
        campaign_correct(
            campaign_id=campaign_id,
            version=form.cleaned_data["version"],
            **_said(form),
            by=request.post,
            at=at,
        )
        return reverse("room:campaigns")

    if request.method == "POST" and form.is_valid():
        done = _("The campaign is changed.")
        try:
            answer = acted(request, form, act, done=lambda: done)
        except CampaignChanged:
            return conflict(request, changes=_changes(form, shown), back=request.path)
        if answer is not None:
            return answer
    return _page(request, form, title=found.name)


def _said(form: CampaignForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in FIELDS}


@dataclass(frozen=True)
class Difference:
    """A field somebody else changed: what was sent, what is stored now."""

    label: Any
    old: Any
    new: Any


def _changes(form: CampaignForm, stored: dict[str, Any]) -> list[Difference]:
    """Return the fields in which what was sent differs from what is stored now."""
    sent = _said(form)
    return [
        Difference(form.fields[name].label, sent[name], stored[name])
        for name in sent
        if sent[name] != stored[name]
    ]


def _page(request: HttpRequest, form: CampaignForm, *, title: Any) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "form": form,
        "title": title,
        "trail": trail(request, request.post.region_id),
        "campaigns": _shown(request.post, today),
    }
    return render(request, "room/campaigns.html", context)


def _shown(post: Any, today: date) -> list[tuple[Any, Any, str]]:
    """Return the campaigns with how far they are and the name of their region."""
    found = list(campaign_list(viewer=post))
    names = regions.names_of(codes=[c.region_id for c in found], as_of=today)
    return [(c, countdown_of(c, as_of=today), names[c.region_id]) for c in found]
