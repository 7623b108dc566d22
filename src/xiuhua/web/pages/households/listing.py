"""The table of households: its columns, filters and what a row reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.assessments.rules import OVERALL
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.assessments.selectors.verdicts import verdict_condition
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.statuses import Monitoring, Poverty, Registration
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.truth import Verdict
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.households.searching import asked_by
from xiuhua.web.pages.households.shown import code_in_words, name_shown
from xiuhua.web.shell import worded
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


# Filters that are no field of the household filter.
_OWN: Final = frozenset({"find", "part", "exit", "verdict"})
STATE_OF_POVERTY = {
    "not_exited": "bad",
    "relapsed": "bad",
    "pre_exit": "warn",
    "exited": "good",
}
STATE_OF_MONITORING = {
    "lead": "warn",
    "included": "warn",
    "withheld": "warn",
    "included_again": "bad",
    "cleared": "good",
}


@dataclass(frozen=True)
class Row:
    """A household of the list, with what stands elsewhere: the name of its village."""

    household: Any
    village: str


def household_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of households as a post sees it in a region."""
    return Table(
        "households",
        columns=_columns(post.rights),
        filters=_filters(region, day),
        order="place",
        last="id",
        # With the version that was seen, so that a change in between is noticed.
        select=_ticked if post.state.allows(Permission.ROWS_IMPORT) else None,
        prepare=partial(_with_villages, day=day),
        empty=_("Load the exports of the national system, or register a household."),
    )


def _ticked(row: Row) -> str:
    return f"{row.household.pk}.{row.household.version}"


def rows_of(post: Any, *, region: str) -> Callable[[dict[str, str]], Any]:
    """Return what gives the households for the values of the filters.

    Raises:
        FilterUnclear: when the search line can be no name and no number.
    """

    def rows(values: dict[str, str]) -> Any:
        said = {k: v for k, v in values.items() if k not in _OWN}
        if "find" in values:
            said |= asked_by(values["find"], post.rights)
        filters = registry.HouseholdFilter(region=values.get("part", region), **said)
        found = registry.household_list(viewer=post, filters=filters)
        if "exit" in values:
            found = found.filter(planned_exit_year=int(values["exit"]))
        if "verdict" in values:
            pack, indicator, verdict = values["verdict"].split(".")
            found = found.filter(
                verdict_condition(pack=pack, indicator=indicator, verdict=verdict)
            )
        return found

    return rows


def _with_villages(rows: list[Any], *, day: date) -> list[Row]:
    names = regions.names_of(codes=[h.village_id for h in rows], as_of=day)
    return [Row(h, names[h.village_id]) for h in rows]


def _columns(rights: Role) -> list[Column]:
    fields = load_dictionary().level("household").by_name
    return [
        Column(
            "head",
            worded(fields["head_name"].label),
            lambda row: name_shown(row.household.head_name, rights),
            order=("name_initials", "head_name"),
            href=lambda row: reverse("households:page", args=[row.household.pk]),
        ),
        Column(
            "number",
            worded(fields["household_id"].label),
            lambda row: row.household.number,
            order=("number",),
            width=22,
        ),
        Column("place", _("village"), lambda row: row.village, order=("village_id",)),
        Column(
            "group",
            worded(fields["village_group"].label),
            lambda row: row.household.village_group,
            order=("village_id", "village_group"),
            minor=True,
        ),
        Column(
            "persons",
            _("persons"),
            lambda row: row.household.persons_count,
            order=("persons_count",),
            kind=Kind.NUMBER,
        ),
        *_status_columns(),
        *_plan_columns(rights),
    ]


def _status_columns() -> list[Column]:
    fields = load_dictionary().level("household").by_name
    return [
        Column(
            "poverty",
            worded(fields["exit_status"].label),
            lambda row: row.household.get_poverty_display() or None,
            order=("poverty",),
            state=lambda row: STATE_OF_POVERTY.get(row.household.poverty, "none"),
        ),
        Column(
            "monitoring",
            _("monitoring"),
            lambda row: row.household.get_monitoring_display(),
            order=("monitoring",),
            state=lambda row: STATE_OF_MONITORING.get(row.household.monitoring, "none"),
        ),
    ]


def _plan_columns(rights: Role) -> list[Column]:
    fields = load_dictionary().level("household").by_name
    return [
        Column(
            "cause",
            worded(fields["main_cause"].label),
            lambda row: _cause(row.household.main_cause),
            order=("main_cause",),
            minor=True,
        ),
        Column(
            "exit",
            worded(fields["planned_exit_year"].label),
            lambda row: row.household.planned_exit_year,
            order=("planned_exit_year",),
            minor=True,
        ),
        Column(
            "helper",
            worded(fields["helper_name"].label),
            lambda row: name_shown(row.household.helper_name, rights),
            order=("helper_name",),
            minor=True,
        ),
    ]


def _cause(code: str | None) -> str | None:
    field = load_dictionary().level("household").by_name["main_cause"]
    return code_in_words(field, code) if code else None


def _filters(region: str, day: date) -> list[Filter]:
    fields = load_dictionary().level("household").by_name
    causes = fields["main_cause"].codes
    cause_codes = causes.codes if causes else ()
    years = [str(year) for year in range(day.year - 6, day.year + 3)]
    return [
        Filter(
            "find",
            _("Name, initials, number, ID number or phone"),
            private=True,
            hint="张三 / zs / 13800000000",
        ),
        Filter("part", _("Where"), choices=cache(lambda: _parts(region, day))),
        Filter("poverty", worded(fields["exit_status"].label), choices=_poverty),
        Filter("verdict", _("verdict"), choices=cache(lambda: _verdicts(region, day))),
        Filter("monitoring", _("monitoring"), choices=lambda: Monitoring.choices),
        Filter("registration", _("registration"), choices=lambda: Registration.choices),
        Filter(
            "cause",
            worded(fields["main_cause"].label),
            choices=lambda: [(c.code, worded(c.label)) for c in cause_codes],
        ),
        Filter("village_group", worded(fields["village_group"].label)),
        Filter(
            "exit",
            worded(fields["planned_exit_year"].label),
            choices=lambda: [(y, y) for y in years],
        ),
    ]


def _parts(region: str, day: date) -> list[tuple[str, str]]:
    parts = regions.part_list(code=region, as_of=day)
    return [(part.code, regions.name_of(part) or part.code) for part in parts]


def _poverty() -> list[tuple[str, Any]]:
    left = ("left", _("left: all but exited"))
    return [*Poverty.choices, left, ("unknown", _("not known"))]


def _verdicts(region: str, day: date) -> list[tuple[str, Any]]:
    """Return every indicator of the standards in force with each of its verdicts."""
    words = {
        Verdict.UNMET: _("falls short"),
        Verdict.UNKNOWN: _("unknown"),
        Verdict.MET: _("met"),
    }
    return [
        (f"{standard.pack}.{key}.{verdict.word}", f"{name}: {said}")
        for standard in standard_list(region=region, as_of=day)
        for key, name in (
            (OVERALL, _("all indicators together")),
            *((key, worded(label)) for key, label in standard.indicators),
        )
        for verdict, said in words.items()
    ]
