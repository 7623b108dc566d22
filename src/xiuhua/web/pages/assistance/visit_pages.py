"""Visits: the list, what is owed, one visit, planning, making, dropping."""

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
from xiuhua.apps.assistance.parameters import parameter
from xiuhua.apps.assistance.rules import LIFE, Act, VisitState
from xiuhua.apps.assistance.selectors import books, owed, pairings, people
from xiuhua.apps.assistance.selectors import visits as selectors
from xiuhua.apps.assistance.services import visits
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.codes import Source
from xiuhua.apps.ledger.wording import MARK_OF_STATE, STATES
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.dictionary.model import Mask
from xiuhua.messages import translator
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.assistance.forming import form_page, helper_said
from xiuhua.web.pages.assistance.forms import (
    MadeForm,
    ReasonForm,
    RecordForm,
    VisitForm,
)
from xiuhua.web.pages.assistance.pairing_pages import home_address
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.pages.assistance.visit_tables import (
    asking_table,
    owed_table,
    visit_table,
)
from xiuhua.web.pages.assistance.words import BESIDE
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.ledger.shown import reference_to
from xiuhua.web.pages.sheets.ways import sheet_ways
from xiuhua.web.shell import language, trail


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def visit_list(request: HttpRequest) -> HttpResponseBase:
    """Show the visits of a region."""
    region, day = region_asked(request), timezone.localdate()
    table = visit_table(request.post, region=region, day=day)
    rows = selectors.visit_list(viewer=request.post, region=region)
    acts = []
    if allows(request, Permission.VISIT_WRITE):
        acts = sheet_ways("visits")
    elif allows(request, Permission.ASSISTANCE_EDIT):
        acts = sheet_ways("visits_kept")
    title = _("Visits")
    return listed(request, table, rows, title, region, acts=acts, acting=bool(acts))


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def owed_list(request: HttpRequest) -> HttpResponseBase:
    """Show the households that are owed a visit this quarter."""
    region, day = region_asked(request), timezone.localdate()
    held = parameter("visits", region=region, on=day)
    said = _("Until %(day)s, %(number)s visits a quarter: %(document)s") % {
        "day": owed.quarter_of(day)[1].isoformat(),
        "number": held.values["a_quarter"],
        "document": held.document,
    }
    return listed(
        request,
        owed_table(request.post, region=region, day=day),
        owed.owed_list(viewer=request.post, region=region, on=day),
        _("Visits due this quarter"),
        region,
        said=said,
        acts=[
            (
                f"{reverse('assistance:visit_sheets')}?region={region}",
                _("Visits on paper"),
            )
        ],
        acting=True,
    )


@allow(Permission.HOUSEHOLD_VIEW)
def asking_list(request: HttpRequest) -> HttpResponseBase:
    """Show what visits found that is to be mended and stands on no ledger yet."""
    region, day = region_asked(request), timezone.localdate()
    return listed(
        request,
        asking_table(request.post, region=region, day=day),
        owed.asking_list(viewer=request.post, region=region),
        _("Findings that ask for mending"),
        region,
    )


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
            (event, BESIDE.get(event.act) or VISIT_STATES[VisitState(event.new_state)])
            for event in books.event_list(row=found)[:20]
        ],
        "visiting": allows(request, Permission.VISIT_WRITE),
        "registers": found.state == VisitState.MADE
        and allows(request, Permission.PROBLEM_REGISTER),
        "problems": _problems(request, found),
        "trail": trail(request, found.household.village_id),
    }
    return render(request, "assistance/visit.html", context)


def _problems(request: HttpRequest, found: Any) -> list[Any]:
    """Return the problems a visit led to, as far as the post sees problems."""
    if not allows(request, Permission.PROBLEM_VIEW):
        return []
    asked = ledger.ProblemFilter(household=found.household_id, source=str(Source.VISIT))
    rows = ledger.problem_list(viewer=request.post, filters=asked)
    return [
        (problem, STATES[problem.state], MARK_OF_STATE.get(problem.state, "warn"))
        for problem in rows.filter(source_reference=reference_to(found))
    ]


@allow(Permission.VISIT_WRITE, "GET", "POST")
def visit_plan(request: HttpRequest, household_id: int) -> HttpResponse:
    """Plan a visit of a household."""
    home = registry.household_get(viewer=request.post, household_id=household_id)
    usual = _usual_visitor(request, home)
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
def visit_record(request: HttpRequest, household_id: int) -> HttpResponse:
    """Say that a family was visited, without a plan before."""
    home = registry.household_get(viewer=request.post, household_id=household_id)
    usual = _usual_visitor(request, home)
    form = RecordForm(
        request.POST or None, initial={"helper": usual.number if usual else ""}
    )
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        said = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        made = visits.visit_record(
            household=home, **said | {"helper": helper}, by=request.post, at=at
        )
        return reverse("assistance:visit", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Visit made"),
        back=home_address(household_id),
        region=home.village_id,
        name=name_shown(home.head_name, request.post.rights),
    )


def _usual_visitor(request: HttpRequest, home: Any) -> Any:
    """Return who is likely to visit: the user, else whoever helps the household."""
    mine = people.helper_of(user=request.user)
    if mine:
        return mine
    running = pairings.pairing_list(viewer=request.post, on=timezone.localdate())
    now = running.filter(household=home).first()
    return now.helper if now else None


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
