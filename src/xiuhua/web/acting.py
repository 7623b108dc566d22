"""Take a form to a service: once, with the version seen, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from xiuhua.apps.desk.sending import acted_once
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.failures import STATUS_OF
from xiuhua.web.shell import language


# Refusals that are about one field, by their stable code.
_FIELD_OF: Final = {"standard.out_of_force": "as_of"}


def acted(
    request: HttpRequest,
    form: Form,
    act: Callable[[datetime], str],
    *,
    done: Callable[[], Any],
) -> HttpResponse | None:
    """Run the act of a valid form and lead on; None when it was refused.

    `act` gets the instant and returns the address to lead to; `done` words what was
    done and what comes next. A refusal in words stands at the form. What is no matter
    of the form (a row gone, a version too old) is left to its own page.

    Raises:
        XiuhuaError: when the refusal has a page of its own.
    """
    at = timezone.now()
    try:
        where = acted_once(
            user=request.user,
            key=form.cleaned_data["once"],
            at=at,
            act=lambda: act(at),
        )
    except XiuhuaError as error:
        if error.code in STATUS_OF:
            raise
        form.add_error(_field_of(form, error), error.worded(translator(language())))
        return None
    messages.success(request, str(done()))
    return redirect(where)


def _field_of(form: Form, error: XiuhuaError) -> str | None:
    """Return the field a refusal stands at: a form of one field leaves no doubt."""
    name = _FIELD_OF.get(error.code, "")
    shown = [field.name for field in form.visible_fields()]
    return name if name in shown else shown[0] if len(shown) == 1 else None
