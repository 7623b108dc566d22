"""Ask for runs, stop them, check them against their snapshot, erase their names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.run_report import run_workbook
from xiuhua.apps.assessments.selectors import adoptions as found_adoptions
from xiuhua.apps.assessments.selectors.runs import run_get
from xiuhua.apps.assessments.selectors.verdicts import indicator_choices
from xiuhua.apps.assessments.services import runs
from xiuhua.apps.assessments.standards import known_packs, pack_read
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.pages.screening.forms import RunForm, TrialForm
from xiuhua.web.shell import language, trail, worded
from xiuhua.web.workbooks import XLSX


# What an act calls, what it says when done, and what was not done when refused.
ACTS: Final[dict[str, tuple[Callable[..., Any], Any, Any]]] = {
    "cancel": (
        runs.run_cancel,
        _("The run is being stopped; it leaves nothing behind."),
        _("The run is not stopped"),
    ),
    "check": (
        runs.run_check,
        _("The snapshot is being judged again; the hashes show below."),
        _("The snapshot is not judged again"),
    ),
    "erase": (
        runs.run_identities_erase,
        _("The names are erased. The figures stay and can be recomputed."),
        _("The names are not erased"),
    ),
}


# By what a pack judges: as what it is tried, and what else the run does.
_TRIED: Final = {"household": "pack", "village": "village_pack"}
_BESIDES: Final = {
    "household": _(
        "Villages are judged by their standard in force, with its own values."
    ),
    "village": _(
        "Villages are judged by this standard, households by theirs in force, with its"
        " own values. The verdicts on villages stand in the workbook of the run."
    ),
}


@allow(Permission.SCREENING_RUN, "GET", "POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a run by the standard in force."""
    today = timezone.localdate()
    day = found_adoptions.judging_day(viewer=request.post, today=today)
    known = indicator_choices(viewer=request.post, language=language(), day=today)
    if not known:
        messages.warning(request, _("Adopt a standard first; a run judges by it."))
        return redirect("screening:adopt")
    packs = [(pack, title) for pack, title, _shown in known]
    form = RunForm(request.POST or None, packs=packs, initial={"as_of": day})

    def act(at: datetime) -> str:
        run = runs.run_ask(
            region=request.post.region_id,
            pack=form.cleaned_data["pack"],
            as_of=form.cleaned_data["as_of"],
            by=request.post,
            at=at,
        )
        return reverse("screening:run", args=[run.pk])

    title = _("Screen the region")
    return _form_page(request, form, act, title=title)


@allow(Permission.SCREENING_RUN, "GET", "POST")
def trial(request: HttpRequest, pack: str) -> HttpResponse:
    """Ask for a run by values of one's own, which changes nothing that is current.

    Raises:
        Http404: when there is no such pack for households or villages.
    """
    found = pack_read(pack) if pack in known_packs() else None
    if found is None or found.unit not in _TRIED:
        raise Http404
    packs = {_TRIED[found.unit]: pack}
    today = timezone.localdate()
    form = TrialForm(request.POST or None, pack=found, initial={"as_of": today})

    def act(at: datetime) -> str:
        run = runs.run_ask(
            region=request.post.region_id,
            **packs,
            as_of=form.cleaned_data["as_of"],
            adopted=False,
            parameters=form.given(),
            by=request.post,
            at=at,
        )
        return reverse("screening:run", args=[run.pk])

    title = _("Try: %(pack)s") % {"pack": worded(found.title)}
    besides = _BESIDES[found.unit]
    return _form_page(request, form, act, title=title, besides=besides)


@allow(Permission.SCREENING_RUN, "POST")
def act(request: HttpRequest, key: int, act: str) -> HttpResponse:
    """Stop a run, check it, or erase its names.

    Raises:
        Http404: when there is no such act.
    """
    if act not in ACTS:
        raise Http404
    run = run_get(viewer=request.post, run_id=key)
    service, said, refused = ACTS[act]
    try:
        service(run=run.pk, by=request.post, at=timezone.now())
    except runs.RunRefused as error:
        context = {
            "title": refused,
            "detail": error.worded(translator(language())),
            "back": reverse("screening:run", args=[run.pk]),
            "trail": trail(request, run.region_id),
        }
        return render(request, "screening/refused.html", context, status=422)
    messages.success(request, str(said))
    return redirect("screening:run", run.pk)


@allow(Permission.ROWS_EXPORT)
def workbook(request: HttpRequest, key: int) -> HttpResponse:
    """Hand out the workbook of a run: shortfalls, lists, every household's verdicts."""
    run = run_get(viewer=request.post, run_id=key)
    taken = runs.run_workbook_take(run=run.pk, by=request.post, at=timezone.now())
    content = run_workbook(taken, language=language())
    name = f"{run.region_id} {run.as_of:%Y-%m-%d} {run.pk}.xlsx"
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _form_page(
    request: HttpRequest, form: Any, act: Any, *, title: str, besides: Any = ""
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        said = _("The run is waiting for a worker. This page shows how far it is.")
        answer = acted(request, form, act, done=lambda: said)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "title": title,
        "besides": besides,
        "button": _("Start the run"),
        "back": reverse("screening:index"),
        "trail": trail(request, request.post.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "screening/form.html", context, status=status)
