"""Take a measure a step, prove its delivery, explain its delay."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.rules import LIFE, Act
from xiuhua.apps.plans.selectors.measures import measure_get
from xiuhua.apps.plans.services import measures
from xiuhua.web.access import allow
from xiuhua.web.pages.mine.evidence import measure_proof, proof_page
from xiuhua.web.pages.plans.forms import DelayForm, StepForm
from xiuhua.web.pages.plans.planning import form_page
from xiuhua.web.pages.plans.words import ACTS, DONE


_SUBJECT = "plans.measure"


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def step(request: HttpRequest, measure_id: int, act: str) -> HttpResponse:
    """Take a measure a step; the owner may, whatever else their post allows.

    Raises:
        Http404: when there is no such step.
    """
    found = measure_get(viewer=request.post, key=measure_id)
    if act not in ACTS:
        raise Http404
    wanted = Act(act)
    asks = "a reason" in LIFE.by_act[wanted].needs
    form = StepForm(request.POST or None, version=found.version, asks=asks)

    def taken(at: datetime) -> str:
        measures.measure_step(
            measure=found,
            version=form.cleaned_data["version"] or -1,
            act=wanted,
            reason=form.cleaned_data.get("reason", ""),
            by=request.post,
            at=at,
        )
        return measure_address(measure_id)

    return form_page(
        request, found.plan, form, taken, title=f"{ACTS[act]} · {found.what}",
        done=lambda: DONE[act], back=measure_address(measure_id),
    )  # fmt: skip


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def evidence(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Give a file as proof of delivery; sent twice, it is kept once."""
    proof = measure_proof(request, measure_id)
    return proof_page(request, proof, measure_address(measure_id))


@allow(Permission.PLAN_CHECK, "GET", "POST")
def delay(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Record why a measure is late and who answers for it."""
    found = measure_get(viewer=request.post, key=measure_id)
    form = DelayForm(request.POST or None, version=found.version)

    def taken(at: datetime) -> str:
        measures.delay_explain(
            measure=found,
            version=form.cleaned_data["version"] or -1,
            cause=form.cleaned_data["cause"],
            accountability=form.cleaned_data["accountability"],
            by=request.post,
            at=at,
        )
        return measure_address(measure_id)

    return form_page(
        request, found.plan, form, taken, title=_("Explain the delay"),
        done=lambda: _("Recorded. The measure stays late until it is delivered."),
        back=measure_address(measure_id),
    )  # fmt: skip


def measure_address(measure_id: int) -> str:
    """Return the address of the page of a measure."""
    return reverse("plans:measure", args=[measure_id])


def _key(form: Any) -> str:
    once = str(form.cleaned_data["once"])
    return hashlib.sha256(once.encode("utf-8")).hexdigest()
