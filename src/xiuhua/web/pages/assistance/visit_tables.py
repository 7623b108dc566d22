"""The tables of visits, of drives, and of households still to be visited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assistance.choices import VISIT_STATES, VisitKind
from xiuhua.apps.assistance.selectors import people
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.assistance.listing import (
    helper_column,
    home_columns,
    named_filters,
    ordered,
    part_filter,
    placed,
)
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


LOOKS = {"made": "good", "planned": "warn", "dropped": "none"}


def visit_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of visits as a post sees it."""
    rights = post.rights
    head, number, place, group = home_columns(rights, lambda row: row.it.household)
    return Table(
        "visits",
        columns=[
            Column(
                "planned",
                _("planned for"),
                lambda row: row.it.planned_on,
                order=("planned_on",),
                kind=Kind.DAY,
                href=lambda row: reverse("assistance:visit", args=[row.it.pk]),
            ),
            ordered(head, "household__name_initials"),
            ordered(number, "household__number"),
            ordered(place, "household__village_id"),
            group,
            ordered(
                helper_column(rights, lambda row: row.it.helper),
                "helper__name_initials",
            ),
            Column("kind", _("kind"), lambda row: row.it.get_kind_display()),
            Column(
                "state",
                _("state"),
                lambda row: row.it.get_state_display(),
                order=("state",),
                state=lambda row: LOOKS[row.it.state],
            ),
            _made_column(),
        ],
        filters=[
            *named_filters(rights, "helper__", "household__"),
            part_filter(region, day, "household__village_id"),
            Filter(
                "state",
                _("state"),
                lambda rows, said: rows.filter(state=said),
                choices=lambda: [(s.value, w) for s, w in VISIT_STATES.items()],
            ),
            Filter(
                "kind",
                _("kind"),
                lambda rows, said: rows.filter(kind=said),
                choices=lambda: VisitKind.choices,
            ),
        ],
        order="-planned",
        last="pk",
        prepare=placed(lambda visit: visit.household.village_id, day),
        empty=_("Visits are planned on the page of a household."),
    )


def _made_column() -> Column:
    return Column(
        "made",
        _("made on"),
        lambda row: row.it.made_on or "—",
        order=("made_on",),
        kind=Kind.DAY,
        minor=True,
    )


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


def progress_rows(post: Any, found: Iterable[Any], day: date) -> list[dict[str, Any]]:
    """Return how far a drive has come, with names, in the order of places and names.

    Keys that are numbers are helpers, 0 for nobody; texts are codes of villages.
    """
    rows = list(found)
    codes = [p.key for p in rows if isinstance(p.key, str)]
    names: dict[Any, str] = dict(regions.names_of(codes=codes, as_of=day))
    keys = [p.key for p in rows if isinstance(p.key, int)]
    for helper in people.helper_list(viewer=post).filter(pk__in=keys):
        names[helper.pk] = name_shown(helper.name, post.rights)
    shown = [
        {
            "key": p.key,
            "name": names.get(p.key) or str(_("nobody helps them")),
            "households": p.households,
            "visited": p.visited,
            "left": p.left,
        }
        for p in rows
    ]
    # Names of persons in the order of names: never by how much is left.
    return shown if codes else sorted(shown, key=lambda row: str(row["name"]))
