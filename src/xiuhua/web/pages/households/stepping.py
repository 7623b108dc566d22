"""Take a step of life or of status: show its form and go to its service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.registry import selectors as registry
from xiuhua.web.access import allow
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.pages.households.acts import form_page, page_address
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.steps import (
    OF_FORMER,
    OF_HOUSEHOLD,
    OF_MEMBER,
    Step,
    Subject,
    usual_words,
)


class StepForm(ActForm):
    """The fields of a step, the day from which it holds, and the document."""

    order_number = forms.CharField(
        label=_("On which document"), max_length=100, required=False
    )

    def __init__(self, *args: Any, step: Step, subject: Subject, **kwargs: Any):
        super().__init__(*args, version=subject.seen.version, **kwargs)
        own = step.fields(subject)
        self.fields |= own
        if step.dated:
            self.fields["valid_from"] = forms.DateField(
                label=_("On which day"), widget=DateInput(), initial=timezone.localdate
            )
        self.order_fields([*own, "valid_from"])


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def household_step(request: HttpRequest, household_id: int, step: str) -> HttpResponse:
    """Take a step of a household.

    Raises:
        Http404: when there is no such step.
    """
    household = registry.household_get(viewer=request.post, household_id=household_id)
    if step not in OF_HOUSEHOLD:
        raise Http404
    taken = OF_HOUSEHOLD[step]
    subject = Subject(household, None, request.post)
    return _stepped(request, taken, subject, str(taken.label))


@allow(Permission.HOUSEHOLD_EDIT, "GET", "POST")
def member_step(
    request: HttpRequest, household_id: int, person_id: int, step: str
) -> HttpResponse:
    """Take a step of a member, or of somebody who was one.

    Raises:
        Http404: when there is no such member or no such step.
    """
    household = registry.household_get(viewer=request.post, household_id=household_id)
    everybody = registry.member_list(household=household, past=True)
    person = everybody.filter(pk=person_id).first()
    steps = OF_FORMER if person and person.ended_on else OF_MEMBER
    if person is None or step not in steps:
        raise Http404
    name = name_shown(person.name, request.post.rights)
    title = f"{steps[step].label} · {name}"  # names alone, alike in both languages
    subject = Subject(household, person, request.post)
    return _stepped(request, steps[step], subject, title)


def _stepped(
    request: HttpRequest, step: Step, subject: Subject, title: str
) -> HttpResponse:
    form = StepForm(request.POST or None, step=step, subject=subject)

    def act(at: datetime) -> str:
        said = dict(form.cleaned_data)
        usual = usual_words(step, said, request.post, at)
        step.run(subject, said, usual)
        return page_address(subject.household.pk)

    return form_page(
        request, subject.household, form, act, title=title, person=subject.person
    )
