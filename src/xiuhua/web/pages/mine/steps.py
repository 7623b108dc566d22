"""Act at once from my work: sign for, start, deliver, send for verification, done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.rules import Act
from xiuhua.apps.ledger.services import rectifying, tasking
from xiuhua.apps.plans.rules import Act as MeasureAct
from xiuhua.apps.plans.selectors.measures import measure_get
from xiuhua.apps.plans.services import measures as plans
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.forms import ActForm
from xiuhua.web.shell import trail


_HOME: Final = "mine:index"
# What can be done by one press; the rest asks for words and has its own page.
_PROBLEM: Final = {
    Act.SIGN_FOR: _("Signed for. Give a photo when it is mended."),
    Act.SUBMIT: _("Sent. Somebody else looks at it now."),
}
_MEASURE: Final = {
    MeasureAct.START: _("Started. Give evidence and say when it is delivered."),
    MeasureAct.FINISH: _("Delivered. Somebody else checks it off now."),
}


class TaskForm(ActForm):
    """What came out of a task."""

    outcome = forms.CharField(
        label=_("What came out"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@allow(Permission.PROBLEM_VIEW, "POST")
def problem_step(request: HttpRequest, problem_id: int, act: str) -> HttpResponse:
    """Let a problem of one's own take a step.

    Raises:
        Http404: when the step needs more than a press.
    """
    step = next((a for a in _PROBLEM if a.value == act), None)
    if step is None:
        raise Http404
    problem = ledger.problem_get(viewer=request.post, key=problem_id)

    def run(version: int, at: datetime) -> None:
        rectifying.problem_step(
            problem=problem, version=version, act=step, by=request.post, at=at
        )

    return _pressed(request, run, _PROBLEM[step])


@allow(Permission.HOUSEHOLD_VIEW, "POST")
def measure_step(request: HttpRequest, measure_id: int, act: str) -> HttpResponse:
    """Let a measure of one's own take a step.

    Raises:
        Http404: when the step needs more than a press.
    """
    step = next((a for a in _MEASURE if a.value == act), None)
    if step is None:
        raise Http404
    measure = measure_get(viewer=request.post, key=measure_id)

    def run(version: int, at: datetime) -> None:
        plans.measure_step(
            measure=measure, version=version, act=step, by=request.post, at=at
        )

    return _pressed(request, run, _MEASURE[step])


@allow(Permission.PROBLEM_VIEW, "GET", "POST")
def task_done(request: HttpRequest, task_id: int) -> HttpResponse:
    """Say what came out of a task of one's own.

    Raises:
        Http404: when the post has no such task to do.
    """
    task = ledger.task_list(owner=request.post).filter(pk=task_id).first()
    if task is None:
        raise Http404
    form = TaskForm(request.POST or None, version=task.version)

    def act(at: datetime) -> str:
        tasking.task_finish(
            task=task,
            version=form.cleaned_data["version"] or 0,
            outcome=form.cleaned_data["outcome"],
            by=request.post,
            at=at,
        )
        return reverse(_HOME)

    if request.method == "POST" and form.is_valid():
        done = _("Done. The outcome stands with the problem.")
        answer = acted(request, form, act, done=lambda: done)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "task": task,
        "trail": trail(request, task.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "mine/task.html", context, status=status)


def _pressed(
    request: HttpRequest, run: Callable[[int, datetime], None], done: Any
) -> HttpResponse:
    """Act once by a form without fields; what refuses it is said on my work."""
    form = ActForm(request.POST)
    if form.is_valid():

        def act(at: datetime) -> str:
            run(form.cleaned_data["version"] or 0, at)
            return reverse(_HOME)

        answer = acted(request, form, act, done=lambda: done)
        if answer is not None:
            return answer
    for error in form.non_field_errors():
        messages.error(request, error)
    return redirect(_HOME)
