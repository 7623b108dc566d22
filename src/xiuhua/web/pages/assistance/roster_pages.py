"""Rosters of days in the village: entered there, countersigned by somebody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.choices import ROSTER_STATES
from xiuhua.apps.assistance.parameters import parameter
from xiuhua.apps.assistance.roster_days import spans_said
from xiuhua.apps.assistance.rules import LIFE, Act
from xiuhua.apps.assistance.selectors import rosters as selectors
from xiuhua.apps.assistance.selectors import teams
from xiuhua.apps.assistance.services import rosters
from xiuhua.apps.regions import selectors as regions
from xiuhua.messages import translator
from xiuhua.web.access import allow, allows
from xiuhua.web.columns import Column
from xiuhua.web.pages.assistance.forming import form_page
from xiuhua.web.pages.assistance.forms import (
    ReasonForm,
    RosterForm,
    SettleForm,
)
from xiuhua.web.pages.assistance.listing import part_filter, placed
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.sheets.ways import sheet_ways
from xiuhua.web.shell import language, trail
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


_LOOKS = {"entered": "warn", "returned": "bad", "signed": "good"}


@allow(Permission.HOUSEHOLD_VIEW)
def roster_list(request: HttpRequest) -> HttpResponseBase:
    """Show the rosters of a region."""
    region, day = region_asked(request), timezone.localdate()
    held = parameter("days", region=region, on=day)
    said = _("%(days)s days a month are usual here: %(document)s") % {
        "days": held.values["a_month"],
        "document": held.document,
    }
    acts = []
    if allows(request, Permission.VISIT_WRITE):
        acts = [
            (reverse("assistance:roster_month", args=[t.pk]), _("Enter a roster"))
            for t in teams.team_list(viewer=request.post)[:1]
        ]
        acts += sheet_ways("rosters")
    rows = selectors.roster_list(viewer=request.post, region=region)
    table = _roster_table(region, day)
    title = _("Rosters of days in the village")
    return listed(
        request, table, rows, title, region, said=said, acts=acts, acting=bool(acts)
    )


@allow(Permission.HOUSEHOLD_VIEW)
def roster(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Show a roster, and why it cannot be signed by whoever looks."""
    post = request.post
    found = selectors.roster_get(viewer=post, key=roster_id)
    members = selectors.members_in(region=found.region_id, month=found.month)
    days = selectors.days_of(rosters=[found]).get(found.pk, {})
    step = selectors.roster_step(found, by=post)
    say = translator(language())
    team = teams.team_list(viewer=post).filter(region_id=found.region_id).first()
    context = {
        "roster": found,
        "place": regions.names_of(codes=[found.region_id], as_of=found.month)[
            found.region_id
        ],
        "look": _LOOKS[found.state],
        "rows": [
            (
                name_shown(m.helper.name, post.rights),
                m.get_post_display(),
                spans_said(days.get(m.pk, [])),
                len(days.get(m.pk, [])),
            )
            for m in members
        ],
        "open_acts": {act.value for act in LIFE.open_acts(step)},
        "refused": [say(r.why) for r in LIFE.refusals(Act.SIGN, step)],
        "team": team,
        "signs": allows(request, Permission.ROSTER_SIGN),
        "trail": trail(request, found.region_id),
    }
    return render(request, "assistance/roster.html", context)


@allow(Permission.VISIT_WRITE)
def roster_month(request: HttpRequest, team_id: int) -> HttpResponse:
    """Ask for which month a roster is entered, and lead there.

    Raises:
        Http404: when the month is none.
    """
    team = teams.team_get(viewer=request.post, key=team_id)
    asked = request.GET.get("month", "")
    if not asked:
        day = timezone.localdate()
        context = {
            "team": team,
            "month": f"{day:%Y-%m}",
            "trail": trail(request, team.region_id),
        }
        return render(request, "assistance/month.html", context)
    year, dash, month = asked.partition("-")
    if not (dash and f"{year}{month}".isascii() and f"{year}{month}".isdigit()):
        raise Http404
    return redirect("assistance:roster_enter", team_id, int(year), int(month))


@allow(Permission.VISIT_WRITE, "GET", "POST")
def roster_enter(
    request: HttpRequest, team_id: int, year: int, month: int
) -> HttpResponse:
    """Enter the roster of a team for a month as it was signed on paper."""
    team = teams.team_get(viewer=request.post, key=team_id)
    first = _month(year, month)
    there = selectors.roster_of(region=team.region_id, month=first)
    days = selectors.days_of(rosters=[there]).get(there.pk, {}) if there else {}
    rights = request.post.rights
    form = RosterForm(
        request.POST or None,
        version=there.version if there else None,
        members=[
            (m.pk, name_shown(m.helper.name, rights))
            for m in selectors.members_in(region=team.region_id, month=first)
        ],
        days=days,
    )

    def act(at: datetime) -> str:
        made = rosters.roster_enter(
            region=team.region_id,
            month=first,
            days=form.cleaned_data["days"],
            version=form.cleaned_data["version"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:roster", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Roster of a month"),
        back=reverse("assistance:rosters"),
        region=team.region_id,
        name=f"{first:%Y-%m}",
        note=_("Enter what stands on the signed paper. Another person countersigns."),
    )


@allow(Permission.ROSTER_SIGN, "GET", "POST")
def roster_sign(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Countersign a roster."""
    return _settled(
        request, roster_id, SettleForm, rosters.roster_sign, _("Countersign")
    )


@allow(Permission.ROSTER_SIGN, "GET", "POST")
def roster_return(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Send a roster back to the village."""
    return _settled(
        request, roster_id, ReasonForm, rosters.roster_return, _("Send it back")
    )


def _settled(
    request: HttpRequest, roster_id: int, form_of: Any, service: Any, title: Any
) -> HttpResponse:
    found = selectors.roster_get(viewer=request.post, key=roster_id)
    form = form_of(request.POST or None, version=found.version)
    address = reverse("assistance:roster", args=[found.pk])

    def act(at: datetime) -> str:
        said = {k: v for k, v in form.cleaned_data.items() if k != "once"}
        service(roster=found, **said, by=request.post, at=at)
        return address

    return form_page(
        request,
        form,
        act,
        title=title,
        back=address,
        region=found.region_id,
        name=f"{found.month:%Y-%m}",
    )


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as error:
        raise Http404 from error


def _roster_table(region: str, day: date) -> Table:
    return Table(
        "rosters",
        columns=[
            Column(
                "month",
                _("month"),
                lambda row: f"{row.it.month:%Y-%m}",
                order=("month",),
                href=lambda row: reverse("assistance:roster", args=[row.it.pk]),
            ),
            Column(
                "place",
                _("village"),
                lambda row: row.place,
                order=("region_id",),
            ),
            Column("by", _("entered by"), lambda row: row.who(row.it.entered_by)),
            Column(
                "signed",
                _("countersigned by"),
                lambda row: row.who(row.it.signed_by) or "—",
            ),
            Column(
                "state",
                _("state"),
                lambda row: row.it.get_state_display(),
                order=("state",),
                state=lambda row: _LOOKS[row.it.state],
            ),
        ],
        filters=[
            part_filter(region, day, "region_id"),
            Filter(
                "state",
                _("state"),
                lambda rows, said: rows.filter(state=said),
                choices=lambda: [(s.value, w) for s, w in ROSTER_STATES.items()],
            ),
        ],
        order="-month",
        last="pk",
        prepare=placed(
            lambda found: found.region_id,
            day,
            lambda found: (found.entered_by, found.signed_by),
        ),
        empty=_("The village enters what its signed paper says."),
    )
