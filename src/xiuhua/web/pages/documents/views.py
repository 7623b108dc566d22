"""Make papers and hand them out as files; each is recorded."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.documents import selectors as papers
from xiuhua.apps.documents import services as documents
from xiuhua.apps.documents.card import Asked
from xiuhua.apps.documents.tasks import cards_go_on
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.pages.documents.forms import CardsForm, SheetForm
from xiuhua.web.shell import language, trail


_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MEDIA = {"pdf": "application/pdf", "docx": _OFFICE}
_KEY = "/{key}/"


@allow(Permission.HOUSEHOLD_VIEW, "POST")
def household_card(request: HttpRequest, household_id: int) -> HttpResponse:
    """Hand out a household's card as PDF or for Word.

    Raises:
        Http404: when it is asked for in another form.
    """
    form = request.POST.get("form", "pdf")
    if form not in _MEDIA:
        raise Http404
    content = documents.card_make(
        household_id=household_id,
        form=form,
        asked=_asked(request),
        by=request.post,
        at=timezone.now(),
    )
    return as_file(content, _MEDIA[form], f"card-{household_id}.{form}")


@allow(Permission.HOUSEHOLD_VIEW, "POST")
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Hand out a plan, or the family's card of it, as PDF or for Word.

    Raises:
        Http404: when it is asked for in another form.
    """
    paper, _dot, form = request.POST.get("form", "plan.pdf").partition(".")
    if form not in _MEDIA or paper not in ("plan", "card"):
        raise Http404
    content = documents.plan_make(
        plan_id=plan_id,
        form=form,
        brief=paper == "card",
        asked=_asked(request, "plans:page"),
        by=request.post,
        at=timezone.now(),
    )
    return as_file(content, _MEDIA[form], f"{paper}-{plan_id}.{form}")


@allow(Permission.SECRET_REVEAL, "GET", "POST")
def person_sheet(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask for what a person's data sheet is needed, then hand it out."""
    person = papers.person_get(viewer=request.post, person_id=person_id)
    form = SheetForm(request.POST or None)
    if form.is_valid():
        content = documents.sheet_make(
            person_id=person_id,
            reason=form.cleaned_data["reason"],
            asked=_asked(request),
            by=request.post,
            at=timezone.now(),
        )
        return as_file(content, _MEDIA["pdf"], f"data-sheet-{person_id}.pdf")
    context = {
        "form": form,
        "person": person,
        "trail": trail(request, person.household.village_id),
    }
    status = 422 if form.errors else 200
    return render(request, "documents/sheet.html", context, status=status)


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def cards(request: HttpRequest) -> HttpResponse:
    """Show one's own orders of cards and take another."""
    form = CardsForm(request.POST or None, regions=_villages(request))
    if form.is_valid():
        try:
            with transaction.atomic():
                order = documents.printing_order(
                    region=form.cleaned_data["region"],
                    language=language(),
                    address=_page_address(request),
                    by=request.post,
                    at=timezone.now(),
                )
                transaction.on_commit(lambda: cards_go_on.enqueue(order.pk))
        except XiuhuaError as error:
            form.add_error(None, error.worded(translator(language())))
        else:
            messages.success(
                request,
                _("%(count)s cards are ordered; they appear below when they are ready.")
                % {"count": order.total},
            )
            return redirect("documents:cards")
    found = list(papers.printing_list(viewer=request.post)[:20])
    names = regions.names_of(
        codes=[p.region_id for p in found], as_of=timezone.localdate()
    )
    context = {
        "form": form,
        "orders": [
            (p, names[p.region_id], range(1, p.parts + 1 if p.state == "DONE" else 1))
            for p in found
        ],
        "trail": trail(request, request.post.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "documents/cards.html", context, status=status)


@allow(Permission.HOUSEHOLD_VIEW, "POST")
def cards_part(request: HttpRequest, key: int, part: int) -> HttpResponse:
    """Hand out a file of an order of one's own.

    Raises:
        Http404: when the order has no such file, or no longer.
    """
    order = papers.printing_get(viewer=request.post, key=key)
    if order.state != "DONE" or not 1 <= part <= order.parts:
        raise Http404
    try:
        content = documents.part_take(
            printing=order, part=part, by=request.post, at=timezone.now()
        )
    except OSError as error:
        raise Http404 from error
    return as_file(content, _MEDIA["pdf"], f"cards-{order.region_id}-{part}.pdf")


def as_file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Return bytes as a file to be kept, never shown in the page's own place."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest, page: str = "households:page") -> Asked:
    return Asked(
        request.post,
        language(),
        timezone.localdate(),
        _page_address(request, page),
        settings.DEMO,
    )


def _page_address(request: HttpRequest, page: str = "households:page") -> str:
    address = request.build_absolute_uri(reverse(page, args=[0]))
    return address.removesuffix("/0/") + _KEY


def _villages(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return the villages of the post's region by code, with their names."""
    today = timezone.localdate()
    found = regions.region_list(under=request.post.region_id, as_of=today)
    return [
        (r.code, regions.name_of(r) or r.code) for r in found if r.level == "village"
    ]
