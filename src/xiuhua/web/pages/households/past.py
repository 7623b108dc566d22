"""Show how a household came to be what it is, and what it was on a day."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.registry import history as past
from xiuhua.apps.registry import selectors as registry
from xiuhua.web.access import allow
from xiuhua.web.colleagues import Colleagues, colleagues
from xiuhua.web.forms import DateInput
from xiuhua.web.pages.households.chart import income_chart
from xiuhua.web.pages.households.shown import name_shown, shown_values
from xiuhua.web.pages.households.telling import (
    STATUS,
    act_in_words,
    axis,
    status_in_words,
    told,
)
from xiuhua.web.pages.households.topics import HOUSEHOLD, PERSON
from xiuhua.web.shell import trail


PER_PAGE: Final = 30


class DayForm(forms.Form):
    """The day a household is asked for."""

    day = forms.DateField(label=_("As of"), widget=DateInput())


@allow(Permission.HOUSEHOLD_VIEW)
def history(request: HttpRequest, household_id: int) -> HttpResponse:
    """Show every change: what, since when, when it was recorded, by whom."""
    household = registry.household_get(viewer=request.post, household_id=household_id)
    changes = past.change_list(viewer=request.post, household_id=household_id)
    column = request.GET.get("field", "")
    if column:
        lines = past.field_history(
            viewer=request.post, household_id=household_id, column=column
        )
        page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
        lines = list(page.object_list)
    else:
        page = Paginator(changes, PER_PAGE).get_page(request.GET.get("page"))
        lines = past.history_lines(viewer=request.post, changes=list(page.object_list))
    members = registry.member_list(household=household, past=True)
    names = {p.pk: name_shown(p.name, request.post.rights) for p in members}
    actors = ((line.by_user, line.by_post) for line in lines)
    who = colleagues(actors, as_of=timezone.localdate())
    context = {
        "household": household,
        "name": name_shown(household.head_name, request.post.rights),
        "lines": [_line(line, names, who, column) for line in lines],
        "page": page,
        "field": column,
        "trail": trail(request, household.village_id),
    }
    return render(request, "households/history.html", context)


@allow(Permission.HOUSEHOLD_VIEW)
def then(request: HttpRequest, household_id: int) -> HttpResponse:
    """Show a household as it was on a day, as far as is known now."""
    household = registry.household_get(viewer=request.post, household_id=household_id)
    form = DayForm(request.GET if "day" in request.GET else None)
    day: date = timezone.localdate()
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["day"]
    found = past.household_as_of(
        viewer=request.post, household_id=household_id, as_of=day
    )
    rights = request.post.rights
    context = {
        "household": household,
        "form": form if form.is_bound else DayForm(initial={"day": day}),
        "day": day,
        "then": found,
        "name": name_shown(found.values.get("head_name"), rights),
        "topics": [
            (topic, shown_values("household", found.values, topic.fields, rights))
            for topic in HOUSEHOLD.values()
        ],
        "statuses": [
            (axis(name), status_in_words(name, found.values.get(name)))
            for name in STATUS
        ],
        "members": [
            (
                name_shown(member.get("name"), rights),
                shown_values("person", member, PERSON["identity"].fields, rights),
            )
            for member in found.members
        ],
        "incomes": income_chart(
            [_Statement(income) for income in found.incomes], len(found.members)
        ),
        "trail": trail(request, household.village_id),
    }
    return render(request, "households/then.html", context)


class _Statement:
    """The amounts of a statement then; what was not known is None."""

    def __init__(self, values: dict[str, Any]):
        self._values = values

    def __getattr__(self, name: str) -> Any:
        return self._values.get(name)


def _line(
    line: past.HistoryLine, names: dict[int, str], who: Colleagues, asked: str
) -> dict[str, Any]:
    return {
        "line": line,
        "act": act_in_words(line.act),
        "who": names.get(line.person_id, "") if line.person_id else "",
        "by": who[line.by_user, line.by_post],
        "changes": [told(c) for c in line.fields if asked in ("", c.column)],
    }
