"""Show how sound the data of a region are, and lead to where each fault is mended."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors import health, verdicts
from xiuhua.apps.assessments.services.health import health_check_ask
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.health.listing import fault_table, gap_table, question_table
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.shell import language, trail, worded
from xiuhua.web.tables.answers import answer


# Those with the most faults; the list of faults has them all.
_FIRST: Final = 12


@allow(Permission.HOUSEHOLD_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Show faults by kind, village and person in charge, gaps, and things to ask."""
    viewer, region = request.post, region_asked(request)
    kinds = health.faults_by(viewer=viewer, what="kind", region=region)
    villages = health.faults_by(viewer=viewer, what="village", region=region)
    names = regions.names_of(
        codes=[v.key for v in villages], as_of=timezone.localdate()
    )
    helpers = health.faults_by(viewer=viewer, what="helper", region=region)
    filled = health.completeness_list(viewer=viewer, region=region)
    context = {
        "region": region,
        "trail": trail(request, region, lambda code: f"?region={code}"),
        "kinds": [(k, health.kind_label(k.key, language())) for k in kinds],
        "villages": [(v, names[v.key]) for v in villages[:_FIRST]],
        "more_villages": max(len(villages) - _FIRST, 0),
        "helpers": [(h, health.helper_shown(h.key, viewer)) for h in helpers[:_FIRST]],
        "more_helpers": max(len(helpers) - _FIRST, 0),
        "faults": sum(k.faults for k in kinds),
        "gaps": [(f, _field(f), _share(f.filled, f.wanted)) for f in filled],
        "missing": sum(f.missing for f in filled),
        "complete": _share(
            sum(f.filled for f in filled), sum(f.wanted for f in filled)
        ),
        "questions": _questions(viewer, region),
        "edits": allows(request, Permission.HOUSEHOLD_EDIT),
    }
    return render(request, "health/index.html", context)


def _field(filled: Any) -> str:
    level = "household" if filled.level == "income" else filled.level
    return worded(load_dictionary().level(level).by_name[filled.field].label)


def _share(part: int, whole: int) -> str:
    """Return a share in percent; only what is whole is 100."""
    if not whole:
        return ""
    return (
        "100%" if part == whole else f"{min(10 * part * 100 // whole, 999) / 10:.1f}%"
    )


def _questions(viewer: Any, region: str) -> list[Any]:
    day = timezone.localdate()
    found = []
    for pack, title, shown in verdicts.indicator_choices(
        viewer=viewer, language=language(), day=day
    ):
        counts = health.question_counts(viewer=viewer, pack=pack, region=region)
        rows = [(key, label, counts[key]) for key, label in shown if counts.get(key)]
        found.append((pack, title, rows))
    return found


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def faults(request: HttpRequest) -> HttpResponseBase:
    """List faults, each a click from its mend; POST narrows by person in charge."""
    region = region_asked(request)
    edits = allows(request, Permission.HOUSEHOLD_EDIT)
    return answer(
        request,
        fault_table(request.post, day=timezone.localdate(), edits=edits),
        health.fault_list(viewer=request.post, region=region),
        "health/list.html",
        title=_("Faults of the data"),
        trail=trail(request, region, lambda code: f"?region={code}"),
        back=_index(region),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def gaps(request: HttpRequest, level: str, field: str) -> HttpResponseBase:
    """List the households that lack a field.

    Raises:
        Http404: when the field is not demanded.
    """
    region = region_asked(request)
    try:
        rows = health.missing_list(
            viewer=request.post, level=level, field=field, region=region
        )
    except KeyError as error:
        raise Http404 from error
    edits = allows(request, Permission.HOUSEHOLD_EDIT)
    day = timezone.localdate()
    label = load_dictionary().level("person" if level == "person" else "household")
    title = _("Not filled in: %(field)s") % {
        "field": worded(label.by_name[field].label)
    }
    return answer(
        request,
        gap_table(request.post, level=level, field=field, day=day, edits=edits),
        rows,
        "health/list.html",
        title=title,
        trail=trail(request, region, lambda code: f"?region={code}"),
        back=_index(region),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def questions(request: HttpRequest, pack: str) -> HttpResponseBase:
    """List what has to be asked so that every verdict can be given.

    Raises:
        Http404: when the standard is not in force here.
    """
    region, day = region_asked(request), timezone.localdate()
    known = verdicts.indicator_choices(
        viewer=request.post, language=language(), day=day
    )
    if pack not in [name for name, _title, _shown in known]:
        raise Http404
    return answer(
        request,
        question_table(request.post, pack=pack, day=day),
        health.question_list(viewer=request.post, pack=pack, region=region),
        "health/list.html",
        title=_("To be asked"),
        trail=trail(request, region, lambda code: f"?region={code}"),
        back=_index(region),
    )


@allow(Permission.HOUSEHOLD_EDIT, "POST")
def check(request: HttpRequest) -> HttpResponse:
    """Ask for a look at all data of the post's region."""
    health_check_ask(region=request.post.region_id, by=request.post, at=timezone.now())
    messages.success(
        request,
        _("All data are being looked at. Load this page again in a minute or two."),
    )
    return redirect("health:index")


def _index(region: str) -> str:
    return f"{reverse('health:index')}?region={region}"
