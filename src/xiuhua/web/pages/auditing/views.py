"""Read the record, verify it, take an anchor away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.record_reading import Question, record_list
from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.anchors import AnchorUnreadable, anchor_text, parsed_anchor
from xiuhua.web.access import allow
from xiuhua.web.pages.auditing.forms import (
    ANCHOR_MOST_BYTES,
    QuestionForm,
    VerifyForm,
)
from xiuhua.web.pages.auditing.words import row_of
from xiuhua.web.pages.people.shown import page_of
from xiuhua.web.pages.people.views import refuse


@allow(Permission.AUDIT_READ, "GET", "POST")
def index(request: HttpRequest) -> HttpResponse:
    """List the entries that answer a question, newest first."""
    form = QuestionForm(request.POST or None)
    asked = form.question() if form.is_valid() else Question()
    found = record_list(viewer=request.post, question=asked)
    page = page_of(found, form.cleaned_data.get("page") if form.is_valid() else 1)
    rows = [row_of(entry) for entry in page.object_list]
    context = {"form": form, "page": page, "rows": rows, "verify": VerifyForm()}
    return render(request, "auditing/index.html", context)


@allow(Permission.AUDIT_READ, "POST")
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the chains of the region, against an anchor when one is given."""
    region = request.post.region_id
    form = VerifyForm(request.POST, request.FILES)
    given = form.files.get("anchor") if form.is_valid() else None
    heads, breaks, anchored = audit.chain_heads(region=region), [], False
    try:
        text = given.read(ANCHOR_MOST_BYTES).decode("utf-8", "replace") if given else ""
        anchor = parsed_anchor(text) if given else {}
        breaks = list(audit.break_list(anchor=anchor, region=region))
        anchored = bool(anchor)
    except AnchorUnreadable as error:
        refuse(form, error)
    context = {
        "form": form,
        "breaks": breaks,
        "entries": sum(head.count for head in heads.values()),
        "chains": len(heads),
        "anchored": anchored,
        "at": timezone.now(),
    }
    status = 400 if form.errors else 200
    return render(request, "auditing/verified.html", context, status=status)


@allow(Permission.AUDIT_READ)
def anchor(request: HttpRequest) -> HttpResponse:
    """Give the heads of the region's chains as a file to be kept elsewhere."""
    now = timezone.now()
    heads = audit.chain_heads(region=request.post.region_id)
    name = f"anchor-{request.post.region_id}-{now:%Y%m%d-%H%M}.json"
    return HttpResponse(
        anchor_text(heads, at=now),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
