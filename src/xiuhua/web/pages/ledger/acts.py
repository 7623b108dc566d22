"""Do something with a problem: each act shows a form and takes it to one service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors.visits import visit_get
from xiuhua.apps.assistance.services import visits
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.acts.events import StaleProblem
from xiuhua.apps.ledger.codes import Kind, Source
from xiuhua.apps.ledger.offices import seekers_of
from xiuhua.apps.ledger.rules import ANSWER, OPEN, Found
from xiuhua.apps.ledger.selectors import ProblemFilter
from xiuhua.apps.ledger.services import policy, registering, tasking
from xiuhua.apps.ledger.wording import ACTS, HAPPENED
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.dictionary.model import Mask
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.failures import conflict
from xiuhua.web.forms import DateInput
from xiuhua.web.pages.ledger.forms import FoundForm, OutcomeForm, WithFields
from xiuhua.web.pages.ledger.shown import reference_to
from xiuhua.web.pages.ledger.steps import FORMS, Sent, Subject, posts_offered
from xiuhua.web.shell import language, trail


@dataclass(frozen=True)
class Page:
    """What stands around a form: its title, what is refused, where back leads."""

    title: Any
    region: str
    back: str
    problem: Any = None
    why: tuple[str, ...] = ()
    words: Any = ""


@allow(Permission.PROBLEM_REGISTER, "GET", "POST")
def register(request: HttpRequest) -> HttpResponse:
    """Register a problem by hand.

    `?household=` is about one household; `?visit=` is what was found there, filled in.
    """
    visit = _visit(request)
    household = visit.household if visit else _household(request)
    form = FoundForm(
        request.POST or None,
        post=request.post,
        household=household,
        initial=_found(visit, request.post.rights) if visit else None,
    )
    if visit:
        del form.fields["reference"]

    @transaction.atomic
    def act(at: datetime) -> str:
        said = dict(form.cleaned_data)
        once = said.pop("once")
        said.pop("version")
        if visit:
            said["reference"] = reference_to(visit)
        made = registering.problem_register(
            found=Found(
                **said, households=frozenset({household.pk} if household else ())
            ),
            once=once,
            by=request.post,
            at=at,
        )
        if visit:
            visits.visit_take_up(
                visit=visit, problem=made.number, by=request.post, at=at
            )
        return _page(made.pk)

    region = household.village_id if household else request.post.region_id
    back = (
        reverse("households:page", args=[household.pk])
        if household
        else reverse("ledger:index")
    )
    shown = Page(_("Register a problem"), region, back)
    return form_answer(request, form, act, shown)


@allow(Permission.PROBLEM_VIEW, "GET", "POST")
def act(request: HttpRequest, problem_id: int, act: str) -> HttpResponse:
    """Take a step with a problem, or do something beside it.

    Raises:
        Http404: when there is no such act.
    """
    problem = ledger.problem_get(viewer=request.post, key=problem_id)
    if act not in FORMS:
        raise Http404
    why = _refused(request, problem, act)
    subject, step = Subject(problem, request.post), FORMS[act]
    form = WithFields(
        request.POST or None, fields=step.fields(subject), version=problem.version
    )

    def run(at: datetime) -> str:
        step.run(subject, Sent(form.cleaned_data, at))
        return _page(problem_id)

    shown = Page(ACTS[act], problem.region_id, _page(problem_id), problem, why)
    return form_answer(request, form, run, shown)


@allow(Permission.PROBLEM_ASSIGN, "GET", "POST")
def search(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Let the same be looked for in the parts of the post's region (举一反三)."""
    problem = ledger.problem_get(viewer=request.post, key=problem_id)
    day = timezone.localdate()
    parts = [p.code for p in regions.part_list(code=request.post.region_id, as_of=day)]
    posts = seekers_of(regions=parts or [request.post.region_id], on=day)
    fields: dict[str, forms.Field] = {
        "what": forms.CharField(
            label=_("What is looked for"),
            max_length=300,
            initial=problem.description[:300],
        ),
        "deadline": forms.DateField(label=_("until"), widget=DateInput()),
        "owners": forms.MultipleChoiceField(
            label=_("By whom"),
            choices=posts_offered(posts),
            initial=[str(post.pk) for post in posts],
            widget=forms.CheckboxSelectMultiple,
        ),
    }
    form = WithFields(request.POST or None, fields=fields, version=problem.version)

    def run(at: datetime) -> str:
        said = form.cleaned_data
        tasking.searches_set(
            problem=problem,
            version=said["version"],
            what=said["what"],
            owners=[post for post in posts if str(post.pk) in said["owners"]],
            deadline=said["deadline"],
            once=said["once"],
            by=request.post,
            at=at,
        )
        return _page(problem_id)

    why = () if problem.state in OPEN else (_("the problem has ended"),)
    title = _("Look for the same everywhere (举一反三)")
    shown = Page(title, problem.region_id, _page(problem_id), problem, why)
    return form_answer(request, form, run, shown)


