"""Begin a plan, propose, enter and change measures, agree with the family."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.desk.sending import acted_once
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import TO_DELIVER
from xiuhua.apps.plans.selectors.lists import owner_list
from xiuhua.apps.plans.selectors.measures import measure_get
from xiuhua.apps.plans.selectors.page import plan_page, usual_deadline
from xiuhua.apps.plans.services import measures, plans
from xiuhua.apps.registry import selectors as registry
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.forms import new_key
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.plans.forms import AgreeForm, MeasureForm, ProposeForm
from xiuhua.web.pages.plans.words import cause_words
from xiuhua.web.shell import trail, worded


@allow(Permission.PLAN_EDIT, "POST")
def begin(request: HttpRequest, household_id: int) -> HttpResponse:
    """Open this year's plan of a household and propose measures for it, in one go."""
    household = registry.household_get(viewer=request.post, household_id=household_id)

    def act(at: datetime) -> str:
        day = timezone.localdate(at)
        plan = plans.plan_open(
            region=household.village_id,
            household=household,
            year=day.year,
            by=request.post,
            at=at,
        )
        made = plans.plan_propose(
            plan=plan,
            version=plan.version,
            deadline=usual_deadline(region=household.village_id, on=day),
            by=request.post,
            at=at,
        )
        messages.success(request, proposed_words(len(made)))
        return page_address(plan.pk)

    return _begun(request, act)


@allow(Permission.PLAN_EDIT, "POST")
def begin_person(
    request: HttpRequest, household_id: int, person_id: int
) -> HttpResponse:
    """Open this year's plan of a member of a household.

    Raises:
        Http404: when there is no such member.
    """
    household = registry.household_get(viewer=request.post, household_id=household_id)
    person = registry.member_list(household=household).filter(pk=person_id).first()
    if person is None:
        raise Http404

    def act(at: datetime) -> str:
        plan = plans.plan_open(
            region=household.village_id,
            household=household,
            person=person,
            year=timezone.localdate(at).year,
            by=request.post,
            at=at,
        )
        return page_address(plan.pk)

    return _begun(request, act)


@allow(Permission.PLAN_EDIT, "POST")
def begin_village(request: HttpRequest, code: str) -> HttpResponse:
    """Open this year's plan of a village."""
    check_permitted(request.post.state, Permission.PLAN_EDIT, region=code)

    def act(at: datetime) -> str:
        plan = plans.plan_open(
            region=code,
            household=None,
            year=timezone.localdate(at).year,
            by=request.post,
            at=at,
        )
        return page_address(plan.pk)

    return _begun(request, act)


