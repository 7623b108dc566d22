"""The Monday workbook of a township: only what changed since the Monday before.

Cells are inert; each row carries its number and the address of its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.audit import services as audit
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.supervision.weekly import (
    DELIVERED,
    LATE,
    NEW,
    OVERDUE,
    SHORT,
    STRUCK,
    Row,
    Turn,
    changed_rows,
    turns,
)
from xiuhua.web.access import allow
from xiuhua.web.columns import Column, Kind
from xiuhua.web.forms import DateInput
from xiuhua.web.navigation import address_of
from xiuhua.web.shell import trail, worded
from xiuhua.web.workbooks import Sheet, workbook


TITLES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        NEW: _("New problems"),
        STRUCK: _("Struck off"),
        OVERDUE: _("Newly overdue"),
        DELIVERED: _("Measures delivered"),
        LATE: _("Measures newly late"),
        SHORT: _("Newly falling short"),
    }
)
_PAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "problem": "ledger:page",
        "measure": "plans:measure",
        "household": "households:page",
    }
)
_LONGEST: Final = timedelta(days=92)


class MondayForm(forms.Form):
    """Since which day changes are wanted."""

    since = forms.DateField(label=_("Changed since"), widget=DateInput)


@allow(Permission.ROWS_EXPORT, "GET", "POST")
def page(request: HttpRequest) -> HttpResponseBase:
    """Show how much changed since a Monday; hand the workbook out."""
    today = timezone.localdate()
    since = monday_before(today)
    form = MondayForm(request.POST or None, initial={"since": since})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["since"]
        if today - _LONGEST <= given <= today:
            return _taken(request, given, today)
        form.add_error("since", _("Choose a day of the last three months."))
    rows = changed_rows(
        viewer=request.post,
        region=request.post.region_id,
        since=since,
        until=today,
    )
    context = {
        "form": form,
        "since": since,
        "counts": [(TITLES[sheet], len(found)) for sheet, found in rows.items()],
        "trail": trail(request, request.post.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "mine/monday.html", context, status=status)


def monday_before(day: date) -> date:
    """Return the last Monday that is a week's work away: on a Monday, the one before.

    >>> monday_before(date(2026, 11, 23)), monday_before(date(2026, 11, 25))
    (datetime.date(2026, 11, 16), datetime.date(2026, 11, 23))
    """
    return day - timedelta(days=day.weekday() or 7)


def _taken(request: HttpRequest, since: date, today: date) -> FileResponse:
    code, at = request.post.region_id, timezone.now()
    rows = changed_rows(viewer=request.post, region=code, since=since, until=today)
    moved = turns(viewer=request.post, region=code, since=since - timedelta(days=1))
    codes = [row.region for found in rows.values() for row in found]
    names = regions.names_of(
        codes=[code, *codes, *(t.region for t in moved)], as_of=today
    )
    labels = {
        f"{standard.pack}.{key}": worded(label)
        for standard in standard_list(region=code, as_of=today)
        for key, label in standard.indicators
    }
    sheets = [
        _sheet(request, sheet, found, names, labels) for sheet, found in rows.items()
    ]
    sheets.append(_turns_sheet(moved, names, labels))
    title = str(_("Changes of %(region)s since %(day)s")) % {
        "region": names[code],
        "day": since.isoformat(),
    }
    notes = [
        (str(_("List")), title),
        (str(_("Taken by")), f"{request.user.full_name} {request.post}"),
        (str(_("At")), f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
    ]
    file = workbook(sheets, notes=notes)
    with transaction.atomic():
        audit.entry_append(
            action="web.table.exported",
            target="web.table",
            target_id="monday",
            target_label=title,
            region_code=code,
            by=request.post.actor,
            at=at,
            new={"rows": sum(len(found) for found in rows.values())},
        )
    return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx")


def _sheet(
    request: HttpRequest,
    sheet: str,
    rows: Sequence[Row],
    names: Mapping[str, str],
    labels: Mapping[str, str],
) -> Sheet:
    columns = [
        Column("number", _("number"), str, width=22),
        Column("region", _("region"), str),
        Column("what", _("what"), str, width=50),
        Column("day", _("day"), str, kind=Kind.DAY),
        Column("who", _("who is responsible"), str, width=18),
        Column("page", _("page"), str, width=46),
    ]
    written = [
        (
            row.number,
            names[row.region],
            labels.get(row.what, row.what),
            row.day,
            row.who or None,
            _page_of(request, row),
        )
        for row in rows
    ]
    return Sheet(str(TITLES[sheet]), columns, written)


def _page_of(request: HttpRequest, row: Row) -> str:
    """Return the full address of a row's page, as text: nothing in a cell is a link."""
    address = address_of(_PAGES[row.of], row.key)
    return request.build_absolute_uri(address) if address else reverse("mine:index")


def _turns_sheet(
    moved: Sequence[Turn], names: Mapping[str, str], labels: Mapping[str, str]
) -> Sheet:
    columns = [
        Column("region", _("region"), str),
        Column("indicator", _("indicator"), str, width=30),
        Column("before", _("fell short then"), str, kind=Kind.NUMBER),
        Column("now", _("fall short now"), str, kind=Kind.NUMBER),
    ]
    written = [
        (
            names[turn.region],
            labels.get(f"{turn.pack}.{turn.indicator}", turn.indicator),
            turn.before,
            turn.now,
        )
        for turn in moved
    ]
    return Sheet(str(_("Verdicts that changed")), columns, written)
