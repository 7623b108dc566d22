"""The acts on a household: each shows a form and takes it to one service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.acts.recording import VersionStale
from xiuhua.apps.registry.acts.restating import check_written
from xiuhua.apps.registry.facts import INCOME
from xiuhua.apps.registry.rules import income_window
from xiuhua.apps.registry.services.households import (
    household_correct,
    household_register,
)
from xiuhua.apps.registry.services.incomes import income_state
from xiuhua.apps.registry.services.persons import person_add, person_correct
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.failures import conflict
from xiuhua.web.pages.households.forms import (
    FactsForm,
    IncomeForm,
    RegisterForm,
    day_of,
)
from xiuhua.web.pages.households.meanwhile import changed_meanwhile
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.topics import HOUSEHOLD, PERSON
from xiuhua.web.shell import trail


_FIRST_YEAR: Final = 2010
_LAST_YEAR: Final = 2100
# What is asked of a new household at once; the rest is entered on its page.
_FIRST_MEMBER: Final = ("name", "id_number", "sex", "birth_date", "ethnicity")


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def correct(request: HttpRequest, household_id: int, topic: str) -> HttpResponse:
    """Correct the facts of a topic.

    Raises:
        Http404: when there is no such topic.
    """
    household = registry.household_get(viewer=request.post, household_id=household_id)
    if topic not in HOUSEHOLD:
        raise Http404
    form = FactsForm(
        request.POST or None,
        level="household",
        names=HOUSEHOLD[topic].fields,
        rights=request.post.rights,
        row=household,
    )

    def act(at: datetime) -> str:
        done = household_correct(
            household_id=household_id,
            version=form.cleaned_data["version"],
            values=form.said(),
            valid_from=day_of(form),
            order_number=form.cleaned_data["order_number"],
            restated=form.cleaned_data["restated"],
            by=request.post,
            at=at,
        )
        check_written(done, form.cleaned_data["version"])
        return page_address(household_id)

    return form_page(request, household, form, act, title=HOUSEHOLD[topic].label)


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def member_correct(
    request: HttpRequest, household_id: int, person_id: int, topic: str
) -> HttpResponse:
    """Correct the facts of a member.

    Raises:
        Http404: when there is no such member or topic.
    """
    household = registry.household_get(viewer=request.post, household_id=household_id)
    members = registry.member_list(household=household)
    person = members.filter(pk=person_id).first()
    if topic not in PERSON or person is None:
        raise Http404
    form = FactsForm(
        request.POST or None,
        level="person",
        names=PERSON[topic].fields,
        rights=request.post.rights,
        row=person,
    )

    def act(at: datetime) -> str:
        done = person_correct(
            person_id=person_id,
            version=form.cleaned_data["version"],
            values=form.said(),
            valid_from=day_of(form),
            order_number=form.cleaned_data["order_number"],
            restated=form.cleaned_data["restated"],
            by=request.post,
            at=at,
        )
        check_written(done, form.cleaned_data["version"])
        return f"{page_address(household_id)}#member-{person_id}"

    name = name_shown(person.name, request.post.rights)
    title = f"{PERSON[topic].label} · {name}"  # names alone, alike in both languages
    return form_page(request, household, form, act, title=title, person=person)


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def member_add(request: HttpRequest, household_id: int) -> HttpResponse:
    """Enter a member who was left out."""
    household = registry.household_get(viewer=request.post, household_id=household_id)
    form = FactsForm(
        request.POST or None,
        level="person",
        names=PERSON["identity"].fields,
        rights=request.post.rights,
    )
    form.fields["version"].initial = household.version
    form.fields["name"].required = True

    def act(at: datetime) -> str:
        person = person_add(
            household_id=household_id,
            version=form.cleaned_data["version"],
            values={k: v for k, v in form.said().items() if v is not None},
            valid_from=day_of(form),
            order_number=form.cleaned_data["order_number"],
            by=request.post,
            at=at,
        )
        return f"{page_address(household_id)}#member-{person.pk}"

    return form_page(request, household, form, act, title=_("Enter a member"))


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def income(request: HttpRequest, household_id: int, year: int) -> HttpResponse:
    """State the income of a year of the adjustment, or correct what is stated of it.

    Raises:
        Http404: when the year lies ahead or before any adjustment.
    """
    household = registry.household_get(viewer=request.post, household_id=household_id)
    window = income_window(year) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    if window is None or window.start is None or window.end is None:
        raise Http404
    statements = registry.income_list(household=household)
    row = statements.filter(window_from=window.start, window_to=window.end).first()
    form = IncomeForm(
        request.POST or None, names=INCOME, rights=request.post.rights, row=row
    )
    start, end = window.start, window.end

    def act(at: datetime) -> str:
        income_state(
            household_id=household_id,
            window_from=start,
            window_to=end,
            values=form.said(),
            source=form.cleaned_data["source"],
            version=form.cleaned_data["version"],
            by=request.post,
            at=at,
        )
        return f"{page_address(household_id)}#income"

    title = _("Income of %(year)s") % {"year": year}
    return form_page(request, household, form, act, title=title, statement=row)


@allow(Permission.HOUSEHOLD_VIEW)
def income_year(request: HttpRequest, household_id: int) -> HttpResponse:
    """Lead to the form of the year that was picked.

    Raises:
        Http404: when no year was picked.
    """
    year = request.GET.get("year", "")
    if not (year.isascii() and year.isdigit()):
        raise Http404
    return redirect("households:income", household_id, int(year))


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def register(request: HttpRequest) -> HttpResponse:
    """Enter a household that is on no list, with its head."""
    day = timezone.localdate()
    region = request.post.region_id
    form = RegisterForm(
        request.POST or None,
        villages=[
            (found.code, regions.name_of(found) or found.code)
            for found in regions.region_list(under=region, as_of=day)
            if found.level == "village"
        ],
        level="person",
        names=_FIRST_MEMBER,
        rights=request.post.rights,
    )
    form.fields["name"].required = True

    def act(at: datetime) -> str:
        head = {k: v for k, v in form.said().items() if v is not None}
        household = household_register(
            village=form.cleaned_data["village"],
            values={},
            persons=[{**head, "relation_to_head": "head"}],
            valid_from=day_of(form),
            order_number=form.cleaned_data["order_number"],
            registration="none",
            by=request.post,
            at=at,
        )
        return page_address(household.pk)

    return form_page(request, None, form, act, title=_("Enter a household"))


def form_page(
    request: HttpRequest,
    household: Any,
    form: Any,
    act: Any,
    *,
    title: Any,
    **of: Any,
) -> HttpResponse:
    """Show a form, or take it to its service and lead on.

    `of` names the `person` or `statement` whose version the form carries; without, it
    is the household's. When somebody was faster, the page says what they changed.
    """
    if request.method == "POST" and form.is_valid():
        try:
            answer = acted(
                request, form, act, done=lambda: _("Saved: %(what)s") % {"what": title}
            )
        except VersionStale:
            seen = form.cleaned_data["version"]
            if household is None or seen is None:
                raise
            changes = changed_meanwhile(request.post, household, seen=seen, **of)
            return conflict(request, changes=changes, back=request.path)
        if answer is not None:
            return answer
    region = household.village_id if household else request.post.region_id
    back = page_address(household.pk) if household else reverse("households:index")
    context = {
        "form": form,
        "title": title,
        "back": back,
        "trail": trail(request, region),
    }
    if household:
        context["name"] = name_shown(household.head_name, request.post.rights)
    status = 422 if form.errors else 200
    return render(request, "households/form.html", context, status=status)


def page_address(household_id: int) -> str:
    """Return the address of a household's page."""
    return reverse("households:page", args=[household_id])
