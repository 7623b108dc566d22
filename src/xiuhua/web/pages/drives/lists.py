"""Task lists of a drive: problem by problem, and household by household.

They print on A4 and go to a workbook, so that a village can work from paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger.wording import STATES
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.supervision.selectors import HouseholdTask, household_keys
from xiuhua.web.columns import Column, Kind
from xiuhua.web.navigation import address_of
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


@dataclass(frozen=True)
class Row:
    """A problem as a task list shows it."""

    problem: Any
    region: str
    households: str
    days_left: int | None


def task_table(today: date) -> Table:
    """Return the list of problems: what, where, who, until when; room to tick off."""
    columns = [
        Column(
            "number",
            _("number"),
            lambda r: r.problem.number,
            order=("number",),
            href=lambda r: address_of("ledger:page", r.problem.pk),
            width=20,
        ),
        Column("region", _("region"), lambda r: r.region, order=("region_id",)),
        Column("what", _("what"), lambda r: r.problem.description, width=48),
        Column("households", _("households"), lambda r: r.households, width=24),
        Column("owner", _("who rectifies"), _owner, width=18),
        Column("unit", _("unit"), lambda r: r.problem.unit or "–", minor=True),
        Column(
            "deadline",
            _("until"),
            lambda r: r.problem.deadline or "–",
            order=("deadline",),
            kind=Kind.DAY,
            state=lambda r: "bad" if (r.days_left or 0) < 0 else "",
        ),
        Column("state", _("state"), lambda r: STATES[r.problem.state]),
        Column("ticked", _("ticked off"), lambda r: "□", minor=True),
    ]
    return Table(
        "drive-tasks",
        columns=columns,
        filters=[Filter("state", _("state"), choices=_states)],
        order="deadline",
        prepare=lambda rows: _rows(rows, today),
        exported=Permission.ROWS_EXPORT,
        paper=True,
        empty=_("No problem of the drive here."),
    )


def _owner(row: Row) -> str:
    owner = row.problem.owner
    return owner.user.full_name if owner else _("not given to anybody")


def _states() -> list[tuple[str, Any]]:
    return [
        ("all", _("all problems of the drive")),
        ("open", _("still open")),
        ("struck_off", _("off the list")),
    ]


def _rows(problems: list[Any], today: date) -> list[Row]:
    """Return problems with the names of their regions and households, at once."""
    names = regions.names_of(codes=[p.region_id for p in problems], as_of=today)
    numbers = household_keys([p.pk for p in problems])
    return [
        Row(
            problem,
            names[problem.region_id],
            "、".join(numbers.get(problem.pk, [])) or "–",
            (problem.deadline - today).days if problem.deadline else None,
        )
        for problem in problems
    ]


def household_table(today: date) -> Table:
    """Return the list of households with what is open about each."""
    columns = [
        Column(
            "household",
            _("household"),
            lambda t: t.number,
            href=lambda t: reverse("households:page", args=[t.household]),
            width=20,
        ),
        Column("village", _("village"), lambda t: t.village),
        Column("what", _("what"), lambda t: "；".join(t.what), width=60),
        Column("count", _("still open"), lambda t: len(t.what), kind=Kind.NUMBER),
        Column(
            "deadline",
            _("until"),
            lambda t: t.deadline or "–",
            kind=Kind.DAY,
            state=lambda t: "bad" if t.deadline and t.deadline < today else "",
        ),
        Column("ticked", _("ticked off"), lambda t: "□", minor=True),
    ]
    return Table(
        "drive-households",
        columns=columns,
        exported=Permission.ROWS_EXPORT,
        paper=True,
        empty=_("No household has an open problem of the drive here."),
    )


@dataclass(frozen=True)
class Home:
    """A household of a task list with the name of its village."""

    household: int
    number: str
    village: str
    what: tuple[str, ...]
    deadline: date | None


def homes(tasks: Iterable[HouseholdTask], today: date) -> list[Home]:
    """Return one row a household, those due first on top."""
    by_home: defaultdict[int, list[HouseholdTask]] = defaultdict(list)
    for task in tasks:
        by_home[task.household].append(task)
    villages = regions.names_of(
        codes=[found[0].village for found in by_home.values()], as_of=today
    )
    rows = [
        Home(
            key,
            found[0].number,
            villages[found[0].village],
            tuple(task.what for task in found),
            min((t.deadline for t in found if t.deadline), default=None),
        )
        for key, found in by_home.items()
    ]
    return sorted(rows, key=lambda h: (h.deadline or date.max, h.household))
