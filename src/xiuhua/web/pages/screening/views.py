"""Show standards in force, runs, what changed between two, and lists by threshold."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors import adoptions, runs
from xiuhua.apps.assessments.selectors.thresholds import THRESHOLDS, threshold_list
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.screening.showing import (
    STATE_OF_RUN,
    change_table,
    measure_label,
    measure_lines,
    pack_title,
    place_table,
    run_table,
    step_words,
    values_worded,
)
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer


TITLES = {
    "counties": _("Counties of 10 % and more"),
    "townships": _("Townships of 20 % and more"),
    "villages": _("Poor villages of 20 % and more"),
}


@allow(Permission.FIGURES_VIEW)
def index(request: HttpRequest) -> HttpResponseBase:
    """Show the standards in force in the post's region and the runs over it."""
    viewer, today = request.post, timezone.localdate()
    in_force = adoptions.adoption_list(viewer=viewer, day=today)
    names = regions.names_of(codes=[a.region_id for a in in_force], as_of=today)
    return answer(
        request,
        run_table(today),
        runs.run_list(viewer=viewer),
        "screening/index.html",
        title=_("Screening"),
        heading=_("Runs"),
        trail=trail(request, viewer.region_id),
        standards=[
            (
                a,
                pack_title(a.pack),
                names[a.region_id],
                values_worded(a.pack, a.parameters),
            )
            for a in in_force
        ],
        lists=[(key, title) for key, title in TITLES.items()],
        may_run=allows(request, Permission.SCREENING_RUN),
        may_adopt=allows(request, Permission.STANDARD_ADOPT),
        own=viewer.region_id,
    )


@allow(Permission.FIGURES_VIEW)
def run(request: HttpRequest, key: int) -> HttpResponse:
    """Show a run: how far it is or what came out, its hashes, what to do with it."""
    found = runs.run_get(viewer=request.post, run_id=key)
    done = found.state == "done"
    is_open = found.state in ("waiting", "running")
    if request.headers.get("HX-Request") and not is_open:
        # The page asked how far the run is: it has ended, so show it whole.
        return HttpResponse(headers={"HX-Refresh": "true"})
    others = runs.comparable_list(viewer=request.post, run=found) if done else []
    may_run = allows(request, Permission.SCREENING_RUN)
    context = {
        "run": found,
        "title": pack_title(found.pack),
        "village_title": pack_title(found.village_pack),
        "state": STATE_OF_RUN[found.state],
        "step": step_words(found.step),
        "open": is_open,
        "done": done,
        "lines": measure_lines(found),
        "others": others[:20],
        "values": values_worded(found.pack, found.parameters),
        "may_run": may_run,
        "may_end": may_run and runs.run_is_own(viewer=request.post, run=found),
        "may_take": allows(request, Permission.ROWS_EXPORT),
        "trail": trail(request, found.region_id),
    }
    return render(request, "screening/run.html", context)


@allow(Permission.HOUSEHOLD_VIEW)
def compared(
    request: HttpRequest, key: int, older: int, measure: str
) -> HttpResponseBase:
    """List the households whose verdict changed from one run to another."""
    found = runs.runs_compared(
        viewer=request.post, older_id=older, newer_id=key, measure=measure
    )
    label = measure_label(found.newer.pack, measure)
    measures = found.newer.counts["measures"]
    return answer(
        request,
        change_table(request.post, day=found.newer.as_of),
        list(found.changes),
        "screening/compared.html",
        title=_("What changed: %(measure)s") % {"measure": label},
        trail=trail(request, found.newer.region_id),
        newer=found.newer,
        older=found.older,
        measures=[
            (m, measure_label(found.newer.pack, m), m == measure) for m in measures
        ],
    )


@allow(Permission.FIGURES_VIEW)
def thresholds(request: HttpRequest, which: str) -> HttpResponseBase:
    """List the places at or above a threshold on a day.

    Raises:
        Http404: when there is no such list.
    """
    if which not in THRESHOLDS:
        raise Http404
    asked, today = request.GET.get("day", ""), timezone.localdate()
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        day = date.max
    wrong, day = day > today, min(day, today)
    found = threshold_list(viewer=request.post, which=which, day=day)
    return answer(
        request,
        place_table(),
        list(found.reached),
        "screening/places.html",
        title=str(TITLES[which]),
        trail=trail(request, request.post.region_id),
        found=found,
        day=day.isoformat(),
        wrong_day=wrong,
        which=which,
        lists=[(key, title, key == which) for key, title in TITLES.items()],
    )
