"""Draw struck-off problems in the open and look at them a second time."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger import rechecking
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.services.rechecking import recheck_draw, recheck_record
from xiuhua.apps.ledger.wording import STATES
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.pages.ledger.acts import Page, form_answer
from xiuhua.web.pages.ledger.forms import DrawForm, RecheckForm
from xiuhua.web.shell import trail


@allow(Permission.PROBLEM_VERIFY, "GET", "POST")
def index(request: HttpRequest) -> HttpResponse:
    """Show the draws of the post's region and the form of another."""
    post = request.post
    form = DrawForm(request.POST or None)

    def act(at: datetime) -> str:
        said = form.cleaned_data
        made = recheck_draw(
            region=post.region_id,
            ended_from=said["ended_from"],
            ended_to=said["ended_to"],
            seed=said["seed"],
            once=said["once"],
            by=post,
            at=at,
        )
        return reverse("ledger:recheck", args=[made.pk])

    if request.method == "POST" and form.is_valid():
        led = acted(request, form, act, done=lambda: _("The problems are drawn."))
        if led is not None:
            return led
    context = {
        "form": form,
        "draws": rechecking.recheck_list(viewer=post),
        "share": f"{parameters().recheck_share:.0%}",
        "trail": trail(request, post.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "ledger/rechecks.html", context, status=status)


@allow(Permission.PROBLEM_VERIFY)
def page(request: HttpRequest, recheck_id: int) -> HttpResponse:
    """Show a draw and what was found of each drawn problem."""
    draw = rechecking.recheck_get(viewer=request.post, key=recheck_id)
    context = {
        "draw": draw,
        "share": f"{draw.share:.0%}",
        "items": rechecking.item_list(recheck=draw),
        "states": STATES,
        "trail": trail(request, draw.region_id),
    }
    return render(request, "ledger/recheck.html", context)


@allow(Permission.PROBLEM_VERIFY, "GET", "POST")
def record(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record what a second look found; what is not mended is opened again."""
    item = rechecking.item_get(viewer=request.post, key=item_id)
    form = RecheckForm(request.POST or None)

    def act(at: datetime) -> str:
        recheck_record(
            item=item,
            holds=form.cleaned_data["holds"],
            found=form.cleaned_data["found"],
            by=request.post,
            at=at,
        )
        return back

    back = reverse("ledger:recheck", args=[item.recheck_id])
    why = () if item.holds is None else (_("it was looked at already"),)
    title = _("Second look (回头看)")
    shown = Page(title, item.problem.region_id, back, item.problem, why)
    return form_answer(request, form, act, shown)
