"""Give a file as evidence that a problem was mended."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments import services as attachments
from xiuhua.apps.attachments.rules import Sent, Subject
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.rules import EVIDENCE
from xiuhua.apps.ledger.services import proving
from xiuhua.apps.ledger.wording import ACTS
from xiuhua.core.dictionary.model import Mask
from xiuhua.web.access import allow
from xiuhua.web.pages.ledger.acts import Page, form_answer
from xiuhua.web.pages.ledger.forms import EvidenceForm


PROBLEM = "ledger.problem"


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def give(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Show a form for a file; keep it and name it as evidence, both or neither."""
    problem = ledger.problem_get(viewer=request.post, key=problem_id)
    form = EvidenceForm(
        request.POST or None, request.FILES or None, version=problem.version
    )

    def act(at: datetime) -> str:
        said = form.cleaned_data
        content = said["file"].read()
        key = hashlib.sha256(said["once"].encode()).hexdigest()
        digest = hashlib.sha256(content).hexdigest()
        kept = attachments.attachment_add(
            content=content,
            sent=Sent(key, said["file"].name, digest, len(content)),
            subject=Subject(PROBLEM, str(problem_id), problem.region_id),
            mask=Mask(said["mask"]),
            by=request.post,
            at=at,
        )
        proving.evidence_give(
            problem=problem,
            version=said["version"],
            kind=said["kind"],
            attachment=kept,
            by=request.post,
            at=at,
        )
        return page

    page = reverse("ledger:page", args=[problem_id])
    shown = Page(ACTS[EVIDENCE], problem.region_id, page, problem)
    return form_answer(request, form, act, shown)
