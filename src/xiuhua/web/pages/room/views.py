"""The command room of a region, and of regions taken together across the tree."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.region_codes import contains
from xiuhua.web.access import allow
from xiuhua.web.pages.room.asking import question_of
from xiuhua.web.pages.room.page import Subject, answered
from xiuhua.web.shell import trail


@allow(Permission.FIGURES_VIEW)
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the room of the post's own region."""
    return redirect("room:region", code=request.post.region_id)


@allow(Permission.FIGURES_VIEW)
def region(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show what is left in a region of the post.

    Raises:
        Http404: when there is no such region there on the day; foreign ones alike.
    """
    question = question_of(request, today=timezone.localdate())
    if not contains(request.post.region_id, code):
        raise Http404
    names = regions.near_names(code=code, as_of=question.day)
    if code not in names:
        raise Http404
    steps = trail(request, code, question.address)
    subject = Subject((code,), names, names[code], code)
    return answered(request, question, subject, trail=steps)


@allow(Permission.FIGURES_VIEW)
def grouping(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show what is left in regions taken together, as far as they lie in the post.

    Raises:
        Http404: when there is no such grouping, or no part of it lies in the post.
    """
    question = question_of(request, today=timezone.localdate())
    known = {g.key: (g, codes) for g, codes in _groupings(question.day)}
    if key not in known:
        raise Http404
    found, codes = known[key]
    seen = codes_seen(codes, request.post.region_id)
    if not seen:
        raise Http404
    note = ""
    if len(seen) < len(codes):
        note = _("%(seen)s of its %(all)s regions lie in yours; the others do not show")
        note %= {"seen": len(seen), "all": len(codes)}
    names = regions.part_of_any_names(codes=seen, as_of=question.day)
    subject = Subject(tuple(seen), names, found.name, "", note)
    return answered(request, question, subject, trail=[])


def codes_seen(codes: list[str], own: str) -> list[str]:
    """Return the members of a grouping a post sees, or its own region inside one."""
    inside = [code for code in codes if contains(own, code)]
    return inside or ([own] if any(contains(code, own) for code in codes) else [])


def _groupings(day: Any) -> list[tuple[Any, list[str]]]:
    return regions.grouping_list(as_of=day)
