"""Put a standard in force, end it, move the day it is judged for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors import adoptions as found_adoptions
from xiuhua.apps.assessments.services import adoptions, runs
from xiuhua.apps.assessments.standards import known_packs, pack_read
from xiuhua.web.access import allow, allows
from xiuhua.web.acting import acted
from xiuhua.web.pages.screening.forms import AdoptForm, DayForm
from xiuhua.web.pages.screening.showing import pack_shown
from xiuhua.web.shell import trail, worded


@allow(Permission.SCREENING_RUN)
def choose(request: HttpRequest) -> HttpResponse:
    """Show the packs there are, each with its documents, to choose one from."""
    packs = [pack_read(name) for name in known_packs()]
    context = {
        "may_adopt": allows(request, Permission.STANDARD_ADOPT),
        "packs": [pack_shown(p) for p in packs if p.unit in ("household", "village")],
        "trail": trail(request, request.post.region_id),
    }
    return render(request, "screening/packs.html", context)


@allow(Permission.STANDARD_ADOPT, "GET", "POST")
def adopt(request: HttpRequest, pack: str) -> HttpResponse:
    """Put a pack in force in the post's region, and judge by it at once.

    Raises:
        Http404: when there is no such pack.
    """
    if pack not in known_packs():
        raise Http404
    found, today = pack_read(pack), timezone.localdate()
    form = AdoptForm(
        request.POST or None, pack=found, initial={"valid_from": today, "as_of": today}
    )

    def act(at: datetime) -> str:
        data = form.cleaned_data
        adoptions.pack_adopt(
            region=request.post.region_id,
            pack=pack,
            document=data["document"],
            parameters=form.given(),
            as_of=data["as_of"],
            valid_from=data["valid_from"],
            locked=data["locked"],
            follows_calendar=data["follows_calendar"],
            by=request.post,
            at=at,
        )
        if found.unit == "household" and data["valid_from"] <= today:
            return _judged_again(request, pack, data["as_of"], at)
        return reverse("screening:index")

    title = _("Adopt: %(pack)s") % {"pack": worded(found.title)}
    said = _("The standard is adopted. All households are being judged by it.")
    return _form_page(request, form, act, title=title, said=said, button=_("Adopt"))


@allow(Permission.STANDARD_ADOPT, "GET", "POST")
def end(request: HttpRequest, key: int) -> HttpResponse:
    """Let a standard no longer be in force from a day on."""
    adoption = found_adoptions.adoption_get(viewer=request.post, key=key)
    today = timezone.localdate()
    form = DayForm(request.POST or None, initial={"day": today})

    def act(at: datetime) -> str:
        adoptions.adoption_end(
            adoption=adoption.pk, on=form.cleaned_data["day"], by=request.post, at=at
        )
        return reverse("screening:index")

    said = _("The standard has ended; its verdicts are being taken off the pages.")
    return _form_page(
        request, form, act, title=_("End the standard"), said=said, button=_("End it")
    )


@allow(Permission.STANDARD_ADOPT, "GET", "POST")
def day(request: HttpRequest, key: int) -> HttpResponse:
    """Move the day a standard is judged for, and judge again."""
    adoption = found_adoptions.adoption_get(viewer=request.post, key=key)
    form = DayForm(request.POST or None, initial={"day": adoption.as_of})

    def act(at: datetime) -> str:
        as_of = form.cleaned_data["day"]
        adoptions.judging_day_set(
            adoption=adoption.pk, as_of=as_of, by=request.post, at=at
        )
        return _judged_again(request, adoption.pack, as_of, at)

    said = _("The day is moved. All households are being judged again.")
    return _form_page(
        request,
        form,
        act,
        title=_("Move the day judged for"),
        said=said,
        button=_("Move the day"),
    )


def _judged_again(request: HttpRequest, pack: str, as_of: date, at: datetime) -> str:
    run = runs.run_ask(
        region=request.post.region_id, pack=pack, as_of=as_of, by=request.post, at=at
    )
    return reverse("screening:run", args=[run.pk])


def _form_page(
    request: HttpRequest, form: Any, act: Any, *, title: str, said: str, button: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = acted(request, form, act, done=lambda: said)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back": reverse("screening:index"),
        "trail": trail(request, request.post.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "screening/form.html", context, status=status)
