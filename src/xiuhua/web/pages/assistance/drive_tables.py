"""The tables of drives of visits: the drives, what is left, by village, by person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assistance.selectors import people
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.assistance.listing import (
    home_columns,
    ordered,
    part_filter,
    placed,
)
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.tables.table import Table


@dataclass(frozen=True)
class Person:
    """How far a drive has come with the households of a helper; None for nobody's."""

    name: str
    number: str
    key: int
    it: Any


def left_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of households that are still to be visited, by place."""
    head, number, place, group = home_columns(post.rights, lambda row: row.it)
    return Table(
        "left",
        columns=[
            ordered(head, "name_initials"),
            ordered(number, "number"),
            ordered(place, "village_id", "village_group"),
            group,
            Column(
                "persons",
                _("persons"),
                lambda row: row.it.persons_count,
                order=("persons_count",),
                kind=Kind.NUMBER,
            ),
        ],
        filters=[part_filter(region, day, "village_id")],
        order="place",
        last="pk",
        prepare=placed(lambda home: home.village_id, day),
        empty=_("Every household has been visited."),
    )


def drive_table() -> Table:
    """Return the table of drives."""
    return Table(
        "drives",
        columns=[
            Column(
                "name",
                _("name"),
                lambda drive: drive.name,
                order=("name",),
                href=lambda drive: reverse("assistance:drive", args=[drive.pk]),
                width=30,
            ),
            Column(
                "from",
                _("from"),
                lambda drive: drive.starts_on,
                order=("starts_on",),
                kind=Kind.DAY,
            ),
            Column(
                "to",
                _("last day"),
                lambda drive: drive.last_day,
                order=("last_day",),
                kind=Kind.DAY,
            ),
            Column(
                "whom",
                _("whom"),
                lambda drive: (
                    str(_("only households that have not exited"))
                    if drive.left_only
                    else str(_("households on the register"))
                ),
            ),
        ],
        order="-from",
        last="pk",
        empty=_("Begin a drive in which every family is visited between two days."),
    )


def village_table(day: date) -> Table:
    """Return the table of how far a drive has come, village by village."""
    return Table(
        "drive_villages",
        columns=[
            Column("place", _("village"), lambda row: row.place, order=("place",)),
            *_progress(lambda row: row.it),
        ],
        prepare=placed(lambda found: str(found.key), day),
        empty=_("No household belongs to the drive here."),
    )


def person_table() -> Table:
    """Return the table by person in charge, in the order of names; no ranking."""
    return Table(
        "drive_persons",
        columns=[
            Column(
                "helper",
                _("helper"),
                lambda row: row.name,
                href=lambda row: (
                    reverse("assistance:helper", args=[row.key]) if row.key else ""
                ),
            ),
            Column("number", _("number"), lambda row: row.number or "—"),
            *_progress(lambda row: row.it),
        ],
        empty=_("No household belongs to the drive here."),
    )


def person_rows(post: Any, found: Iterable[Any]) -> list[Person]:
    """Return how far a drive has come with names, in the order of names."""
    by_key = {one.key: one for one in found}
    named = [
        Person(
            name_shown(helper.name, post.rights),
            helper.number,
            helper.pk,
            by_key[helper.pk],
        )
        for helper in people.helpers_by_name(keys=[key for key in by_key if key])
    ]
    if 0 in by_key:
        named.append(Person(str(_("nobody helps them")), "", 0, by_key[0]))
    return named


def _progress(lead: Callable[[Any], Any]) -> list[Column]:
    return [
        Column(
            "households",
            _("households"),
            lambda row: lead(row).households,
            kind=Kind.NUMBER,
        ),
        Column(
            "visited", _("visited"), lambda row: lead(row).visited, kind=Kind.NUMBER
        ),
        Column(
            "left",
            _("still to be visited"),
            lambda row: lead(row).left,
            kind=Kind.NUMBER,
        ),
    ]
