"""The drives of a region, one drive, and its task lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.supervision import selectors as supervision
from xiuhua.apps.supervision.rules import catch_up, days_lost
from xiuhua.core.region_codes import contains
from xiuhua.core.truth import Verdict
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.drives import lists, places
from xiuhua.web.pages.drives.chart import burndown
from xiuhua.web.pages.room.links import Lists
from xiuhua.web.pages.room.tiles import cards_of
from xiuhua.web.shell import trail, worded
from xiuhua.web.tables.answers import answer


# A wall asks anew after so many seconds.
REFRESH_SECONDS = 60


@dataclass(frozen=True)
class Line:
    """An indicator beside the problems: households that fell short, then and now."""

    name: str
    before: int | None
    now: int | None
    url: str


@allow(Permission.FIGURES_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Show the drives that touch the post's region."""
    today = timezone.localdate()
    drives = list(supervision.drive_list(viewer=request.post))
    totals = supervision.totals_of(viewer=request.post, drives=drives, as_of=today)
    context = {
        "rows": [
            (drive, supervision.countdown_of(drive, as_of=today), totals[drive.pk])
            for drive in drives
        ],
        "may_set": allows(request, Permission.DRIVE_EDIT),
        "trail": trail(request, request.post.region_id),
    }
    return render(request, "drives/index.html", context)


@allow(Permission.FIGURES_VIEW)
def home(request: HttpRequest, drive_id: int) -> HttpResponseBase:
    """Show a drive in all of its regions the post may look at."""
    drive = supervision.drive_get(viewer=request.post, drive_id=drive_id)
    return _shown(request, drive, supervision.roots_of(drive, request.post))


@allow(Permission.FIGURES_VIEW)
def region(request: HttpRequest, drive_id: int, code: str) -> HttpResponseBase:
    """Show a drive in one region.

    Raises:
        Http404: when the drive does not reach there, or the post does not.
    """
    drive = _drive_in(request, drive_id, code)
    return _shown(request, drive, [code])


