"""Take a measure a step, prove its delivery, explain its delay."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments.rules import Sent, Subject
from xiuhua.apps.attachments.services import attachment_add
from xiuhua.apps.plans.rules import LIFE, Act
from xiuhua.apps.plans.selectors.measures import measure_get
from xiuhua.apps.plans.services import measures
from xiuhua.core.dictionary.model import Mask
from xiuhua.web.access import allow
from xiuhua.web.pages.plans.forms import DelayForm, EvidenceForm, StepForm
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
    found = measure_get(viewer=request.post, key=measure_id)
    form = EvidenceForm(
        request.POST or None, request.FILES or None, version=found.version
    )

    def taken(at: datetime) -> str:
        given = form.cleaned_data["file"]
        content = given.read()
        attachment = attachment_add(
            content=content,
            sent=Sent(
                _key(form),
                given.name,
                hashlib.sha256(content).hexdigest(),
                len(content),
            ),
            subject=Subject(_SUBJECT, str(found.pk), found.region_code),
            mask=Mask(form.cleaned_data["mask"]),
            by=request.post,
            at=at,
        )
        measures.evidence_give(
            measure=found,
            version=form.cleaned_data["version"] or -1,
            kind=form.cleaned_data["kind"],
            attachment=attachment,
            by=request.post,
            at=at,
        )
        return measure_address(measure_id)

    return form_page(
        request, found.plan, form, taken, title=_("Give evidence"),
        done=lambda: _("Kept as evidence. Say it is delivered when all is there."),
        back=measure_address(measure_id),
    )  # fmt: skip


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
