"""The front page of who helps, and its lists of pairings and of what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import owed, pairings, people, teams
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.assistance.listing import (
    chain_shown,
    helper_table,
    pairing_table,
    uncovered_table,
    unit_table,
)
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.sheets.ways import sheet_ways
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer


# What "since" means where staffing is compared, unless the page is asked otherwise.
LOOK_BACK = timedelta(days=180)


@allow(Permission.HOUSEHOLD_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Show how far helping reaches in a region, part by part, and what is missing."""
    region, day = region_asked(request), timezone.localdate()
    asked = {"viewer": request.post, "region": region}
    found = pairings.coverage_list(**asked, on=day)
    states = teams.team_states(teams=teams.team_list(**asked), on=day)
    context = {
        "title": _("Assistance"),
        "region": region,
        "households": sum(c.households for c in found),
        "missing": sum(c.missing for c in found),
        "parts": _parts(found, region, day),
        "teams": len(states),
        "breached": sum(bool(s.breaches) for s in states),
        "falls": len(teams.fall_list(**asked, since=day - LOOK_BACK, on=day)),
        "moved": sum(c.moved for c in found),
        "owed": owed.owed_list(**asked, on=day).count(),
        "asking": owed.asking_list(**asked).count(),
        "chain": chain_shown(people.chain_of(region=region, on=day), day),
        "edits": allows(request, Permission.ASSISTANCE_EDIT),
        "trail": trail(request, region, lambda code: f"?region={code}"),
    }
    return render(request, "assistance/index.html", context)


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def pairing_list(request: HttpRequest) -> HttpResponseBase:
    """Show the pairings of a region."""
    region, day = region_asked(request), timezone.localdate()
    return listed(
        request,
        pairing_table(request.post, region=region, day=day),
        pairings.as_listed(pairings.pairing_list(viewer=request.post, region=region)),
        _("Pairings"),
        region,
        acts=sheet_ways("pairings"),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def uncovered(request: HttpRequest) -> HttpResponseBase:
    """Show the households nobody helps."""
    region, day = region_asked(request), timezone.localdate()
    return listed(
        request,
        uncovered_table(request.post, region=region, day=day),
        pairings.uncovered_list(viewer=request.post, region=region, on=day),
        _("Households nobody helps"),
        region,
    )


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def helper_list(request: HttpRequest) -> HttpResponseBase:
    """Show the helpers the post may see."""
    return listed(
        request,
        helper_table(request.post, day=timezone.localdate()),
        people.helper_list(viewer=request.post),
        _("Helpers by name"),
        request.post.region_id,
        acts=[
            (reverse("assistance:helper_enter"), _("Enter a helper")),
            *sheet_ways("helpers"),
        ],
    )


@allow(Permission.HOUSEHOLD_VIEW)
def unit_list(request: HttpRequest) -> HttpResponseBase:
    """Show the units that help."""
    edits = allows(request, Permission.ASSISTANCE_EDIT)
    return listed(
        request,
        unit_table(day=timezone.localdate(), edits=edits),
        people.unit_list(viewer=request.post),
        _("Units that help"),
        request.post.region_id,
        acts=[(reverse("assistance:unit_enter"), _("Enter a unit"))],
    )


def listed(
    request: HttpRequest, table: Any, rows: Any, title: Any, region: str, **said: Any
) -> HttpResponseBase:
    """Answer with a list of this family."""
    return answer(
        request,
        table,
        rows,
        "assistance/list.html",
        title=title,
        trail=trail(request, region, _here(request)),
        edits=allows(request, Permission.ASSISTANCE_EDIT),
        region=region,
        **said,
    )


def _here(request: HttpRequest) -> Any:
    return lambda code: f"{reverse('assistance:index')}?region={code}"


def _parts(found: list[Any], region: str, day: Any) -> list[dict[str, Any]]:
    """Return coverage summed up by the parts of a region, by code."""
    shorter = [n for n in LENGTH_BY_LEVEL.values() if n > len(region)]
    length = min(shorter) if shorter else len(region)
    sums: dict[str, list[int]] = {}
    for one in found:
        row = sums.setdefault(one.village[:length], [0, 0])
        row[0] += one.households
        row[1] += one.missing
    names = regions.names_of(codes=sums, as_of=day)
    return [
        {
            "code": code,
            "name": names[code],
            "households": households,
            "missing": missing,
            "helped": households - missing,
        }
        for code, (households, missing) in sorted(sums.items())
    ]
