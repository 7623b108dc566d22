"""Visits: the list, one visit, planning, making, dropping; drives and what is left."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.choices import VISIT_STATES
from xiuhua.apps.assistance.rules import LIFE, Act, VisitState
from xiuhua.apps.assistance.selectors import books, pairings, people
from xiuhua.apps.assistance.selectors import visits as selectors
from xiuhua.apps.assistance.services import visits
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.dictionary.model import Mask
from xiuhua.messages import translator
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.assistance.forming import form_page, helper_said
from xiuhua.web.pages.assistance.forms import (
    DriveForm,
    MadeForm,
    ReasonForm,
    VisitForm,
)
from xiuhua.web.pages.assistance.pairing_pages import home_address
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.pages.assistance.visit_tables import (
    drive_table,
    left_table,
    progress_rows,
    visit_table,
)
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.shell import language, trail
from xiuhua.web.tables.answers import answer


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def visit_list(request: HttpRequest) -> HttpResponseBase:
    """Show the visits of a region."""
    region, day = region_asked(request), timezone.localdate()
    table = visit_table(request.post, region=region, day=day)
    rows = selectors.visit_list(viewer=request.post, region=region)
    return listed(request, table, rows, _("Visits"), region)


@allow(Permission.HOUSEHOLD_VIEW)
def unvisited(request: HttpRequest) -> HttpResponseBase:
    """Show the households without a visit in the last quarter."""
    region, day = region_asked(request), timezone.localdate()
    found = selectors.unvisited_list(
        viewer=request.post, region=region, since=selectors.quarter_before(day), on=day
    )
    table = left_table(request.post, region=region, day=day)
    return listed(request, table, found, _("Not visited in a quarter"), region)


@allow(Permission.HOUSEHOLD_VIEW)
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Show a visit, what may be done with it, and why the rest may not."""
    post = request.post
    found = selectors.visit_get(viewer=post, key=visit_id)
    step = selectors.visit_step(found, by=post, today=timezone.localdate())
    say = translator(language())
    context = {
        "visit": found,
        "head": name_shown(found.household.head_name, post.rights),
        "who": name_shown(found.helper.name, post.rights),
        "in_full": post.rights.shows(Mask.PERSONAL),
        "open_acts": {act.value for act in LIFE.open_acts(step)},
        "refused": [
            say(refusal.why)
            for refusal in LIFE.refusals(Act.MAKE, step)
            if Act.MAKE not in LIFE.open_acts(step)
        ],
        "events": [
            (event, VISIT_STATES[VisitState(event.new_state)])
            for event in books.event_list(row=found)[:20]
        ],
        "visiting": allows(request, Permission.VISIT_WRITE),
        "trail": trail(request, found.household.village_id),
    }
    return render(request, "assistance/visit.html", context)


@allow(Permission.VISIT_WRITE, "GET", "POST")
def visit_plan(request: HttpRequest, household_id: int) -> HttpResponse:
    """Plan a visit of a household."""
    home = registry.household_get(viewer=request.post, household_id=household_id)
    running = pairings.pairing_list(viewer=request.post, on=timezone.localdate())
    now = running.filter(household=home).first()
    mine = people.helper_of(user=request.user)
    usual = mine or (now.helper if now else None)
    form = VisitForm(
        request.POST or None, initial={"helper": usual.number if usual else ""}
    )
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        said = {k: form.cleaned_data[k] for k in ("kind", "planned_on", "once")}
        made = visits.visit_plan(
            household=home, helper=helper, **said, by=request.post, at=at
        )
        return reverse("assistance:visit", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Plan a visit"),
        back=home_address(household_id),
        region=home.village_id,
        name=name_shown(home.head_name, request.post.rights),
    )


@allow(Permission.VISIT_WRITE, "GET", "POST")
def visit_make(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Say that a visit was made and what was found."""
    return _stepped(request, visit_id, MadeForm, visits.visit_make, _("Visit made"))


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def visit_drop(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Drop a visit that was planned."""
    return _stepped(
        request, visit_id, ReasonForm, visits.visit_drop, _("Drop the visit")
    )


@allow(Permission.HOUSEHOLD_VIEW)
def drives(request: HttpRequest) -> HttpResponseBase:
    """Show the drives of visits."""
    return listed(
        request,
        drive_table(),
        selectors.drive_list(viewer=request.post),
        _("Drives of visits"),
        request.post.region_id,
        acts=[(reverse("assistance:drive_begin"), _("Begin a drive"))],
    )


@allow(Permission.HOUSEHOLD_VIEW)
def drive(request: HttpRequest, drive_id: int) -> HttpResponseBase:
    """Show how far a drive has come, and the list of what is left."""
    post, day = request.post, timezone.localdate()
    found = selectors.drive_get(viewer=post, key=drive_id)
    asked = {"viewer": post, "drive": found, "on": day}
    by_village = selectors.drive_villages(**asked)
    by_helper = selectors.drive_helpers(**asked)
    return answer(
        request,
        left_table(post, region=post.region_id, day=day),
        selectors.drive_left(**asked),
        "assistance/drive.html",
        title=found.name,
        drive=found,
        heading=_("Still to be visited"),
        households=sum(p.households for p in by_village),
        left=sum(p.left for p in by_village),
        villages=progress_rows(post, by_village, day),
        helpers=progress_rows(post, by_helper, day),
        edits=False,
        trail=trail(request, post.region_id),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def drive_begin(request: HttpRequest) -> HttpResponse:
    """Begin a drive over the post's region."""
    form = DriveForm(request.POST or None)

    def act(at: datetime) -> str:
        names = ("name", "left_only", "starts_on", "last_day", "once")
        made = visits.drive_begin(
            region=request.post.region_id,
            **{k: form.cleaned_data[k] for k in names},
            by=request.post,
            at=at,
        )
        return reverse("assistance:drive", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Begin a drive"),
        back=reverse("assistance:drives"),
        region=request.post.region_id,
    )


def _stepped(
    request: HttpRequest, visit_id: int, form_of: Any, service: Any, title: str
) -> HttpResponse:
    """Show the form of a step of a visit, or take it to its service."""
    found = selectors.visit_get(viewer=request.post, key=visit_id)
    form = form_of(request.POST or None, version=found.version)
    address = reverse("assistance:visit", args=[found.pk])

    def act(at: datetime) -> str:
        said = {k: v for k, v in form.cleaned_data.items() if k != "once"}
        partial(service, visit=found, by=request.post, at=at)(**said)
        return address

    return form_page(
        request,
        form,
        act,
        title=title,
        back=address,
        region=found.household.village_id,
        name=name_shown(found.household.head_name, request.post.rights),
    )