@allow(Permission.PLAN_EDIT, "GET", "POST")
def propose(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Propose what no measure of the plan answers yet."""
    day = timezone.localdate()
    shown = plan_page(viewer=request.post, key=plan_id, on=day)
    plan = shown.plan
    form = ProposeForm(
        request.POST or None,
        version=plan.version,
        initial={"deadline": usual_deadline(region=plan.region_id, on=day)},
    )
    counted = 0

    def act(at: datetime) -> str:
        nonlocal counted
        made = plans.plan_propose(
            plan=plan,
            version=_version(form),
            deadline=form.cleaned_data["deadline"],
            by=request.post,
            at=at,
        )
        counted = len(made)
        return page_address(plan.pk)

    return form_page(
        request, plan, form, act, title=_("Propose measures"),
        done=lambda: proposed_words(counted),
    )  # fmt: skip


@allow(Permission.PLAN_EDIT, "GET", "POST")
def agree(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Put the plan in force as agreed with the family."""
    plan = plan_page(viewer=request.post, key=plan_id, on=timezone.localdate()).plan
    form = AgreeForm(
        request.POST or None,
        version=plan.version,
        again=plan.agreed_count > 0,
        signers=parameters().signers[plan.subject],
    )

    def act(at: datetime) -> str:
        plans.plan_agree(
            plan=plan,
            version=_version(form),
            signed=form.signed(),
            signed_on=form.cleaned_data["signed_on"],
            reason=form.cleaned_data.get("reason", ""),
            by=request.post,
            at=at,
        )
        return page_address(plan.pk)

    return form_page(
        request, plan, form, act, title=_("Agree with the family"),
        done=lambda: _("In force. What was agreed is kept as a version."),
    )  # fmt: skip


@allow(Permission.PLAN_EDIT, "GET", "POST")
def add(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Enter a measure as a proposal."""
    day = timezone.localdate()
    shown = plan_page(viewer=request.post, key=plan_id, on=day)
    plan, chosen = shown.plan, _Choices(request, shown.plan, shown.shortfalls)
    form = MeasureForm(
        request.POST or None,
        version=plan.version,
        initial={"deadline": usual_deadline(region=plan.region_id, on=day)},
        **chosen.of_form(),
    )

    def act(at: datetime) -> str:
        measures.measure_add(
            plan=plan,
            version=_version(form),
            facts=form.facts(chosen.owners, chosen.persons),
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return page_address(plan.pk)

    return form_page(
        request, plan, form, act, title=_("Enter a measure"),
        done=lambda: _("Entered as a proposal; agree on it with the family."),
    )  # fmt: skip


@allow(Permission.PLAN_EDIT, "GET", "POST")
def change(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Change what a measure says; one that was agreed with reason and signatures."""
    found = measure_get(viewer=request.post, key=measure_id)
    shown = plan_page(viewer=request.post, key=found.plan_id, on=timezone.localdate())
    chosen = _Choices(request, shown.plan, shown.shortfalls, found)
    agreed = found.state in TO_DELIVER
    form = MeasureForm(
        request.POST or None,
        version=found.version,
        initial=_said_by(found),
        signers=parameters().signers[shown.plan.subject] if agreed else (),
        **chosen.of_form(),
    )

    def act(at: datetime) -> str:
        measures.measure_change(
            measure=found,
            version=_version(form),
            facts=form.facts(chosen.owners, chosen.persons),
            reason=form.cleaned_data.get("reason", ""),
            signed=form.signed() if agreed else None,
            signed_on=form.cleaned_data.get("signed_on"),
            by=request.post,
            at=at,
        )
        return page_address(found.plan_id)

    return form_page(
        request, shown.plan, form, act, title=_("Change the measure"),
        done=lambda: _("Changed. What was agreed before is kept as a version.")
        if agreed
        else _("Changed; agree on it with the family."),
    )  # fmt: skip


def form_page(
    request: HttpRequest,
    plan: Any,
    form: Any,
    act: Callable[[datetime], str],
    *,
    title: str,
    done: Callable[[], Any],
    back: str = "",
) -> HttpResponse:
    """Show a form of a plan, or take it to its service and lead on.

    None stands for many plans at once; `back` then says where one came from.
    """
    if request.method == "POST" and form.is_valid():
        answer = acted(request, form, act, done=done)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "title": title,
        "subject": subject_words(plan, request.post.rights) if plan else "",
        "back": back or page_address(plan.pk),
        "trail": trail(request, (plan or request.post).region_id),
        "multipart": form.is_multipart(),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/form.html", context, status=status)


def page_address(plan_id: int) -> str:
    """Return the address of the page of a plan."""
    return reverse("plans:page", args=[plan_id])


def proposed_words(number: int) -> str:
    """Return what was proposed and what is next, in words."""
    if not number:
        return _("Nothing more to propose: every shortfall known is answered.")
    words = _("%(number)s proposed. Say what and by whom, then agree with the family.")
    return words % {"number": number}


def subject_words(plan: Any, rights: Any) -> str:
    """Return whose plan it is, as a role sees the name; empty for a village's."""
    if plan.person_id:
        return name_shown(plan.person.name, rights)
    return name_shown(plan.household.head_name, rights) if plan.household else ""


def owner_words(post: Any) -> str:
    """Return an owner: name and office."""
    return f"{post.user.full_name} · {worded(post.rights.label)}"


class _Choices:
    """What the form of a measure has to choose from, and the rows behind it."""

    def __init__(
        self, request: HttpRequest, plan: Any, shortfalls: Any, measure: Any = None
    ):
        day: date = timezone.localdate()
        rights = request.post.rights
        found = list(owner_list(region=plan.region_id, on=day))
        if measure is not None and measure.owner and measure.owner not in found:
            found.append(measure.owner)
        self.owners = {str(post.pk): post for post in found}
        members = (
            registry.member_list(household=plan.household) if plan.household else []
        )
        self.persons = {str(person.pk): person for person in members}
        self._names = [(k, name_shown(p.name, rights)) for k, p in self.persons.items()]
        self._answers = answer_choices(plan, shortfalls, measure)

    def of_form(self) -> dict[str, Any]:
        """Return the choices as the form takes them."""
        return {
            "owners": [(k, owner_words(post)) for k, post in self.owners.items()],
            "persons": self._names,
            "answers": self._answers,
        }


def answer_choices(plan: Any, shortfalls: Any, measure: Any) -> list[tuple[str, str]]:
    """Return what a measure of a plan can answer: shortfalls, causes, income."""
    found = {f"indicator:{s.indicator}": worded(s.label) for s in shortfalls}
    home = plan.household
    if home is not None:
        causes = [home.main_cause, *(home.other_causes or "").split(",")]
        found |= {f"cause:{c}": cause_words(c) for c in causes if c}
    found["income_links"] = _("ties to a source of income")
    if measure is not None and measure.answers:
        found.setdefault(measure.answers, measure.answers.partition(":")[2])
    return list(found.items())


def _said_by(measure: Any) -> dict[str, Any]:
    """Return what a measure says as the form shows it."""
    said = {
        name: getattr(measure, name)
        for name in MeasureForm.base_fields
        if hasattr(measure, name) and name not in ("version", "once")
    }
    return said | {
        "owner": measure.owner_id,
        "person": measure.person_id,
        "demanded": measure.demanded.split(",") if measure.demanded else [],
    }


def _begun(request: HttpRequest, act: Callable[[datetime], str]) -> HttpResponse:
    """Run what begins a plan once, and lead to its page."""
    at = timezone.now()
    key = request.POST.get("once", "")[:64] or new_key()
    where = acted_once(user=request.user, key=key, at=at, act=lambda: act(at))
    return redirect(where)


def _version(form: Any) -> int:
    """Return the version a form was shown with; without one it fits nothing."""
    return form.cleaned_data["version"] or -1
