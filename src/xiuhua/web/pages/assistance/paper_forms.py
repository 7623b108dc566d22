"""Empty forms to print: for visits, and for a month of days in the village."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.choices import VisitKind
from xiuhua.apps.assistance.selectors import owed, pairings, people, rosters, teams
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.web.access import allow
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.shell import trail


# More is not printed at once.
_MOST: Final = 100
_SPARE_ROWS: Final = 2


@allow(Permission.HOUSEHOLD_VIEW)
def visit_sheets(request: HttpRequest) -> HttpResponse:
    """Show forms of visits: of a `?household=`, of a `?helper=`, else of those owed."""
    post, day = request.post, timezone.localdate()
    homes = _homes(request, day)
    shown, cut = homes[:_MOST], len(homes) > _MOST
    found = owed.standings_of(households=shown, on=day)
    names = regions.names_of(codes={home.village_id for home in shown}, as_of=day)
    context = {
        "sheets": [
            {
                "home": home,
                "head": name_shown(home.head_name, post.rights),
                "place": names[home.village_id],
                "helper": _name(found[home.pk].helper, post.rights),
                "last": found[home.pk].last,
            }
            for home in shown
        ],
        "cut": cut,
        "kinds": [label for _code, label in VisitKind.choices],
        "trail": trail(request, post.region_id),
    }
    return render(request, "assistance/visit_sheets.html", context)


@allow(Permission.HOUSEHOLD_VIEW)
def roster_sheet(
    request: HttpRequest, team_id: int, year: int, month: int
) -> HttpResponse:
    """Show the empty roster of a team for a month, to be signed on paper.

    Raises:
        Http404: when the month is none.
    """
    team = teams.team_get(viewer=request.post, key=team_id)
    try:
        first = date(year, month, 1)
    except ValueError as error:
        raise Http404 from error
    members = rosters.members_in(region=team.region_id, month=first)
    names = regions.names_of(codes=[team.region_id], as_of=timezone.localdate())
    context = {
        "place": names[team.region_id],
        "month": first,
        "days": range(1, monthrange(year, month)[1] + 1),
        "rows": [
            (name_shown(m.helper.name, request.post.rights), m.get_post_display())
            for m in members
        ],
        "spare": range(_SPARE_ROWS),
        "team": team,
        "trail": trail(request, team.region_id),
    }
    return render(request, "assistance/roster_sheet.html", context)


def _name(helper: Any, rights: Any) -> str:
    return name_shown(helper.name, rights) if helper else ""


def _homes(request: HttpRequest, day: date) -> list[Any]:
    post = request.post
    household, helper = request.GET.get("household", ""), request.GET.get("helper", "")
    if household.isascii() and household.isdigit():
        return [registry.household_get(viewer=post, household_id=int(household))]
    if helper.isascii() and helper.isdigit():
        who = people.helper_get(viewer=post, key=int(helper))
        found = pairings.pairing_list(viewer=post, on=day).filter(helper=who)
        return [pairing.household for pairing in found[: _MOST + 1]]
    region = region_asked(request)
    return list(owed.owed_list(viewer=post, region=region, on=day)[: _MOST + 1])
