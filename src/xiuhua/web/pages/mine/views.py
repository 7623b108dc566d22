"""My work, the week on paper, and the week of each village on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.supervision.weekly import due_list
from xiuhua.web.access import allow, allows
from xiuhua.web.forms import new_key
from xiuhua.web.pages.mine.work import WEEK, sections_of
from xiuhua.web.shell import trail


@allow(Permission.HOUSEHOLD_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Show what waits for the user in the acting post."""
    today = timezone.localdate()
    context = {
        "sections": sections_of(request.post, today=today),
        "today": today,
        "once": new_key,
        "takes_away": allows(request, Permission.ROWS_EXPORT),
        "sees_figures": allows(request, Permission.FIGURES_VIEW),
        "registers": allows(request, Permission.PROBLEM_REGISTER),
        "trail": trail(request, request.post.region_id),
    }
    return render(request, "mine/index.html", context)


@allow(Permission.HOUSEHOLD_VIEW)
def digest(request: HttpRequest) -> HttpResponse:
    """Show one's own week on one sheet."""
    today = timezone.localdate()
    context = {
        "sections": sections_of(request.post, today=today),
        "today": today,
        "until": today + WEEK,
        "trail": trail(request, request.post.region_id),
    }
    return render(request, "mine/digest.html", context)


@allow(Permission.PROBLEM_VIEW)
def villages(request: HttpRequest) -> HttpResponse:
    """Show what is due this week in each village of the post, a sheet a village."""
    today = timezone.localdate()
    code = request.post.region_id
    due, cut = due_list(viewer=request.post, region=code, until=today + WEEK)
    sheets: dict[str, list[Any]] = {}
    for row in due:
        sheets.setdefault(row.region, []).append(row)
    names = regions.names_of(codes=sheets, as_of=today)
    context = {
        "sheets": [(names[place], rows) for place, rows in sorted(sheets.items())],
        "today": today,
        "until": today + WEEK,
        "cut": cut,
        "trail": trail(request, code),
    }
    return render(request, "mine/villages.html", context)
