"""How far helping reaches, village by village; helpers of the village moved from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import pairings as selectors
from xiuhua.apps.assistance.services import pairings
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.assistance.forming import form_page
from xiuhua.web.pages.assistance.forms import KeepForm
from xiuhua.web.pages.assistance.listing import (
    helper_column,
    home_columns,
    ordered,
    part_filter,
    placed,
)
from xiuhua.web.pages.assistance.pairing_pages import home_address
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.tables.table import Table


@allow(Permission.HOUSEHOLD_VIEW)
def coverage(request: HttpRequest) -> HttpResponseBase:
    """Show how many households of each village have a helper."""
    region, day = region_asked(request), timezone.localdate()
    found = selectors.coverage_list(viewer=request.post, region=region, on=day)
    title = _("How far helping reaches")
    return listed(request, _coverage_table(day), found, title, region)


@allow(Permission.HOUSEHOLD_VIEW)
def moved(request: HttpRequest) -> HttpResponseBase:
    """Show households that moved and still have the helper of the old village."""
    region, day = region_asked(request), timezone.localdate()
    return listed(
        request,
        _moved_table(request.post, region=region, day=day),
        selectors.moved_list(viewer=request.post, region=region, on=day),
        _("Helped from the old village"),
        region,
        said=_(
            "These households moved here. Pair each anew on its page, or say there "
            "that the helper stays."
        ),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def pairing_keep(request: HttpRequest, pairing_id: int) -> HttpResponse:
    """Let the helper of a household that moved stay its helper."""
    found = selectors.pairing_get(viewer=request.post, key=pairing_id)
    form = KeepForm(request.POST or None, version=found.version)

    def act(at: datetime) -> str:
        pairings.pairing_keep(
            pairing=found,
            version=form.cleaned_data["version"],
            since=form.cleaned_data["since"],
            by=request.post,
            at=at,
        )
        return home_address(found.household_id)

    return form_page(
        request,
        form,
        act,
        title=_("The helper stays"),
        back=home_address(found.household_id),
        region=found.household.village_id,
        name=name_shown(found.household.head_name, request.post.rights),
        note=name_shown(found.helper.name, request.post.rights),
    )


def _coverage_table(day: date) -> Table:
    def number(key: str, label: Any) -> Column:
        return Column(
            key,
            label,
            lambda row: getattr(row.it, key),
            order=(key,),
            kind=Kind.NUMBER,
        )

    return Table(
        "coverage",
        columns=[
            Column("place", _("village"), lambda row: row.place),
            Column("code", _("code"), lambda row: row.it.village, minor=True),
            number("households", _("households on the register")),
            number("helped", _("helped")),
            number("moved", _("helped from the old village")),
            number("missing", _("nobody helps them")),
        ],
        prepare=placed(lambda found: found.village, day),
        empty=_("No household is on the register here"),
    )


def _moved_table(post: Any, *, region: str, day: date) -> Table:
    rights = post.rights
    head, number, place, _group = home_columns(rights, lambda row: row.it.household)

    def prepare(rows: list[Any]) -> list[Any]:
        codes = {row.old_village for row in rows if row.old_village}
        names = regions.names_of(codes=codes, as_of=day)
        for row in rows:
            row.old_place = names.get(row.old_village)
        return placed(lambda pairing: pairing.household.village_id, day)(rows)

    return Table(
        "moved",
        columns=[
            ordered(head, "household__name_initials"),
            ordered(number, "household__number"),
            ordered(place, "household__village_id"),
            Column("old", _("moved from"), lambda row: row.it.old_place),
            helper_column(rights, lambda row: row.it.helper),
            Column("unit", _("unit"), lambda row: row.it.helper.unit.name, width=24),
            Column(
                "from",
                _("from"),
                lambda row: row.it.starts_on,
                order=("starts_on",),
                kind=Kind.DAY,
            ),
        ],
        filters=[part_filter(region, day, "household__village_id")],
        order="place",
        last="pk",
        prepare=prepare,
        empty=_("Nobody who moved is helped from the old village."),
    )
