"""A file as proof: whole by a form, or in chunks that survive a break.

My work, the ledger and the plans show the same form; each leads back to its own page.

    POST …/sendings/         key, name, size, digest, mask   → {"received": n}
    PUT  files/sendings/<key>/   as for every file
    POST …/sendings/<key>/   kind, version                   → {"file": id}

The last makes the file and names it as evidence, both or neither. Whoever heard no
answer asks again: the same key ends in the same file and the same evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments import services as attachments
from xiuhua.apps.attachments.rules import Sent, Subject
from xiuhua.apps.attachments.selectors import evidence_kinds
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.services import proving
from xiuhua.apps.plans.selectors.measures import measure_get
from xiuhua.apps.plans.services import measures as plans
from xiuhua.core.dictionary.model import Mask
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.files.forms import MASKS
from xiuhua.web.pages.files.sendings import announced, answered
from xiuhua.web.shell import trail


_KEPT: Final = _("The evidence is kept.")
_TITLE: Final = _("Evidence")


class PhotoForm(ActForm):
    """A file, what it proves, who may open it."""

    file = forms.FileField(
        label=_("Photo or file"),
        help_text=_(
            "Photo, PDF, OFD, Word or Excel. Place, time and device are taken out of "
            "photos; nobody's whereabouts are kept."
        ),
        widget=forms.FileInput(attrs={"accept": "image/*,.pdf,.ofd,.docx,.xlsx"}),
    )
    kind = forms.ChoiceField(label=_("What it proves"))
    mask = forms.ChoiceField(label=_("Who may open it"), choices=MASKS)

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds


@dataclass(frozen=True)
class Proof:
    """What evidence is given of: its subject, what is still lacking, who takes it.

    `of` is the kind of subject, `pages` what the names of its addresses begin with.
    """

    of: str
    pages: str
    key: int
    what: str
    region: str
    version: int
    demanded: frozenset[str]
    give: Callable[[Any, str, int, datetime], Any]
    holds: Callable[[int], bool]
    # What it can prove; without any the kinds of evidence.
    kinds: Sequence[tuple[str, Any]] = ()
    title: Any = _TITLE

    @property
    def subject(self) -> Subject:
        """Return it as the subject of files."""
        return Subject(self.of, str(self.key), self.region)

    def url(self, page: str, *args: Any) -> str:
        """Return the address of one of its pages."""
        return reverse(f"{self.pages}_{page}", args=[self.key, *args])


def problem_proof(request: HttpRequest, key: int) -> Proof:
    """Return a problem as something evidence is given of."""
    row = ledger.problem_get(viewer=request.post, key=key)
    given = {e.kind for e in row.evidence.all()}

    def give(file: Any, kind: str, version: int, at: datetime) -> Any:
        return proving.evidence_give(
            problem=row,
            version=version,
            kind=kind,
            attachment=file,
            by=request.post,
            at=at,
        )

    demanded = parameters().demands[row.kind].evidence - given
    return Proof(
        "ledger.problem",
        "mine:problem",
        key,
        row.description,
        row.region_id,
        row.version,
        demanded,
        give,
        lambda file: row.evidence.filter(attachment_id=file).exists(),
    )


def measure_proof(request: HttpRequest, key: int) -> Proof:
    """Return a measure as something evidence is given of."""
    row = measure_get(viewer=request.post, key=key)
    given = {e.kind for e in row.evidence.all()}

    def give(file: Any, kind: str, version: int, at: datetime) -> Any:
        return plans.evidence_give(
            measure=row,
            version=version,
            kind=kind,
            attachment=file,
            by=request.post,
            at=at,
        )

    demanded = frozenset(filter(None, row.demanded.split(","))) - given
    return Proof(
        "plans.measure",
        "mine:measure",
        key,
        row.what,
        row.plan.region_id,
        row.version,
        demanded,
        give,
        lambda file: row.evidence.filter(attachment_id=file).exists(),
    )


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Show a form for a photo of a problem; keep it and name it as evidence."""
    proof = problem_proof(request, problem_id)
    return proof_page(request, proof, reverse("mine:index"))


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def measure(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show a form for a photo of a measure; keep it and name it as evidence."""
    proof = measure_proof(request, measure_id)
    return proof_page(request, proof, reverse("mine:index"))


@allow(Permission.EVIDENCE_ADD, "POST")
def problem_announce(request: HttpRequest, problem_id: int) -> JsonResponse:
    """Begin a sending for a problem or take it up again."""
    return announced(request, lambda: problem_proof(request, problem_id).subject)


@allow(Permission.EVIDENCE_ADD, "POST")
def measure_announce(request: HttpRequest, measure_id: int) -> JsonResponse:
    """Begin a sending for a measure or take it up again."""
    return announced(request, lambda: measure_proof(request, measure_id).subject)


@allow(Permission.EVIDENCE_ADD, "POST")
def problem_finish(request: HttpRequest, problem_id: int, key: str) -> JsonResponse:
    """Make evidence of a problem from a sending that is whole."""
    return answered(lambda: finished(request, problem_proof(request, problem_id), key))


@allow(Permission.EVIDENCE_ADD, "POST")
def measure_finish(request: HttpRequest, measure_id: int, key: str) -> JsonResponse:
    """Make evidence of a measure from a sending that is whole."""
    return answered(lambda: finished(request, measure_proof(request, measure_id), key))


def finished(request: HttpRequest, proof: Proof, key: str) -> dict[str, int]:
    """Make a file of a sending that is whole, and give it as proof, both or neither."""
    at, version = timezone.now(), request.POST.get("version", "")
    with transaction.atomic():
        file = attachments.sending_finish(key=key, by=request.post, at=at)
        seen = int(version) if version.isascii() and version.isdigit() else 0
        # One that heard no answer asks again: its evidence is there already.
        if not proof.holds(file.pk):
            proof.give(file, request.POST.get("kind", ""), seen, at)
            messages.success(request, _KEPT)
    return {"file": file.pk}


def proof_page(request: HttpRequest, proof: Proof, home: str) -> HttpResponse:
    """Show the form for a file; keep it and name it as evidence, both or neither."""
    wanted = proof.kinds or sorted(
        evidence_kinds(), key=lambda kind: (kind[0] not in proof.demanded, kind[0])
    )
    form = PhotoForm(
        request.POST or None,
        request.FILES or None,
        version=proof.version,
        kinds=wanted,
    )

    def act(at: datetime) -> str:
        said = form.cleaned_data
        content = said["file"].read()
        digest = hashlib.sha256(content).hexdigest()
        key = hashlib.sha256(said["once"].encode("utf-8")).hexdigest()
        file = attachments.attachment_add(
            content=content,
            sent=Sent(key, said["file"].name, digest, len(content)),
            subject=proof.subject,
            mask=Mask(said["mask"]),
            by=request.post,
            at=at,
        )
        proof.give(file, said["kind"], said["version"] or 0, at)
        return home

    if request.method == "POST" and form.is_valid():
        answer = acted(request, form, act, done=lambda: _KEPT)
        if answer is not None:
            return answer
    lacking = [words for kind, words in wanted if kind in proof.demanded]
    context = {
        "form": form,
        "proof": proof,
        "lacking": lacking,
        "home": home,
        "announce": proof.url("announce"),
        "finish": proof.url("finish", "KEY"),
        "trail": trail(request, proof.region),
    }
    status = 422 if form.errors else 200
    return render(request, "mine/photo.html", context, status=status)
