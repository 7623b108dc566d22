"""Add, hand out and remove files of a household.

A file is handed out by a form, never by an address that can be passed on; whoever takes
it is asked anew whether they may, and recorded.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments import selectors as attachments
from xiuhua.apps.attachments import services
from xiuhua.apps.attachments.rules import Sent, Subject
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.documents.views import as_file
from xiuhua.web.pages.files.forms import FileForm, WhyForm
from xiuhua.web.shell import language, trail


HOUSEHOLD = "registry.household"
# The pages of what a file is about besides a household.
_PAGES = {
    "plans.measure": "plans:measure",
    "plans.plan": "plans:page",
    "ledger.problem": "ledger:page",
}


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def add(request: HttpRequest, household_id: int) -> HttpResponse:
    """Show a form for a file of a household; keep the file."""
    household = registry.household_get(viewer=request.post, household_id=household_id)
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            file_kept(
                form, subject=subject_of(household), by=request.post, at=timezone.now()
            )
        except XiuhuaError as error:
            form.add_error("file", error.worded(translator(language())))
        else:
            messages.success(request, _("The file is kept with the household."))
            return redirect(_home(household_id))
    context = {
        "form": form,
        "household": household,
        "announce": reverse("files:announce", args=[household_id]),
        "home": _home(household_id),
        "trail": trail(request, household.village_id),
    }
    status = 422 if form.errors else 200
    return render(request, "attachments/add.html", context, status=status)


@allow(Permission.EVIDENCE_VIEW, "GET", "POST")
def take(request: HttpRequest, key: int) -> HttpResponse:
    """Hand a file out; a withheld one asks for a reason first."""
    found = attachments.attachment_get(viewer=request.post, key=key)
    form = WhyForm(request.POST or None)
    asked = request.method == "POST" and (not found.is_secret or form.is_valid())
    if found.is_secret and not allows(request, Permission.SECRET_REVEAL):
        return _withheld(request, found)
    if not asked:
        return _why(request, found, form, "attachments/take.html")
    content = services.attachment_open(
        attachment=found,
        by=request.post,
        at=timezone.now(),
        reason=form.cleaned_data["reason"] if found.is_secret else "",
    )
    response = as_file(content, found.what.media_type, f"file-{key}{found.what.ending}")
    # The name in full for browsers that read it; in a header, never in an address.
    response.headers["Content-Disposition"] += f"; filename*=UTF-8''{quote(found.name)}"
    return response


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Ask why a file is removed, then remove it."""
    found = attachments.attachment_get(viewer=request.post, key=key)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        try:
            services.attachment_remove(
                attachment=found,
                by=request.post,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except XiuhuaError as error:
            form.add_error(None, error.worded(translator(language())))
        else:
            done = _("The file is removed; that it was there is kept.")
            messages.success(request, done)
            return redirect(_home_of(found))
    return _why(request, found, form, "attachments/remove.html")


def file_kept(form: Any, *, subject: Subject, by: Any, at: datetime) -> Any:
    """Keep the file of a valid form; sent twice, it is kept once.

    Raises:
        EvidenceRefused, NotPermitted, KeyTaken: as the service says.
    """
    given = form.cleaned_data["file"]
    content = given.read()
    digest = hashlib.sha256(content).hexdigest()
    return services.attachment_add(
        content=content,
        sent=Sent(_key(form), given.name, digest, len(content)),
        subject=subject,
        mask=Mask(form.cleaned_data["mask"]),
        by=by,
        at=at,
    )


def subject_of(household: Any) -> Subject:
    """Return a household as the subject of files."""
    return Subject(HOUSEHOLD, str(household.pk), household.village_id)


def _why(request: HttpRequest, found: Any, form: Any, template: str) -> HttpResponse:
    context = {
        "form": form,
        "file": found,
        "home": _home_of(found),
        "trail": trail(request, found.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, template, context, status=status)


def _withheld(request: HttpRequest, found: Any) -> HttpResponse:
    context = {
        "file": found,
        "home": _home_of(found),
        "trail": trail(request, found.region_id),
    }
    return render(request, "attachments/withheld.html", context, status=403)


def _home(household_id: int) -> str:
    return f"{reverse('households:page', args=[household_id])}#files"


def _home_of(found: Any) -> str:
    """Return the page of what a file is about."""
    page = _PAGES.get(found.subject_kind)
    key = int(found.subject_id)
    return reverse(page, args=[key]) if page else _home(key)


def _key(form: Any) -> str:
    once = str(form.cleaned_data["once"])
    return hashlib.sha256(once.encode("utf-8")).hexdigest()
