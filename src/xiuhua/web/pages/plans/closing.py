"""Close a plan at the end of its year, or all plans of a village at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.rules import UNFINISHED
from xiuhua.apps.plans.selectors.page import plan_page
from xiuhua.apps.plans.services import closing, reopening
from xiuhua.web.access import allow
from xiuhua.web.pages.plans.bulk import villages_offered
from xiuhua.web.pages.plans.forms import CloseAllForm, CloseForm, StepForm
from xiuhua.web.pages.plans.planning import form_page, page_address
from xiuhua.web.pages.plans.words import class_words


@allow(Permission.PLAN_EDIT, "GET", "POST")
def close(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Close a plan: tick what goes on in the next year, the rest is dropped."""
    shown = plan_page(viewer=request.post, key=plan_id, on=timezone.localdate())
    plan = shown.plan
    open_ = [m.measure for m in shown.measures if m.measure.state in UNFINISHED]
    form = CloseForm(
        request.POST or None,
        version=plan.version,
        measures=[(str(m.pk), m.what or class_words(m.kind)) for m in open_],
        initial={"deadline": _spring(plan.year)},
    )

    def act(at: datetime) -> str:
        said = form.cleaned_data
        closing.plan_close(
            plan=plan,
            version=said["version"] or -1,
            carried=[int(key) for key in said.get("carried", [])],
            reason=said["reason"],
            deadline=said.get("deadline"),
            by=request.post,
            at=at,
        )
        return page_address(plan.pk)

    done = _("Closed. What goes on is proposed in the plan of the next year.")
    return form_page(
        request, plan, form, act, title=_("Close the plan"), done=lambda: done
    )


@allow(Permission.PLAN_EDIT, "GET", "POST")
def reopen(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Open a plan again that was closed by mistake."""
    shown = plan_page(viewer=request.post, key=plan_id, on=timezone.localdate())
    plan = shown.plan
    form = StepForm(request.POST or None, version=plan.version, asks=True)

    def act(at: datetime) -> str:
        reopening.plan_reopen(
            plan=plan,
            version=form.cleaned_data["version"] or -1,
            reason=form.cleaned_data["reason"],
            by=request.post,
            at=at,
        )
        return page_address(plan.pk)

    done = _("Open again. Its measures stand where they stood before it was closed.")
    return form_page(
        request, plan, form, act, title=_("Open the plan again"), done=lambda: done
    )


@allow(Permission.PLAN_EDIT, "GET", "POST")
def close_all(request: HttpRequest) -> HttpResponse:
    """Close the plans of a village for a year."""
    post, day = request.post, timezone.localdate()
    form = CloseAllForm(
        request.POST or None,
        villages=villages_offered(post, day),
        years=[day.year, day.year - 1],
        initial={
            "region": request.GET.get("region", ""),
            "deadline": _spring(day.year),
        },
    )
    came: Any = None

    def act(at: datetime) -> str:
        nonlocal came
        said = form.cleaned_data
        came = closing.village_close(
            region=said["region"],
            year=int(said["year"]),
            carry=said["rest"] == "carry",
            reason=said["reason"],
            deadline=said["deadline"],
            by=post,
            at=at,
        )
        closed = f"region={said['region']}&year={said['year']}"
        return f"{reverse('plans:index')}?{closed}"

    def done() -> str:
        words = _(
            "%(plans)s plans closed: %(carried)s measures go on, %(dropped)s dropped; "
            "%(waiting)s plans stay open until what was delivered is checked."
        )
        return words % {
            name: getattr(came, name, 0)
            for name in ("plans", "carried", "dropped", "waiting")
        }

    return form_page(
        request,
        None,
        form,
        act,
        title=_("Close the plans of a village"),
        done=done,
        back=reverse("plans:index"),
    )


def _spring(year: int) -> date:
    """Return by when, unless said otherwise, what goes on is to be done."""
    return date(year + 1, 3, 31)
