"""The tables of plans, of measures, and of households without a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.rules import is_late
from xiuhua.apps.plans.selectors.lists import (
    MeasureFilter,
    PlanFilter,
    households_unplanned,
    measures_found,
    plans_found,
    with_figures,
)
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.plans.planning import owner_words, subject_words
from xiuhua.web.pages.plans.words import (
    BADGES,
    STATES,
    SUBJECTS,
    TRACKS,
    cause_words,
    class_words,
)
from xiuhua.web.shell import worded
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


# When the archive of poor households was set up.
_FIRST_YEAR: Final = 2014
_NONE: Final = {
    name: 0
    for name in ("proposed", "open", "late", "waiting", "done", "income", "dividend")
}


@dataclass(frozen=True)
class PlanRow:
    """A plan of the list, with the name of its village and its figures."""

    plan: Any
    village: str
    figures: dict[str, int]


@dataclass(frozen=True)
class MeasureRow:
    """A measure of the list, with the name of its village."""

    measure: Any
    village: str


@dataclass(frozen=True)
class HomeRow:
    """A household of a list, with the name of its village."""

    household: Any
    village: str


def plan_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of plans as a post sees it in a region."""
    return Table(
        "plans",
        columns=[*_whose(post.rights), *_plan_state(), *_plan_figures()],
        filters=_plan_filters(region, day),
        order="place",
        prepare=partial(_plans_ready, post=post, day=day),
        empty=_("Propose plans for a village, or open one on a household's page."),
    )


def plans_asked(
    post: Any, *, region: str, day: date
) -> Callable[[dict[str, str]], Any]:
    """Return what gives the plans for the values of the filters."""

    def rows(values: dict[str, str]) -> Any:
        filters = PlanFilter(
            region=values.get("part", region),
            year=int(values.get("year", day.year)),
            subject=values.get("subject", ""),
            state=values.get("state", ""),
            track=values.get("track", ""),
            words=values.get("find", ""),
        )
        return plans_found(viewer=post, filters=filters, on=day)

    return rows


def measure_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of measures as a post sees it in a region."""
    return Table(
        "measures",
        columns=[*_measure_columns(post.rights, day), *_means_columns()],
        filters=_measure_filters(region, day),
        order="deadline",
        select=_ticked if post.state.allows(Permission.PLAN_EDIT) else None,
        prepare=partial(_measures_ready, day=day),
        empty=_("Measures stand here once plans are made."),
    )


def measures_asked(
    post: Any, *, region: str, day: date
) -> Callable[[dict[str, str]], Any]:
    """Return what gives the measures for the values of the filters."""

    def rows(values: dict[str, str]) -> Any:
        filters = MeasureFilter(
            region=values.get("part", region),
            year=int(values["year"]) if "year" in values else None,
            state=values.get("state", ""),
            whose=values.get("whose", ""),
            kind=values.get("kind", ""),
            unit=values.get("unit", ""),
            words=values.get("find", ""),
        )
        return measures_found(viewer=post, filters=filters, on=day)

    return rows


def missing_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of households that fall short and have no plan."""
    rights = post.rights
    fields = load_dictionary().level("household").by_name
    return Table(
        "missing",
        columns=[
            *home_columns(rights),
            Column(
                "cause",
                worded(fields["main_cause"].label),
                lambda row: (
                    cause_words(row.household.main_cause)
                    if row.household.main_cause
                    else None
                ),
            ),
        ],
        filters=[
            Filter(
                "part", _("Where"), choices=cache(lambda: parts_offered(region, day))
            )
        ],
        order="place",
        prepare=partial(homes_ready, day=day),
        empty=_("Every household that falls short has a plan this year."),
    )


def missing_asked(
    post: Any, *, region: str, day: date
) -> Callable[[dict[str, str]], Any]:
    """Return what gives the households without a plan."""

    def rows(values: dict[str, str]) -> Any:
        return households_unplanned(
            viewer=post, region=values.get("part", region), year=day.year
        )

    return rows


