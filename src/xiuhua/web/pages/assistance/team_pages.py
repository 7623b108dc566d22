"""Work teams: the list with what they lack, one team, joining and leaving."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.parameters import parameter
from xiuhua.apps.assistance.selectors import teams as selectors
from xiuhua.apps.assistance.services import teams
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow, allows
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.assistance.forming import form_page, helper_said
from xiuhua.web.pages.assistance.forms import EndForm, LeaveForm, MemberForm, TeamForm
from xiuhua.web.pages.assistance.listing import placed
from xiuhua.web.pages.assistance.member_table import member_table
from xiuhua.web.pages.assistance.views import LOOK_BACK, listed
from xiuhua.web.pages.assistance.words import breaches_said
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.sheets.ways import sheet_ways
from xiuhua.web.shell import trail
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


@allow(Permission.HOUSEHOLD_VIEW)
def team_list(request: HttpRequest) -> HttpResponseBase:
    """Show the work teams of a region with what they lack."""
    region, day = region_asked(request), timezone.localdate()
    found = selectors.team_list(viewer=request.post, region=region)
    rows = placed(lambda state: state.team.region_id, day)(
        selectors.team_states(teams=found, on=day)
    )
    held = parameter("team", region=region, on=day)
    said = _("At least %(number)s people, terms of %(years)s years: %(document)s") % {
        "number": held.values["minimum"],
        "years": held.values["term_years"],
        "document": held.document,
    }
    acts = [(reverse("assistance:team_form"), _("Form a team"))]
    title = _("Work teams")
    table = _team_table(request.post)
    return listed(request, table, rows, title, region, said=said, acts=acts)


@allow(Permission.HOUSEHOLD_VIEW)
def team(request: HttpRequest, team_id: int) -> HttpResponse:
    """Show a work team: its people, their terms, what is wrong, what happened."""
    post, day = request.post, timezone.localdate()
    found = selectors.team_get(viewer=post, key=team_id)
    (state,) = selectors.team_states(teams=[found], on=day)
    names = regions.names_of(codes=[found.region_id], as_of=day)
    context = {
        "team": found,
        "place": names[found.region_id],
        "breaches": breaches_said(state.breaches),
        "members": [
            (member, name_shown(member.helper.name, post.rights))
            for member in selectors.all_members(team=found)
        ],
        "edits": allows(request, Permission.ASSISTANCE_EDIT) and not found.ended_on,
        "visiting": allows(request, Permission.VISIT_WRITE),
        "today": day,
        "trail": trail(request, found.region_id),
    }
    return render(request, "assistance/team.html", context)


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def member_list(request: HttpRequest) -> HttpResponseBase:
    """Show who belongs to the work teams of a region, with their terms."""
    region, day = region_asked(request), timezone.localdate()
    rows = selectors.member_list(viewer=request.post, region=region)
    table = member_table(request.post, region=region, day=day)
    acts = sheet_ways("members")
    return listed(request, table, rows, _("Members and terms"), region, acts=acts)


@allow(Permission.HOUSEHOLD_VIEW)
def staffing(request: HttpRequest) -> HttpResponseBase:
    """Show villages where staffing fell since a day (只增不减)."""
    region, day = region_asked(request), timezone.localdate()
    since = _since(request, day)
    falls = selectors.fall_list(viewer=request.post, region=region, since=since, on=day)
    rows = placed(lambda fall: fall.village, day)(falls)
    said = _("The most since %(day)s against today; places, not persons.") % {
        "day": since.isoformat()
    }
    title = _("Villages where staffing fell")
    return listed(request, _fall_table(), rows, title, region, said=said, since=since)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def team_form(request: HttpRequest) -> HttpResponse:
    """Form the work team of a village."""
    day = timezone.localdate()
    taken = {t.region_id for t in selectors.team_list(viewer=request.post)}
    under = regions.region_list(under=request.post.region_id, as_of=day)
    villages = [
        (found.code, regions.name_of(found) or found.code)
        for found in under
        if found.level == "village" and found.code not in taken
    ]
    form = TeamForm(request.POST or None, villages=villages)

    def act(at: datetime) -> str:
        made = teams.team_form(
            region=form.cleaned_data["village"],
            starts_on=form.cleaned_data["starts_on"],
            document=form.cleaned_data["document"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:team", args=[made.pk])

    back = reverse("assistance:teams")
    return _asked(request, form, act, _("Form a team"), back, request.post.region_id)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def team_end(request: HttpRequest, team_id: int) -> HttpResponse:
    """End a work team."""
    found = selectors.team_get(viewer=request.post, key=team_id)
    form = EndForm(request.POST or None, version=found.version)

    def act(at: datetime) -> str:
        teams.team_end(
            team=found,
            version=form.cleaned_data["version"],
            ended_on=form.cleaned_data["ended_on"],
            by=request.post,
            at=at,
        )
        return _address(found)

    title = _("End the team")
    return _asked(request, form, act, title, _address(found), found.region_id)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def member_join(request: HttpRequest, team_id: int) -> HttpResponse:
    """Let somebody join a work team."""
    found = selectors.team_get(viewer=request.post, key=team_id)
    form = MemberForm(request.POST or None)
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        said = {k: form.cleaned_data[k] for k in ("post", "starts_on", "until", "once")}
        teams.member_join(team=found, helper=helper, **said, by=request.post, at=at)
        return _address(found)

    title = _("Somebody joins the team")
    return _asked(request, form, act, title, _address(found), found.region_id)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def member_leave(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let somebody leave a work team."""
    found = selectors.member_get(viewer=request.post, key=member_id)
    form = LeaveForm(request.POST or None, version=found.version)

    def act(at: datetime) -> str:
        said = {k: form.cleaned_data[k] for k in ("version", "ended_on", "reason")}
        teams.member_leave(member=found, **said, by=request.post, at=at)
        return _address(found.team)

    return _asked(
        request,
        form,
        act,
        _("Somebody leaves the team"),
        _address(found.team),
        found.team.region_id,
        name=name_shown(found.helper.name, request.post.rights),
    )


