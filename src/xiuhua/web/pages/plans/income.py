"""Show registered households with the income measures they have, and what lacks.

The figures stand above the list they lead to: everything counted can be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.selectors.income import (
    FIGURES,
    TiesFilter,
    figures_tied,
    households_tied,
)
from xiuhua.apps.registry.statuses import Poverty
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.web.access import allow
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.plans.listing import (
    home_columns,
    homes_ready,
    parts_offered,
    years_offered,
)
from xiuhua.web.shell import trail, worded
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_WORDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "all": _("registered households"),
        "enough": _("with enough income measures"),
        "exempt": _("exempt: nobody able to work"),
        "lacking": _("with fewer than wanted"),
        "dividend": _("of these, with dividends alone beside"),
        "lacking_exited": _("of these, exited"),
        "lacking_unplanned": _("of these, without a plan"),
    }
)


@allow(Permission.HOUSEHOLD_VIEW)
def income(request: HttpRequest) -> HttpResponseBase:
    """Show the households of a county or of what lies in it; wider: choose a county."""
    region, day = region_asked(request), timezone.localdate()
    near = len(region) >= _COUNTY
    year = _year(request, day)
    return answer(
        request,
        ties_table(request.post, region=region, day=day),
        ties_asked(request.post, region=region, day=day) if near else [],
        "plans/income.html",
        title=_("Income measures of households"),
        figures=_figures(request.post, region, year, day) if near else [],
        counties=[] if near else parts_offered(region, day),
        wanted=parameters().income_minimum,
        year=year,
        trail=trail(request, region, lambda code: f"?region={code}"),
    )


def ties_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of households and their income measures as a post sees it."""
    poverty = load_dictionary().level("household").by_name["exit_status"].label
    return Table(
        "ties",
        columns=[
            *home_columns(post.rights),
            Column(
                "poverty",
                worded(poverty),
                lambda row: row.household.get_poverty_display() or None,
                order=("poverty",),
            ),
            *_plan_columns(),
        ],
        filters=_filters(region, day),
        order="place",
        prepare=partial(homes_ready, day=day),
        empty=_("No household is like this."),
    )


def ties_asked(post: Any, *, region: str, day: date) -> Callable[[dict[str, str]], Any]:
    """Return what gives the households for the values of the filters."""

    def rows(values: dict[str, str]) -> Any:
        return households_tied(
            viewer=post,
            region=values.get("part", region),
            year=int(values.get("year", day.year)),
            filters=TiesFilter(
                **{name: values.get(name, "") for name in ("ties", "poverty", "plan")}
            ),
        )

    return rows


def _plan_columns() -> list[Column]:
    wanted = parameters().income_minimum
    return [
        Column(
            "plan",
            _("plan"),
            lambda row: _("plan") if row.household.plan_key else _("no plan"),
            href=lambda row: (
                reverse("plans:page", args=[row.household.plan_key])
                if row.household.plan_key
                else ""
            ),
        ),
        Column(
            "income",
            _("income measures (of %(wanted)s)") % {"wanted": wanted},
            lambda row: row.household.income,
            kind=Kind.NUMBER,
            order=("income",),
        ),
        Column(
            "dividend",
            _("dividends alone"),
            lambda row: row.household.dividends,
            kind=Kind.NUMBER,
            order=("dividends",),
        ),
        Column(
            "exempt",
            _("exempt"),
            lambda row: _("nobody able to work") if row.household.exempt else "",
            minor=True,
        ),
    ]


def _filters(region: str, day: date) -> list[Filter]:
    poverty = load_dictionary().level("household").by_name["exit_status"].label
    return [
        Filter("part", _("Where"), choices=cache(lambda: parts_offered(region, day))),
        Filter("year", _("year"), choices=lambda: _other_years(day), unset=day.year),
        Filter("ties", _("Income measures"), choices=_ties),
        Filter("poverty", worded(poverty), choices=lambda: Poverty.choices),
        Filter("plan", _("plan"), choices=_plans),
    ]


def _other_years(day: date) -> list[tuple[str, Any]]:
    return [(key, words) for key, words in years_offered(day) if key != str(day.year)]


def _ties() -> list[tuple[str, Any]]:
    return [
        ("enough", _("enough")),
        ("lacking", _("fewer than wanted")),
        ("dividend", _("fewer, with dividends alone beside")),
        ("exempt", _("nobody able to work: exempt")),
    ]


def _plans() -> list[tuple[str, Any]]:
    return [("none", _("no plan")), ("made", _("plan made"))]


def _figures(
    post: Any, region: str, year: int, day: date
) -> list[tuple[Any, int, str]]:
    """Return the figures with the address of exactly their households."""
    found = figures_tied(viewer=post, region=region, year=year)
    usual = {"region": region} | ({} if year == day.year else {"year": str(year)})
    shown = []
    for name, words in _WORDS.items():
        one = FIGURES[name]
        asked = {"ties": one.ties, "poverty": one.poverty, "plan": one.plan}
        asked = usual | {key: value for key, value in asked.items() if value}
        shown.append((words, found[name], f"?{urlencode(asked)}"))
    return shown


def _year(request: HttpRequest, day: date) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked in dict(years_offered(day)) else day.year