def _ticked(row: MeasureRow) -> str:
    return f"{row.measure.pk}.{row.measure.version}"


def _plans_ready(rows: list[Any], *, post: Any, day: date) -> list[PlanRow]:
    names = regions.names_of(codes=[p.region_id for p in rows], as_of=day)
    figures = with_figures(keys=[p.pk for p in rows], viewer=post, on=day)
    return [PlanRow(p, names[p.region_id], figures.get(p.pk, _NONE)) for p in rows]


def _measures_ready(rows: list[Any], *, day: date) -> list[MeasureRow]:
    names = regions.names_of(codes=[m.region_code for m in rows], as_of=day)
    return [MeasureRow(m, names[m.region_code]) for m in rows]


def home_columns(rights: Any) -> list[Column]:
    """Return the columns that say which household a `HomeRow` is."""
    fields = load_dictionary().level("household").by_name
    return [
        Column(
            "head",
            worded(fields["head_name"].label),
            lambda row: name_shown(row.household.head_name, rights),
            order=("name_initials",),
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
    ]


def homes_ready(rows: list[Any], *, day: date) -> list[HomeRow]:
    """Return households with the names of their villages, asked for in one go."""
    names = regions.names_of(codes=[h.village_id for h in rows], as_of=day)
    return [HomeRow(h, names[h.village_id]) for h in rows]


def _whose(rights: Any) -> list[Column]:
    return [
        Column(
            "whose",
            _("Whose"),
            lambda row: subject_words(row.plan, rights) or row.village,
            order=("household__name_initials",),
            href=lambda row: reverse("plans:page", args=[row.plan.pk]),
        ),
        Column(
            "number",
            _("household number"),
            lambda row: row.plan.household.number if row.plan.household else "",
            order=("household__number",),
            width=22,
        ),
        Column("place", _("village"), lambda row: row.village, order=("region_id",)),
        Column(
            "subject",
            _("Kind of plan"),
            lambda row: SUBJECTS[row.plan.subject],
            minor=True,
        ),
        Column("year", _("year"), lambda row: row.plan.year, order=("year",)),
    ]


def _plan_state() -> list[Column]:
    return [
        Column(
            "state",
            _("state"),
            lambda row: _standing(row.plan),
            order=("agreed_count",),
            state=lambda row: (
                "good" if row.plan.agreed_count and not row.plan.closed_at else "none"
            ),
        ),
        Column(
            "track",
            _("track"),
            lambda row: TRACKS.get(row.plan.track),
            order=("track",),
            minor=True,
        ),
    ]


def _plan_figures() -> list[Column]:
    def of(name: str) -> Callable[[PlanRow], int]:
        return lambda row: row.figures[name]

    def badge(row: PlanRow) -> str:
        return "bad" if row.figures["late"] else ""

    wanted = parameters().income_minimum
    return [
        Column("open", _("to deliver"), of("open"), kind=Kind.NUMBER),
        Column("late", _("late"), of("late"), kind=Kind.NUMBER, state=badge),
        Column("waiting", _("to be checked"), of("waiting"), kind=Kind.NUMBER),
        Column("done", _("checked off"), of("done"), kind=Kind.NUMBER),
        Column(
            "income",
            _("income measures (of %(wanted)s)") % {"wanted": wanted},
            of("income"),
            kind=Kind.NUMBER,
        ),
        Column(
            "dividend",
            _("dividends alone"),
            of("dividend"),
            kind=Kind.NUMBER,
            minor=True,
        ),
    ]


def _standing(plan: Any) -> Any:
    if plan.closed_at:
        return _("closed")
    return _("in force") if plan.agreed_count else _("draft")


def _plan_filters(region: str, day: date) -> list[Filter]:
    return [
        Filter("find", _("Household number or initials"), private=True, hint="zs"),
        Filter("part", _("Where"), choices=cache(lambda: parts_offered(region, day))),
        Filter("year", _("year"), choices=lambda: years_offered(day)),
        Filter("subject", _("Kind of plan"), choices=lambda: SUBJECTS.items()),
        Filter("state", _("state"), choices=_plan_states),
        Filter("track", _("track"), choices=lambda: TRACKS.items()),
    ]


def years_offered(day: date) -> list[tuple[str, str]]:
    """Return the years there can be plans of, the newest first."""
    return [(str(y), str(y)) for y in range(day.year + 1, _FIRST_YEAR - 1, -1)]


def _plan_states() -> list[tuple[str, Any]]:
    return [
        ("draft", _("draft")),
        ("in_force", _("in force")),
        ("closed", _("closed")),
        ("late", _("has late measures")),
        ("waiting", _("has something to check")),
    ]


def _measure_columns(rights: Any, day: date) -> list[Column]:
    def late(row: MeasureRow) -> bool:
        return is_late(row.measure.state, row.measure.deadline, on=day)

    return [
        Column(
            "what",
            _("What will be done"),
            lambda row: row.measure.what or class_words(row.measure.kind),
            href=lambda row: reverse("plans:measure", args=[row.measure.pk]),
            width=40,
        ),
        Column(
            "kind",
            _("Class of measure"),
            lambda row: class_words(row.measure.kind),
            order=("kind",),
        ),
        Column(
            "whose",
            _("Whose"),
            lambda row: subject_words(row.measure.plan, rights) or row.village,
        ),
        Column("place", _("village"), lambda row: row.village, order=("region_code",)),
        Column(
            "deadline",
            _("To be done by"),
            lambda row: row.measure.deadline,
            order=("deadline",),
            kind=Kind.DAY,
        ),
        Column(
            "state",
            _("state"),
            lambda row: _("late") if late(row) else STATES[row.measure.state],
            order=("state",),
            state=lambda row: (
                "bad" if late(row) else BADGES.get(row.measure.state, "none")
            ),
        ),
    ]


def _means_columns() -> list[Column]:
    return [
        Column(
            "owner",
            _("Owner"),
            lambda row: owner_words(row.measure.owner) if row.measure.owner else None,
            order=("owner",),
        ),
        Column(
            "unit",
            _("Responsible unit"),
            lambda row: row.measure.unit or None,
            order=("unit",),
            minor=True,
        ),
        Column(
            "income",
            _("Expected income (yuan a year)"),
            lambda row: row.measure.income_yuan,
            order=("income_yuan",),
            kind=Kind.MONEY,
            minor=True,
        ),
        Column(
            "money",
            _("Money it takes (yuan)"),
            lambda row: row.measure.money_yuan,
            order=("money_yuan",),
            kind=Kind.MONEY,
            minor=True,
        ),
        Column(
            "source",
            _("Source of the money"),
            lambda row: row.measure.money_source or None,
            minor=True,
        ),
    ]


def _measure_filters(region: str, day: date) -> list[Filter]:
    classes = load_dictionary().code_lists["measure_class"].codes
    return [
        Filter("find", _("Household number or words of the measure"), private=True),
        Filter("part", _("Where"), choices=cache(lambda: parts_offered(region, day))),
        Filter(
            "whose",
            _("Whose work"),
            choices=lambda: [
                ("mine", _("mine to deliver")),
                ("check", _("mine to check off")),
            ],
        ),
        Filter("state", _("state"), choices=_measure_states),
        Filter(
            "kind",
            _("Class of measure"),
            choices=lambda: [(c.code, worded(c.label)) for c in classes],
        ),
        Filter("unit", _("Responsible unit")),
        Filter("year", _("year"), choices=lambda: years_offered(day)),
    ]


def _measure_states() -> list[tuple[str, Any]]:
    late = ("late", _("late"))
    ahead = ("ahead", _("to be delivered, in time"))
    left = ("left", _("owner's post has ended or lies elsewhere"))
    return [late, ahead, left, *STATES.items()]


def parts_offered(region: str, day: date) -> list[tuple[str, str]]:
    """Return the parts of a region to narrow a list to."""
    parts = regions.part_list(code=region, as_of=day)
    return [(part.code, regions.name_of(part) or part.code) for part in parts]
