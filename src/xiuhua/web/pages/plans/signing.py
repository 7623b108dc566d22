"""File the scan of the paper on which a plan was signed: by a form, or in chunks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.selectors.page import plan_page
from xiuhua.apps.plans.services import signing
from xiuhua.web.access import allow
from xiuhua.web.pages.files.sendings import announced, answered
from xiuhua.web.pages.mine.evidence import Proof, finished, proof_page
from xiuhua.web.pages.plans.planning import page_address
from xiuhua.web.pages.plans.words import SIGNERS


# One paper on which all signed.
_ALL: Final = "all"


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def paper(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show the form for a signed paper of what was agreed last; file it."""
    return proof_page(request, plan_proof(request, plan_id), page_address(plan_id))


@allow(Permission.EVIDENCE_ADD, "POST")
def announce(request: HttpRequest, plan_id: int) -> JsonResponse:
    """Begin a sending of a signed paper or take it up again."""
    return announced(request, lambda: plan_proof(request, plan_id).subject)


@allow(Permission.EVIDENCE_ADD, "POST")
def finish(request: HttpRequest, plan_id: int, key: str) -> JsonResponse:
    """File a signed paper from a sending that is whole."""
    return answered(lambda: finished(request, plan_proof(request, plan_id), key))


def plan_proof(request: HttpRequest, key: int) -> Proof:
    """Return what was agreed last as something signed papers stand behind.

    Raises:
        Http404: when nothing is agreed on yet.
    """
    shown = plan_page(viewer=request.post, key=key, on=timezone.localdate())
    if not shown.versions:
        raise Http404
    row, agreed = shown.plan, shown.versions[0]
    names = [(who, name) for who, name in agreed.signed.items() if name.strip()]
    signed = [who for who, _name in names]
    filed = {paper.signer for paper in agreed.papers.all()}

    def give(file: Any, kind: str, version: int, at: datetime) -> Any:
        return signing.paper_file(
            plan=row,
            version=version,
            signers=signed if kind == _ALL else [kind],
            attachment=file,
            by=request.post,
            at=at,
        )

    words = [(who, f"{SIGNERS[who]} {name}") for who, name in names]
    everybody = [(_ALL, _("the signatures of all"))] if len(names) > 1 else []
    return Proof(
        signing.SUBJECT,
        "plans:paper",
        key,
        _("Version %(number)s, agreed on %(day)s")
        % {"number": agreed.number, "day": agreed.agreed_on.isoformat()},
        row.region_id,
        row.version,
        frozenset(signed) - filed,
        give,
        lambda file: agreed.papers.filter(attachment_id=file).exists(),
        [*everybody, *words],
        _("Signed paper"),
    )
