"""Pair a household, end a pairing, state kin, take helpers over from the archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import pairings as selectors
from xiuhua.apps.assistance.selectors import people as selected_people
from xiuhua.apps.assistance.services import pairings, people
from xiuhua.apps.registry import selectors as registry
from xiuhua.web.access import allow
from xiuhua.web.pages.assistance.forming import form_page, helper_said
from xiuhua.web.pages.assistance.forms import (
    KinForm,
    PairForm,
    PairingEndForm,
    SeedForm,
)
from xiuhua.web.pages.households.shown import name_shown


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def pair(request: HttpRequest, household_id: int) -> HttpResponse:
    """Say who helps a household from a day on."""
    home = registry.household_get(viewer=request.post, household_id=household_id)
    running = selectors.pairing_list(viewer=request.post, on=timezone.localdate())
    now = running.filter(household=home).first()
    said = {"replaces": now.pk if now else None, "helper": request.GET.get("helper")}
    form = PairForm(request.POST or None, initial=said)
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        pairings.pairing_open(
            helper=helper,
            household=home,
            starts_on=form.cleaned_data["starts_on"],
            replaces=form.cleaned_data["replaces"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return home_address(household_id)

    note = ""
    if now:
        words = _("Helped since %(day)s by %(who)s, until the new pairing starts.")
        who = name_shown(now.helper.name, request.post.rights)
        note = words % {"day": now.starts_on, "who": who}
    return form_page(
        request,
        form,
        act,
        title=_("Who helps this household"),
        back=home_address(household_id),
        region=home.village_id,
        name=name_shown(home.head_name, request.post.rights),
        note=note,
        kin=_kin(request, home),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def kin(request: HttpRequest, household_id: int) -> HttpResponse:
    """State that a helper is close kin of a household."""
    home = registry.household_get(viewer=request.post, household_id=household_id)
    form = KinForm(request.POST or None)
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        people.kinship_state(
            helper=helper,
            household=home,
            relation=form.cleaned_data["relation"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return home_address(household_id)

    return form_page(
        request,
        form,
        act,
        title=_("Close kin who may not help"),
        back=home_address(household_id),
        region=home.village_id,
        name=name_shown(home.head_name, request.post.rights),
        kin=_kin(request, home),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def pairing_end(request: HttpRequest, pairing_id: int) -> HttpResponse:
    """End a pairing."""
    found = selectors.pairing_get(viewer=request.post, key=pairing_id)
    form = PairingEndForm(request.POST or None, version=found.version)

    def act(at: datetime) -> str:
        pairings.pairing_end(
            pairing=found,
            version=form.cleaned_data["version"],
            ended_on=form.cleaned_data["ended_on"],
            reason=form.cleaned_data["reason"],
            by=request.post,
            at=at,
        )
        return home_address(found.household_id)

    return form_page(
        request,
        form,
        act,
        title=_("End the pairing"),
        back=home_address(found.household_id),
        region=found.household.village_id,
        name=name_shown(found.household.head_name, request.post.rights),
        note=name_shown(found.helper.name, request.post.rights),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def seed(request: HttpRequest) -> HttpResponse:
    """Take helpers over from the archive for households nobody helps."""
    form = SeedForm(request.POST or None)

    def act(at: datetime) -> str:
        pairings.pairings_seed(
            region=request.post.region_id,
            starts_on=form.cleaned_data["starts_on"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:uncovered")

    return form_page(
        request,
        form,
        act,
        title=_("Take helpers over from the archive"),
        back=reverse("assistance:index"),
        region=request.post.region_id,
        note=_(
            "Households that somebody helps are left alone. A name with its unit is "
            "one person; units and helpers that are missing are entered."
        ),
    )


def home_address(household_id: Any) -> str:
    """Return where a household's page says who helps."""
    return f"{reverse('households:page', args=[household_id])}#helped"


def _kin(request: HttpRequest, home: Any) -> list[tuple[str, str]]:
    """Return which helpers are close kin of a household, as the post sees names."""
    return [
        (name_shown(row.helper.name, request.post.rights), row.relation)
        for row in selected_people.kin_of(household=home)
    ]
