"""The update list: what was changed here and is still to be keyed, screen by screen."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.exchange import selectors
from xiuhua.apps.exchange.services.keyings import keyings_tick
from xiuhua.apps.exchange.staging.values import of_text
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.access import allow
from xiuhua.web.columns import Column, Kind
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.exchange import words
from xiuhua.web.pages.exchange.views import _acted_or_back
from xiuhua.web.pages.households.shown import name_shown, shown
from xiuhua.web.shell import trail, worded
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


@allow(Permission.ROWS_IMPORT)
def index(request: HttpRequest) -> HttpResponseBase:
    """Show what is to be keyed, household by household in the order of screens."""
    return answer(
        request,
        _table(request.post.rights),
        selectors.keying_list(viewer=request.post),
        "exchange/keying.html",
        title=_("Update list"),
        form=ActForm(),
        trail=trail(request, request.post.region_id),
    )


@allow(Permission.ROWS_IMPORT, "POST")
def done(request: HttpRequest) -> HttpResponse:
    """Tick off by hand what was keyed."""
    form = ActForm(request.POST)
    where = reverse("exchange:keying")
    ticked = [int(row) for row in request.POST.getlist("row") if row.isdecimal()]

    def act(at: datetime) -> str:
        keyings_tick(keying_ids=ticked, by=request.post, at=at)
        return where

    told = str(_("%(number)s fields were ticked off.") % {"number": len(ticked)})
    words = (told, _("Nothing is ticked off"))
    return _acted_or_back(request, form, act, words, where)


def _table(rights: Role) -> Table:
    return Table(
        "keyings",
        columns=(
            Column(
                "household",
                _("Household"),
                lambda k: k.household.number,
                order=("household__village_id", "household__number", "position"),
                href=lambda k: reverse("households:page", args=[k.household_id]),
                width=22,
            ),
            Column("name", _("Name"), partial(_name, rights=rights)),
            Column("screen", _("Screen"), _screen),
            Column("field", _("Field"), _field, width=26),
            Column(
                "before",
                _("In the national system"),
                partial(_before, rights=rights),
            ),
            Column("now", _("To be keyed"), partial(_now, rights=rights)),
            Column(
                "by",
                _("Changed by"),
                lambda k: k.changed_by,
                ("changed_by",),
            ),
            Column(
                "at",
                _("Changed"),
                lambda k: k.changed_at,
                ("changed_at",),
                kind=Kind.MOMENT,
            ),
        ),
        filters=(
            Filter(
                "village",
                _("Village code"),
                lambda rows, v: rows.filter(household__village__code__startswith=v),
            ),
            Filter(
                "by",
                _("Changed by"),
                lambda rows, v: rows.filter(changed_by=v),
            ),
            Filter(
                "helper",
                _("Person in charge"),
                lambda rows, v: rows.filter(household__helper_name=v),
                private=True,
            ),
        ),
        order="household",
        select=lambda k: k.pk,
        empty=_("Everything changed here is in the national system."),
    )


def _name(keying: Any, rights: Role) -> str:
    person = keying.person
    return name_shown(person.name if person else keying.household.head_name, rights)


def _screen(keying: Any) -> str:
    return (
        f"{'AB01' if keying.level == 'person' else 'AC01'} {words.LEVELS[keying.level]}"
    )


def _dictionary_field(keying: Any) -> Any:
    return load_dictionary().level(keying.level).by_name[keying.field]


def _field(keying: Any) -> str:
    field = _dictionary_field(keying)
    return f"{field.national} {worded(field.label)}"


def _before(keying: Any, rights: Role) -> str:
    if selectors.is_whole(keying):
        return str(_("not entered yet"))
    field = _dictionary_field(keying)
    return shown(
        field, of_text(field, json.loads(keying.before or "null")), rights
    ).text


def _now(keying: Any, rights: Role) -> str:
    if selectors.is_whole(keying):
        return str(_("the whole record"))
    return shown(_dictionary_field(keying), selectors.value_now(keying), rights).text
