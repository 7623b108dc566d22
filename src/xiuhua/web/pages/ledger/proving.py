"""Give a file as evidence that a problem was mended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.web.access import allow
from xiuhua.web.pages.mine.evidence import problem_proof, proof_page


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def give(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Show a form for a file; keep it and name it as evidence, both or neither."""
    home = reverse("ledger:page", args=[problem_id])
    return proof_page(request, problem_proof(request, problem_id), home)
