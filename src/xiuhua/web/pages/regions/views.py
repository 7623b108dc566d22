"""Show the regions below a region, and all that is known of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.region_codes import contains
from xiuhua.web.access import allow, allows
from xiuhua.web.columns import Column
from xiuhua.web.pages.regions import villages
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.table import Table


_VILLAGE: Final = 12


@dataclass(frozen=True)
class Row:
    """A region of the list: its name, what it counts as, whether it has a boundary."""

    region: Any
    name: str
    year: Any
    boundary: bool


@allow(Permission.FIGURES_VIEW)
def index(request: HttpRequest) -> HttpResponseBase:
    """List the direct parts of a region, with what they count as."""
    code = code_asked(request, request.GET.get("region", ""))
    day = timezone.localdate()
    table = Table(
        "regions",
        columns=_columns(),
        order="code",
        size=200,
        exported=Permission.FIGURES_VIEW,
        prepare=list,
        empty=_("Enter a region here, or bring in a list of divisions."),
    )
    return answer(
        request,
        table,
        _rows(code, day),
        "regions/index.html",
        title=_("Regions"),
        trail=trail(request, code, address_of),
        code=code,
        edits=allows(request, Permission.REGION_EDIT),
    )


@allow(Permission.FIGURES_VIEW)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a region: names, what it came of, what it counted as, its groupings."""
    code = code_asked(request, code)
    day = timezone.localdate()
    groupings = regions.grouping_list(as_of=day)
    context = {
        "code": code,
        "name": regions.region_name(code=code, as_of=day) or code,
        "names": regions.name_list(code=code),
        "successions": _successions(request, code, day),
        "years": regions.own_year_list(code=code),
        "groupings": [g for g, codes in groupings if code in codes],
        "boundary": regions.boundary_stamps(codes=[code]).get(code),
        "trail": trail(request, code, address_of),
        "edits": allows(request, Permission.REGION_EDIT),
    }
    if len(code) == _VILLAGE:
        context |= villages.reported(request.post, code, day)
    return render(request, "regions/page.html", context)


def _successions(request: HttpRequest, code: str, day: date) -> list[tuple[Any, bool]]:
    """Return what a region came of and became, and whether that may be taken back."""
    own = str(request.post.region_id)
    edits = allows(request, Permission.REGION_EDIT)
    return [
        (s, edits and s.on_date > day and _below(own, s.predecessor.code))
        for s in regions.succession_list(code=code)
    ]


def _below(own: str, code: str) -> bool:
    return code != own and contains(own, code)


def code_asked(request: HttpRequest, code: str) -> str:
    """Return the code of a region of the post, the post's own when none is asked for.

    Raises:
        Http404: when there is none of that code in the post's region.
    """
    own = str(request.post.region_id)
    asked = code or own
    if not (contains(own, asked) and regions.name_list(code=asked).exists()):
        raise Http404
    return asked


def address_of(code: str) -> str:
    """Return the address of the list of a region's parts."""
    return f"{reverse('regions:index')}?region={code}"


def _rows(code: str, day: date) -> list[Row]:
    parts = list(regions.part_list(code=code, as_of=day))
    years = {y.region.code: y for y in regions.year_list(codes=[code], as_of=day)}
    drawn = regions.boundary_stamps(codes=[part.code for part in parts])
    return [
        Row(p, regions.name_of(p) or p.code, years.get(p.code), p.code in drawn)
        for p in parts
    ]


def _columns() -> list[Column]:
    return [
        Column(
            "name",
            _("region"),
            lambda row: row.name,
            order=("name",),
            href=lambda row: reverse("regions:page", args=[row.region.code]),
            width=24,
        ),
        Column("code", _("code"), lambda row: row.region.code, order=("code",)),
        Column("level", _("level"), lambda row: row.region.get_level_display()),
        Column(
            "poor",
            _("poor village"),
            partial(_of_year, "poor_village"),
            order=("poor",),
        ),
        Column(
            "deep",
            _("in deep poverty"),
            partial(_of_year, "deep_poverty"),
            order=("deep",),
        ),
        Column(
            "class",
            _("target class"),
            lambda row: (row.year.target_class if row.year else "") or "–",
            order=("class",),
        ),
        Column("boundary", _("boundary"), lambda row: row.boundary, order=("b",)),
    ]


def _of_year(name: str, row: Row) -> bool | None:
    return getattr(row.year, name) if row.year else None
