"""Acts on many plans at once: propose for a village, give measures to another."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.desk.sending import acted_once
from xiuhua.apps.plans.selectors.lists import owner_list
from xiuhua.apps.plans.selectors.page import usual_deadline
from xiuhua.apps.plans.services import bulk
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow
from xiuhua.web.pages.plans.forms import OwnerForm, ProposeAllForm
from xiuhua.web.pages.plans.lists import CHANGED
from xiuhua.web.pages.plans.planning import form_page
from xiuhua.web.tables.answers import list_asked


_ROW: Final = re.compile(r"(\d{1,18})\.(\d{1,9})")


@allow(Permission.PLAN_EDIT, "GET", "POST")
def propose(request: HttpRequest) -> HttpResponse:
    """Propose measures for every household of a village that falls short."""
    post, day = request.post, timezone.localdate()
    form = ProposeAllForm(
        request.POST or None,
        villages=villages_offered(post, day),
        initial={
            "deadline": usual_deadline(region=post.region_id, on=day),
            "region": request.GET.get("region", ""),
        },
    )
    made = (0, 0)

    def act(at: datetime) -> str:
        nonlocal made
        region = form.cleaned_data["region"]
        made = bulk.village_propose(
            region=region,
            year=day.year,
            deadline=form.cleaned_data["deadline"],
            by=post,
            at=at,
        )
        return f"{reverse('plans:index')}?region={region}&state=draft"

    def done() -> str:
        words = _("%(measures)s measures are proposed in %(plans)s plans.")
        return words % {"measures": made[1], "plans": made[0]}

    return form_page(
        request,
        None,
        form,
        act,
        title=_("Propose for a village"),
        done=done,
        back=reverse("plans:index"),
    )


@allow(Permission.PLAN_EDIT, "POST")
def owner(request: HttpRequest) -> HttpResponse:
    """Give the ticked measures to another owner: all of them, or none.

    Raises:
        XiuhuaError: when one is not in the post's region, was changed since the list
            was shown, or the new owner's post does not reach it.
    """
    ticked = [_ROW.fullmatch(text) for text in request.POST.getlist("row")]
    region, day = request.post.region_id, timezone.localdate()
    owners = {str(p.pk): p for p in owner_list(region=region, on=day, below=True)}
    form = OwnerForm(request.POST, owners=[(key, "") for key in owners])
    if not ticked or None in ticked or not form.is_valid():
        messages.error(request, _("Tick measures and say to whom they go, and why."))
        return redirect(list_asked(request, "plans:measures"))
    seen = {int(m[1]): int(m[2]) for m in ticked if m}
    chosen = owners[form.cleaned_data["owner"]]

    def act(at: datetime) -> str:
        bulk.owner_change(
            measures=seen,
            owner=chosen,
            reason=form.cleaned_data["reason"],
            by=request.post,
            at=at,
        )
        return list_asked(request, "plans:measures")

    key, at = form.cleaned_data["once"], timezone.now()
    where = acted_once(user=request.user, key=key, at=at, act=lambda: act(at))
    # Each was changed once: what it takes to take that back, for whoever did it.
    request.session[CHANGED] = {str(pk): version + 1 for pk, version in seen.items()}
    words = _("%(number)s measures have a new owner; each plan says so.")
    messages.success(request, words % {"number": len(seen)})
    return redirect(where)


@allow(Permission.PLAN_EDIT, "POST")
def owner_undo(request: HttpRequest) -> HttpResponse:
    """Take back the change of owner this person made last.

    Raises:
        XiuhuaError: when something happened to one of the measures since.
    """
    changed = request.session.pop(CHANGED, {})
    if changed:
        number = bulk.owner_change_undo(
            measures={int(pk): version for pk, version in changed.items()},
            by=request.post,
            at=timezone.now(),
        )
        words = _("Taken back: %(number)s measures belong to whom they did before.")
        messages.success(request, words % {"number": number})
    return redirect("plans:measures")


def villages_offered(post: Any, day: date) -> list[tuple[str, Any]]:
    """Return the villages of a post with their names, to choose one."""
    found = regions.region_list(under=post.region_id, as_of=day)
    return [
        (r.code, regions.name_of(r) or r.code) for r in found if r.level == "village"
    ]
