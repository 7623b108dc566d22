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
from xiuhua.apps.registry.statuses import Monitoring, Poverty, Registration
from xiuhua.core.dictionary.model import Field
from xiuhua.web.access import allow
from xiuhua.web.columns import written
from xiuhua.web.forms import DateInput
from xiuhua.web.pages.households.chart import income_chart
from xiuhua.web.pages.households.shown import in_words, name_shown, shown_values
from xiuhua.web.pages.households.topics import HOUSEHOLD, PERSON
from xiuhua.web.shell import trail, worded


PER_PAGE: Final = 30
ACTS: Final = {
    "register": _("Entered"),
    "correct": _("Corrected"),
    "add": _("Member entered"),
    "income": _("Income stated"),
    "birth": _("Birth"),
    "death": _("Death"),
    "leave": _("Left the household"),
    "return": _("Came back"),
    "marry": _("Married away"),
    "head": _("Becomes the head"),
    "move": _("Move"),
    "split": _("Split"),
    "merge": _("Merge into another"),
    "end": _("Household ended"),
    "poverty": _("Exit status"),
    "monitoring": _("Monitoring status"),
    "registration": _("Registration"),
    "import": _("Imported"),
    "undo": _("Import taken back"),
}
_STATUS: Final[dict[str, Any]] = {
    "registration": Registration,
    "poverty": Poverty,
    "monitoring": Monitoring,
}


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
    context = {
        "household": household,
        "name": name_shown(household.head_name, request.post.rights),
        "lines": [_line(line, names, column) for line in lines],
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
            (_axis(name), _status_in_words(name, found.values.get(name)))
            for name in _STATUS
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


def _line(line: past.HistoryLine, names: dict[int, str], asked: str) -> dict[str, Any]:
    return {
        "line": line,
        "act": ACTS.get(line.act, line.act),
        "who": names.get(line.person_id, "") if line.person_id else "",
        "changes": [
            (
                worded(c.field.label) if c.field else _column(c.column),
                _value(c.field, c.column, c.old),
                _value(c.field, c.column, c.new),
                c.column,
            )
            for c in line.fields
            if asked in ("", c.column)
        ],
    }


def _value(field: Field | None, column: str, value: Any) -> str:
    if column in _STATUS:
        return _status_in_words(column, value)
    # A masked value is a text already, whatever its field's kind.
    if field is None or isinstance(value, str):
        return written(value or None) if field is None else _text(field, value)
    return in_words(field, value)


def _text(field: Field, value: str) -> str:
    known = field.codes is not None and set(value.split(",")) <= set(
        field.codes.by_code
    )
    return in_words(field, value) if known else value


def _status_in_words(column: str, value: Any) -> str:
    return str(dict(_STATUS[column].choices).get(value, written(None)))


def _axis(column: str) -> Any:
    words = {
        "registration": _("registration"),
        "poverty": _("exit status"),
        "monitoring": _("monitoring"),
    }
    return words[column]


def _column(column: str) -> Any:
    """Return the words of a column the dictionary has no field for."""
    words = {
        "number": _("number"),
        "village_id": _("village"),
        "registration": _("registration"),
        "monitoring": _("monitoring"),
        "policies_kept": _("policies kept"),
        "household_id": _("household"),
        "member_from": _("as it is from"),
        "ended_on": _("ended on"),
        "ended_reason": _("why it ended"),
        "source": _("source"),
        "window_from": _("from"),
        "window_to": _("to"),
    }
    return words.get(column, column)