def _asked(
    request: HttpRequest,
    form: Any,
    act: Any,
    title: Any,
    back: str,
    region: str,
    **said: Any,
) -> HttpResponse:
    return form_page(request, form, act, title=title, back=back, region=region, **said)


def _address(team: Any) -> str:
    return reverse("assistance:team", args=[team.pk])


def _since(request: HttpRequest, day: date) -> date:
    try:
        asked = parse_date(request.GET.get("since", ""))
    except ValueError:
        asked = None
    return asked if asked is not None and asked <= day else day - LOOK_BACK


def _team_table(post: Any) -> Table:
    return Table(
        "teams",
        columns=[
            Column(
                "place",
                _("village"),
                lambda row: row.place,
                order=("place",),
                href=lambda row: _address(row.it.team),
            ),
            Column(
                "people",
                _("people"),
                lambda row: len(row.it.members),
                order=("people",),
                kind=Kind.NUMBER,
            ),
            Column(
                "first",
                _("first secretary"),
                lambda row: _first(row.it, post),
            ),
            Column(
                "state",
                _("state"),
                lambda row: breaches_said(row.it.breaches) or str(_("as it should be")),
                order=("state",),
                state=lambda row: "warn" if row.it.breaches else "good",
                width=30,
            ),
        ],
        filters=[
            Filter(
                "lacks",
                _("state"),
                lambda rows, said: [
                    r for r in rows if bool(r.it.breaches) is (said == "yes")
                ],
                choices=lambda: [
                    ("yes", _("lacks something")),
                    ("no", _("as it should be")),
                ],
            )
        ],
        empty=_("Form the work team of a village, then let people join."),
    )


def _fall_table() -> Table:
    return Table(
        "falls",
        columns=[
            Column(
                "place",
                _("village"),
                lambda row: row.place,
                order=("place",),
            ),
            Column(
                "most",
                _("most then"),
                lambda row: row.it.most,
                kind=Kind.NUMBER,
            ),
            Column("now", _("now"), lambda row: row.it.now, kind=Kind.NUMBER),
            Column(
                "left",
                _("left"),
                lambda row: "；".join(m.ended_on.isoformat() for m in row.it.left),
            ),
        ],
        empty=_("Nowhere do fewer people work than before."),
    )


def _first(state: Any, post: Any) -> str | None:
    firsts = [m for m in state.members if m.post == "first_secretary"]
    return name_shown(firsts[0].helper.name, post.rights) if firsts else None
