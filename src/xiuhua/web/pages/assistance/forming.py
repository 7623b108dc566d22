"""A form page of this family: shown, taken to one service, led on; who was named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xiuhua.apps.assistance.selectors import people
from xiuhua.web.acting import acted
from xiuhua.web.shell import trail


def form_page(
    request: HttpRequest,
    form: Form,
    act: Callable[[datetime], str],
    *,
    title: Any,
    back: str,
    region: str,
    template: str = "assistance/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or take it to its service and lead on."""
    if request.method == "POST" and form.is_valid():
        answer = acted(
            request, form, act, done=lambda: _("Saved: %(what)s") % {"what": title}
        )
        if answer is not None:
            return answer
    context |= {
        "form": form,
        "title": title,
        "back": back,
        "trail": trail(request, region),
    }
    status = 422 if form.errors else 200
    return render(request, template, context, status=status)


def helper_said(request: HttpRequest, form: Form) -> Any:
    """Return the one helper a form names, None with an error beside the field."""
    found = people.helper_named(
        viewer=request.post, text=form.cleaned_data.get("helper", "")
    )
    if len(found) == 1:
        return found[0]
    if found:
        words = _("Several are called so, give the number: %(who)s") % {
            "who": "；".join(f"{h.number} {h.unit.name}" for h in found)
        }
    else:
        words = _("No helper has this name or number. Enter them first.")
    form.add_error("helper", words)
    return None