@allow(Permission.PROBLEM_VIEW, "GET", "POST")
def answer_up(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Answer a question of policy, at once for others that asked the like."""
    post = request.post
    problem = ledger.problem_get(viewer=post, key=problem_id)
    why = _refused(request, problem, ANSWER)
    waiting = ledger.problem_list(
        viewer=post, filters=ProblemFilter(raised_to=problem.raised_to, state="open")
    )
    alike = waiting.filter(kind=problem.kind, indicator=problem.indicator)
    found = {str(p.pk): p for p in [problem, *alike.exclude(pk=problem_id)[:50]]}
    fields: dict[str, forms.Field] = {
        "answer": forms.CharField(
            label=_("answer"),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 5}),
        ),
        "problems": forms.MultipleChoiceField(
            label=_("For which problems"),
            choices=[
                (f"{key}.{p.version}", f"{p.number} {p.description[:60]}")
                for key, p in found.items()
            ],
            initial=[f"{key}.{p.version}" for key, p in found.items()],
            widget=forms.CheckboxSelectMultiple,
        ),
    }
    form = WithFields(request.POST or None, fields=fields, version=problem.version)

    def run(at: datetime) -> str:
        chosen = [key.partition(".") for key in form.cleaned_data["problems"]]
        policy.policy_answer(
            problems={int(key): int(version) for key, _dot, version in chosen},
            answer=form.cleaned_data["answer"],
            by=post,
            at=at,
        )
        return _page(problem_id)

    shown = Page(ACTS[ANSWER], problem.region_id, _page(problem_id), problem, why)
    return form_answer(request, form, run, shown)


@allow(Permission.PROBLEM_VIEW, "GET", "POST")
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """Show a task; its owner says what came out.

    Raises:
        PermissionDenied: when somebody else would finish it.
    """
    found = ledger.task_get(viewer=request.post, key=task_id)
    own = found.owner_id == request.post.pk
    if request.method == "POST" and not own:
        raise PermissionDenied
    form = OutcomeForm(request.POST or None, version=found.version)

    def run(at: datetime) -> str:
        tasking.task_finish(
            task=found,
            version=form.cleaned_data["version"] or 0,
            outcome=form.cleaned_data["outcome"],
            by=request.post,
            at=at,
        )
        return reverse("ledger:task", args=[task_id])

    if request.method == "POST" and form.is_valid():
        led = acted(request, form, run, done=lambda: _("The task is done."))
        if led is not None:
            return led
    context = {
        "task": found,
        "own": own,
        "form": form,
        "trail": trail(request, found.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "ledger/task.html", context, status=status)


def form_answer(
    request: HttpRequest, form: Any, act: Callable[[datetime], str], page: Page
) -> HttpResponse:
    """Show a form, or take it to its service and lead on; a stale one is compared."""
    if request.method == "POST" and form.is_valid():
        try:
            led = acted(
                request,
                form,
                act,
                done=lambda: _("Done: %(what)s") % {"what": page.title},
            )
        except StaleProblem:
            return _compared(request, page, form.cleaned_data["version"])
        if led is not None:
            return led
    context = {"form": form, "page": page, "trail": trail(request, page.region)}
    status = 422 if form.errors else 200
    return render(request, "ledger/form.html", context, status=status)


def _compared(request: HttpRequest, page: Page, version: int | None) -> HttpResponse:
    """Return the 409 page with what happened since the form was opened."""
    events = ledger.event_list(problem=page.problem).filter(number__gt=version or 0)
    changes = [
        {
            "label": HAPPENED.get(event.act, event.act),
            "old": event.old_state,
            "new": event.new_state,
            "by": event.actor,
            "at": event.recorded_at,
        }
        for event in events[:20]
    ]
    return conflict(request, changes=changes, back=page.back)


def _refused(request: HttpRequest, problem: Any, act: str) -> tuple[str, ...]:
    """Return why an act is not open.

    Raises:
        PermissionDenied: when it is somebody else's to do.
    """
    offers = ledger.offer_list(
        problem=problem, viewer=request.post, on=timezone.localdate()
    )
    found = next((offer for offer in offers if offer.act == act), None)
    # A form sent again is answered by its key, wherever the problem stands by then.
    if found is None and request.method != "POST":
        raise PermissionDenied
    say = translator(language())
    return tuple(say(refusal.why) for refusal in found.refused) if found else ()


def _visit(request: HttpRequest) -> Any:
    key = request.GET.get("visit", "")
    if not (key.isascii() and key.isdigit()):
        return None
    return visit_get(viewer=request.post, key=int(key))


def _found(visit: Any, rights: Any) -> dict[str, Any]:
    """Return what a visit found as the form of a problem takes it."""
    return {
        "source": Source.VISIT,
        "found_on": visit.made_on,
        "kind": Kind.GUARANTEES,
        "description": visit.findings if rights.shows(Mask.PERSONAL) else "",
    }


def _household(request: HttpRequest) -> Any:
    key = request.GET.get("household", "")
    if not (key.isascii() and key.isdigit()):
        return None
    return registry.household_get(viewer=request.post, household_id=int(key))


def _page(problem_id: int) -> str:
    return reverse("ledger:page", args=[problem_id])
