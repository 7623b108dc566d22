"""Units and helpers: entered, corrected, shown with what they do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.parameters import cap_of, caps_of
from xiuhua.apps.assistance.selectors import pairings, visits
from xiuhua.apps.assistance.selectors import people as selectors
from xiuhua.apps.assistance.services import people
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.region_codes import contains
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.assistance.forming import form_page
from xiuhua.web.pages.assistance.forms import HelperForm, LeftForm, UnitForm
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import trail


@allow(Permission.HOUSEHOLD_VIEW)
def helper(request: HttpRequest, helper_id: int) -> HttpResponse:
    """Show a helper: whom they help, and their visits, in the post's region."""
    post, day = request.post, timezone.localdate()
    found = selectors.helper_get(viewer=post, key=helper_id)
    mine = pairings.pairing_list(viewer=post).filter(helper=found)
    rows = list(mine.order_by("household__village_id", "-starts_on"))
    villages = {p.household.village_id for p in rows}
    names = regions.names_of(codes=villages, as_of=day)
    made = visits.visit_list(viewer=post).filter(helper=found)[:20]
    may = allows(request, Permission.ASSISTANCE_EDIT)
    context = {
        "helper": found,
        "name": name_shown(found.name, post.rights),
        "in_full": post.rights.shows(Mask.PERSONAL),
        **_cap(found, post, day),
        "pairings": [
            (
                p,
                name_shown(p.household.head_name, post.rights),
                names[p.household.village_id],
            )
            for p in rows
        ],
        "visits": [(v, name_shown(v.household.head_name, post.rights)) for v in made],
        "edits": may and contains(post.region_id, found.unit.region_id),
        "trail": trail(request, post.region_id),
    }
    return render(request, "assistance/helper.html", context)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def helper_enter(request: HttpRequest) -> HttpResponse:
    """Enter somebody who helps."""
    form = HelperForm(request.POST or None, units=_units(request))
    facts = _facts(request, form) if form.is_valid() else {}

    def act(at: datetime) -> str:
        made = people.helper_enter(
            facts=facts, once=form.cleaned_data["once"], by=request.post, at=at
        )
        return reverse("assistance:helper", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Enter a helper"),
        back=reverse("assistance:helpers"),
        region=request.post.region_id,
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def helper_correct(request: HttpRequest, helper_id: int) -> HttpResponse:
    """Correct what is said of a helper."""
    found = selectors.helper_get(viewer=request.post, key=helper_id)
    said = {
        name: getattr(found, name) for name in ("name", "rank", "position", "phone")
    }
    said |= {"unit": str(found.unit_id), "username": _username(found)}
    form = HelperForm(
        request.POST or None,
        units=_units(request),
        version=found.version,
        initial=said,
    )
    facts = _facts(request, form) if form.is_valid() else {}

    def act(at: datetime) -> str:
        people.helper_correct(
            helper=found,
            version=form.cleaned_data["version"],
            facts=facts,
            by=request.post,
            at=at,
        )
        return reverse("assistance:helper", args=[found.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Correct a helper"),
        back=reverse("assistance:helper", args=[found.pk]),
        region=request.post.region_id,
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def helper_left(request: HttpRequest, helper_id: int) -> HttpResponse:
    """Say that a helper has left; their pairings end one by one or by a sheet."""
    found = selectors.helper_get(viewer=request.post, key=helper_id)
    form = LeftForm(request.POST or None, version=found.version)

    def act(at: datetime) -> str:
        people.helper_correct(
            helper=found,
            version=form.cleaned_data["version"],
            facts={"left_on": form.cleaned_data["left_on"]},
            by=request.post,
            at=at,
        )
        return reverse("assistance:helper", args=[found.pk])

    return form_page(
        request,
        form,
        act,
        title=_("The helper has left"),
        back=reverse("assistance:helper", args=[found.pk]),
        region=request.post.region_id,
        note=_("Households they help keep them until somebody else is paired."),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def unit_enter(request: HttpRequest) -> HttpResponse:
    """Enter a unit of the post's region."""
    form = UnitForm(request.POST or None)

    def act(at: datetime) -> str:
        people.unit_enter(
            region=request.post.region_id,
            name=form.cleaned_data["name"],
            affiliation=form.cleaned_data["affiliation"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:units")

    return form_page(
        request,
        form,
        act,
        title=_("Enter a unit"),
        back=reverse("assistance:units"),
        region=request.post.region_id,
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def unit_correct(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Correct a unit."""
    found = selectors.unit_get(viewer=request.post, key=unit_id)
    said = {"name": found.name, "affiliation": found.affiliation}
    form = UnitForm(request.POST or None, version=found.version, initial=said)

    def act(at: datetime) -> str:
        people.unit_correct(
            unit=found,
            version=form.cleaned_data["version"],
            name=form.cleaned_data["name"],
            affiliation=form.cleaned_data["affiliation"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:units")

    return form_page(
        request,
        form,
        act,
        title=_("Correct a unit"),
        back=reverse("assistance:units"),
        region=request.post.region_id,
    )


def _cap(found: Any, post: Any, day: date) -> dict[str, Any]:
    """Return how many households the rank may have here, and which document says so."""
    where = {"unit_region": found.unit.region_id, "region": post.region_id}
    held = caps_of(**where, on=day)
    return {
        "cap": cap_of(rank=found.rank, **where, on=day),
        "cap_document": held.document,
    }


def _units(request: HttpRequest) -> list[tuple[str, str]]:
    own = request.post.region_id
    return [
        (str(unit.pk), unit.name)
        for unit in selectors.unit_list(viewer=request.post)
        if contains(own, unit.region_id)
    ]


def _username(found: Any) -> str:
    return str(found.user.get_username()) if found.user else ""


def _facts(request: HttpRequest, form: HelperForm) -> dict[str, Any]:
    """Return what a form says of a helper as services take it."""
    said = form.cleaned_data
    facts = {name: said[name] for name in ("name", "rank", "position", "phone")}
    facts["unit"] = selectors.unit_get(viewer=request.post, key=int(said["unit"]))
    if said["id_number"]:
        facts["id_number"] = said["id_number"]
    facts["user"] = selectors.user_here(username=said["username"])
    if said["username"] and facts["user"] is None:
        form.add_error("username", _("Nobody signs in by this name."))
    return facts
