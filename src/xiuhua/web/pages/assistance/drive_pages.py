"""Drives of visits (遍访): what is left, by village and by person in charge.

How far the work has come, never how good anybody is: persons stand in the order of
names, and the list cannot be ordered by what is left.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import visits as selectors
from xiuhua.apps.assistance.services import visits
from xiuhua.web.access import allow
from xiuhua.web.pages.assistance.drive_tables import (
    drive_table,
    left_table,
    person_rows,
    person_table,
    village_table,
)
from xiuhua.web.pages.assistance.forming import form_page
from xiuhua.web.pages.assistance.forms import DriveForm
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer


@allow(Permission.HOUSEHOLD_VIEW)
def drives(request: HttpRequest) -> HttpResponseBase:
    """Show the drives of visits."""
    return listed(
        request,
        drive_table(),
        selectors.drive_list(viewer=request.post),
        _("Drives of visits"),
        request.post.region_id,
        acts=[(reverse("assistance:drive_begin"), _("Begin a drive"))],
    )


@allow(Permission.HOUSEHOLD_VIEW)
def drive(request: HttpRequest, drive_id: int) -> HttpResponseBase:
    """Show how far a drive has come: `?by=` household, village or person in charge."""
    post, day = request.post, timezone.localdate()
    found = selectors.drive_get(viewer=post, key=drive_id)
    asked: dict[str, Any] = {"viewer": post, "drive": found, "on": day}
    villages = selectors.drive_villages(**asked)
    by = request.GET.get("by", "")
    rows: Any
    if by == "village":
        rows = villages
        table, heading = village_table(day), _("By village")
    elif by == "person":
        found_by = selectors.drive_helpers(**asked)
        rows = person_rows(post, found_by)
        table, heading = person_table(), _("By person in charge")
    else:
        by = "household"
        table = left_table(post, region=post.region_id, day=day)
        rows, heading = selectors.drive_left(**asked), _("Still to be visited")
    return answer(
        request,
        table,
        rows,
        "assistance/drive.html",
        title=f"{found.name} {heading}",
        drive=found,
        heading=heading,
        by=by,
        households=sum(p.households for p in villages),
        left=sum(p.left for p in villages),
        edits=False,
        trail=trail(request, post.region_id),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def drive_begin(request: HttpRequest) -> HttpResponse:
    """Begin a drive over the post's region."""
    form = DriveForm(request.POST or None)

    def act(at: datetime) -> str:
        names = ("name", "left_only", "starts_on", "last_day", "once")
        made = visits.drive_begin(
            region=request.post.region_id,
            **{k: form.cleaned_data[k] for k in names},
            by=request.post,
            at=at,
        )
        return reverse("assistance:drive", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Begin a drive"),
        back=reverse("assistance:drives"),
        region=request.post.region_id,
    )