@allow(Permission.PROBLEM_VIEW)
def tasks(request: HttpRequest, drive_id: int, code: str) -> HttpResponseBase:
    """Show the problems of a drive in a region as a task list.

    Raises:
        Http404: when the drive does not reach there, or the post does not.
    """
    drive = _drive_in(request, drive_id, code)
    today = timezone.localdate()

    def rows(values: dict[str, str]) -> Any:
        state = values.get("state", "open")
        return supervision.problem_list(
            viewer=request.post,
            drive=drive,
            region=code,
            state="" if state == "all" else state,
        )

    title = _("%(drive)s: task list of %(region)s") % {
        "drive": drive.name,
        "region": _name(code, today),
    }
    return answer(
        request,
        lists.task_table(today),
        rows,
        "drives/list.html",
        title=title,
        trail=_steps(request, drive, code),
        drive=drive,
        countdown=supervision.countdown_of(drive, as_of=today),
        other=(_("By household"), places.address("households", drive.pk, code)),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def households(request: HttpRequest, drive_id: int, code: str) -> HttpResponseBase:
    """Show the households with open problems of a drive as a task list.

    Raises:
        Http404: when the drive does not reach there, or the post does not.
    """
    drive = _drive_in(request, drive_id, code)
    today = timezone.localdate()
    found = supervision.household_tasks(viewer=request.post, drive=drive, region=code)
    title = _("%(drive)s: households of %(region)s") % {
        "drive": drive.name,
        "region": _name(code, today),
    }
    return answer(
        request,
        lists.household_table(today),
        lists.homes(found, today),
        "drives/list.html",
        title=title,
        trail=_steps(request, drive, code),
        drive=drive,
        countdown=supervision.countdown_of(drive, as_of=today),
        other=(_("By problem"), places.address("tasks", drive.pk, code)),
    )


def _drive_in(request: HttpRequest, drive_id: int, code: str) -> Any:
    drive = supervision.drive_get(viewer=request.post, drive_id=drive_id)
    inside = any(contains(root, code) for root in drive.codes)
    if not inside or not contains(request.post.region_id, code):
        raise Http404
    return drive


def _shown(request: HttpRequest, drive: Any, roots: list[str]) -> HttpResponseBase:
    today = timezone.localdate()
    day = min(today, drive.ends_on)
    names = (
        regions.near_names(code=roots[0], as_of=today)
        if len(roots) == 1
        else regions.part_of_any_names(codes=roots, as_of=today)
    )
    shocks = supervision.shock_spans(drive)
    countdown = supervision.countdown_of(drive, as_of=today)
    counted = supervision.standings(drive=drive, regions={*roots, *names}, as_of=day)
    found = [
        places.part_of(c, names[c], counted[c], countdown, shocks)
        for c in sorted(names)
    ]
    wide, narrow = _levels(found, roots)
    total = places.total_of([counted[code] for code in roots])
    first = roots[0] if len(roots) == 1 else ""
    curve = supervision.curve(drive=drive, regions=roots, until=day)
    context = {
        "drive": drive,
        "countdown": countdown,
        "total": total,
        "share": places.share_of(total),
        "course": catch_up(total, countdown, shocks),
        "words": places.COURSES[catch_up(total, countdown, shocks).course],
        "chart": burndown(curve, countdown, shocks),
        "shocks": drive.shocks.order_by("starts_on", "pk"),
        "lost": days_lost(shocks, drive.starts_on, drive.ends_on),
        "cards": cards_of(
            [places.place_of(p, drive.pk, short=False) for p in wide],
            [places.place_of(p, drive.pk, short=True) for p in narrow],
        ),
        "colour": {"name": _("share struck off")},
        "steps": places.legend(),
        "shortfalls": _lines(request, drive, roots, today),
        "code": first,
        "refresh": REFRESH_SECONDS,
        "may_set": allows(request, Permission.DRIVE_EDIT),
        "sees": allows(request, Permission.PROBLEM_VIEW),
        "now": timezone.now(),
        "trail": _steps(request, drive, first) if first else [],
        "heading": _("By region"),
    }
    table = places.parts_table(drive.pk, links=context["sees"])
    title = f"{drive.name} · {names[first]}" if first in names else drive.name
    return answer(request, table, wide, "drives/page.html", title=title, **context)


def _levels(
    found: Sequence[places.Part], roots: Sequence[str]
) -> tuple[list[places.Part], list[places.Part]]:
    """Return the parts to list, and their own parts."""
    if len(roots) > 1:
        wide = [p for p in found if p.code in roots]
        return wide, [p for p in found if p.code not in roots]
    inside = [p for p in found if p.code != roots[0]]
    least = min((len(p.code) for p in inside), default=0)
    wide = [p for p in inside if len(p.code) == least]
    return wide, [p for p in inside if len(p.code) > least]


def _lines(
    request: HttpRequest, drive: Any, roots: Sequence[str], today: date
) -> list[Line]:
    """Return the drive's indicators with the households that fall short in them."""
    labels = {
        f"{standard.pack}.{key}": worded(label)
        for code in roots[:1]
        for standard in standard_list(region=code, as_of=today)
        for key, label in standard.indicators
    }
    found = []
    for indicator in drive.indicators:
        pack, _dot, measure = indicator.partition(".")
        curve = supervision.shortfall_curve(
            viewer=request.post,
            regions=roots,
            indicator=indicator,
            since=drive.starts_on,
            until=min(today, drive.ends_on),
        )
        ground = [n for day, n in curve if day <= drive.starts_on]
        url = ""
        if len(roots) == 1:
            links = Lists(now=True, standard=pack)
            url = links.of_verdict(roots[0], measure, Verdict.UNMET, None)
        found.append(
            Line(
                labels.get(indicator, measure),
                ground[-1] if ground else None,
                curve[-1][1] if curve else None,
                url,
            )
        )
    return found


def _name(code: str, today: date) -> str:
    return regions.names_of(codes=[code], as_of=today)[code]


def _steps(request: HttpRequest, drive: Any, code: str) -> Any:
    """Return the breadcrumb: regions outside the drive lead nowhere."""
    inside = reverse("drives:home", args=[drive.pk])

    def url(step: str) -> str:
        reached = any(contains(root, step) for root in drive.codes)
        return places.address("region", drive.pk, step) if reached else inside

    return trail(request, code, url)
