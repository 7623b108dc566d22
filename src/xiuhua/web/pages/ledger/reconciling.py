"""Show that nothing was lost: the ledger of a region, a source, a day."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger.codes import Source
from xiuhua.apps.ledger.figures import Part, reconciliation_parts
from xiuhua.apps.ledger.selectors import rest_of
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.shell import trail


@allow(Permission.PROBLEM_VIEW)
def page(request: HttpRequest) -> HttpResponse:
    """Show registered = struck off + open + not substantiated + merged, by part."""
    region, day, source = region_asked(request), _day(request), _source(request)
    names = regions.near_names(code=region, as_of=day)
    codes = [part.code for part in regions.part_list(code=region, as_of=day)]
    whole, *parts = reconciliation_parts(
        viewer=request.post, parts=[region, *codes], on=day, source=source
    )
    rest = rest_of(whole.figures, [part.figures for part in parts])
    context = {
        "whole": whole,
        "links": _links(region, day, source),
        "parts": [
            (part, names.get(part.code, part.code), _links(part.code, day, source))
            for part in parts
        ],
        "own": Part("", rest) if rest.registered else None,
        "region": region,
        "source": source,
        "sources": Source.choices,
        "day": day,
        "name": names.get(region, region),
        "trail": trail(request, region, lambda code: f"?{_asked(code, day, source)}"),
    }
    return render(request, "ledger/reconciliation.html", context)


def _asked(region: str, day: date, source: str) -> str:
    return urlencode({"region": region, "on": day.isoformat(), "source": source})


def _links(region: str, day: date, source: str) -> dict[str, str]:
    """Return the lists behind the figures of a region."""
    said = {"region": region, "on": day.isoformat()}
    said |= {"source": source} if source else {}
    states = ("open", "continuing", "struck_off", "not_substantiated", "merged")
    start = reverse("ledger:index")
    links = {s: f"{start}?{urlencode(said | {'state': s})}" for s in states}
    return links | {
        "registered": f"{start}?{urlencode(said)}",
        "page": f"{reverse('ledger:reconciliation')}?{_asked(region, day, source)}",
    }


def _day(request: HttpRequest) -> date:
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


def _source(request: HttpRequest) -> str:
    asked = request.GET.get("source", "")
    return asked if asked in Source.values else ""
