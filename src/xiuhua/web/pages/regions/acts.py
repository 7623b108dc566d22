"""Change regions: each page shows a form and takes it to one service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions import services
from xiuhua.apps.regions.rules import NotInForce
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.pages.regions.forms import (
    EnterForm,
    GroupingForm,
    KeepForm,
    NameForm,
    ReplaceForm,
    YearForm,
    truth,
)
from xiuhua.web.pages.regions.views import address_of, code_asked
from xiuhua.web.shell import language, trail


@allow(Permission.REGION_EDIT, "GET", "POST")
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a part of a region."""
    code = code_asked(request, code)
    form = EnterForm(request.POST or None, initial={"code": code})

    def act(at: datetime) -> str:
        said = form.cleaned_data
        _check_own(request, said["code"])
        services.region_create(
            code=said["code"],
            name=said["name"],
            valid_from=said["valid_from"],
            by=request.post.actor,
            at=at,
        )
        return reverse("regions:page", args=[said["code"]])

    done = _("The region is entered. Say what it counts as.")
    return _answered(request, form, act, done, code, _("Enter a region"))


@allow(Permission.REGION_EDIT, "GET", "POST")
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give a region another name from a day on."""
    code = code_asked(request, code)
    form = NameForm(request.POST or None)

    def act(at: datetime) -> str:
        said = form.cleaned_data
        services.region_rename(
            code=code,
            name=said["name"],
            on=said["on"],
            order_number=said["order_number"],
            by=request.post.actor,
            at=at,
        )
        return reverse("regions:page", args=[code])

    done = _("The region has its new name.")
    return _answered(request, form, act, done, code, _("Rename"))


@allow(Permission.REGION_EDIT, "GET", "POST")
def replace(request: HttpRequest, code: str) -> HttpResponse:
    """Let another region take a region's place from a day on.

    A code in force takes it in; with parts of its own all of them get other codes.
    """
    code = code_asked(request, code)
    if code == request.post.region_id:
        raise Http404
    form = ReplaceForm(request.POST or None)

    def act(at: datetime) -> str:
        said = form.cleaned_data
        _check_own(request, said["code"])
        common = {
            "on": said["on"],
            "order_number": said["order_number"],
            "by": request.post.actor,
            "at": at,
        }
        if regions.part_list(code=code, as_of=said["on"]).exists():
            services.region_renumber(
                code=code, new_code=said["code"], name=said["name"], **common
            )
        else:
            services.region_replace(
                predecessors=[code], successors={said["code"]: said["name"]}, **common
            )
        return reverse("regions:page", args=[said["code"]])

    done = _("The region has been replaced. Move its households to where they belong.")
    return _answered(request, form, act, done, code, _("Another code, or a merger"))


@allow(Permission.REGION_EDIT, "GET", "POST")
def keep(request: HttpRequest, code: str) -> HttpResponse:
    """Take back that a region is to be replaced on a day to come."""
    code = code_asked(request, code)
    if code == request.post.region_id:
        raise Http404
    form = KeepForm(request.POST or None)
    said = [
        _("On {day} {code} was to become {heir}.").format(
            day=s.on_date.isoformat(), code=s.predecessor.code, heir=s.successor.code
        )
        for s in regions.succession_list(code=code)
        if s.predecessor.code == code
    ]

    def act(at: datetime) -> str:
        services.region_keep(
            code=code,
            order_number=form.cleaned_data["order_number"],
            by=request.post.actor,
            at=at,
        )
        return reverse("regions:page", args=[code])

    done = _("The region stays as it is.")
    title = _("Take the replacement back")
    return _answered(request, form, act, done, code, title, said=" ".join(said))


@allow(Permission.REGION_EDIT, "GET", "POST")
def year(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a region counts as in a year."""
    code = code_asked(request, code)
    form = YearForm(request.POST or None, initial={"year": timezone.localdate().year})

    def act(at: datetime) -> str:
        said = form.cleaned_data
        services.year_set(
            code=code,
            year=said["year"],
            poor_village=truth(said["poor_village"]),
            deep_poverty=truth(said["deep_poverty"]),
            target_class=said["target_class"],
            document=said["document"],
            by=request.post.actor,
            at=at,
        )
        return reverse("regions:page", args=[code])

    done = _("It is noted what the region counts as.")
    return _answered(request, form, act, done, code, _("What it counts as in a year"))


@allow(Permission.REGION_EDIT, "GET", "POST")
def groupings(request: HttpRequest) -> HttpResponse:
    """Show the groupings that touch the region; define another one."""
    own = str(request.post.region_id)
    day = timezone.localdate()
    form = GroupingForm(request.POST or None)

    def act(at: datetime) -> str:
        said = form.cleaned_data
        for code in said["codes"]:
            _check_own(request, code)
        services.grouping_define(
            key=said["key"],
            name=said["name"],
            document=said["document"],
            codes=said["codes"],
            valid_from=None,
            by=request.post.actor,
            at=at,
        )
        return reverse("room:grouping", args=[said["key"]])

    found = [
        (grouping, [c for c in codes if c.startswith(own)], len(codes))
        for grouping, codes in regions.grouping_list(as_of=day)
        if any(c.startswith(own) or own.startswith(c) for c in codes)
    ]
    done = _("The grouping is defined; this is its command room.")
    title = _("Groupings of regions")
    return _answered(request, form, act, done, own, title, groupings=found)


def _check_own(request: HttpRequest, code: str) -> None:
    check_permitted(request.post.state, Permission.REGION_EDIT, region=code)


def _answered(
    request: HttpRequest,
    form: Form,
    act: Callable[[datetime], str],
    done: str,
    code: str,
    title: str,
    **context: Any,
) -> HttpResponse:
    """Take a form to its act, or show it with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            answer = acted(request, form, act, done=lambda: done)
        except NotInForce as error:
            # Here it is a matter of what was typed, not of the address.
            form.add_error(None, error.worded(translator(language())))
        else:
            if answer is not None:
                return answer
    context |= {
        "form": form,
        "title": title,
        "code": code,
        "trail": trail(request, code, address_of),
    }
    return render(request, "regions/form.html", context)
