"""The tables of visits, of those owed, and of what they found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assistance.choices import VISIT_STATES, VisitKind
from xiuhua.apps.assistance.selectors import owed
from xiuhua.core.dictionary.model import Mask
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


def owed_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of households owed a visit, with who helps them."""
    head, number, place, group = home_columns(post.rights, lambda row: row.it)
    return Table(
        "owed",
        columns=[
            ordered(head, "name_initials"),
            ordered(number, "number"),
            ordered(place, "village_id", "village_group"),
            group,
            Column(
                "helper",
                _("helper"),
                lambda row: (
                    name_shown(row.helper.name, post.rights) if row.helper else None
                ),
                href=lambda row: reverse("assistance:helper", args=[row.helper.pk]),
            ),
            Column(
                "made",
                _("visits this quarter"),
                lambda row: f"{row.it.made} / {row.it.demanded}",
            ),
            Column("last", _("last visit"), lambda row: row.last or "—", kind=Kind.DAY),
        ],
        filters=[
            part_filter(region, day, "village_id"),
            Filter(
                "made",
                _("visits this quarter"),
                lambda rows, said: (
                    rows.filter(made=0) if said == "none" else rows.filter(made__gt=0)
                ),
                choices=lambda: [("none", _("none yet")), ("some", _("some"))],
            ),
        ],
        order="place",
        last="pk",
        prepare=_standing(day),
        empty=_("Every household has had its visits of the quarter."),
    )


@dataclass(frozen=True)
class Due:
    """A household owed a visit: where it lies, who helps, when it was last visited."""

    it: Any
    place: str
    helper: Any
    last: date | None


def _standing(day: date) -> Callable[[list[Any]], list[Due]]:
    def prepare(homes: list[Any]) -> list[Due]:
        found = owed.standings_of(households=homes, on=day)
        rows = placed(lambda home: home.village_id, day)(homes)
        return [
            Due(row.it, row.place, found[row.it.pk].helper, found[row.it.pk].last)
            for row in rows
        ]

    return prepare


def asking_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of findings that ask for mending and are on no ledger."""
    rights = post.rights
    head, number, place, _group = home_columns(rights, lambda row: row.it.household)
    full = rights.shows(Mask.PERSONAL)
    return Table(
        "asking",
        columns=[
            Column(
                "made",
                _("made on"),
                lambda row: row.it.made_on,
                order=("made_on",),
                kind=Kind.DAY,
                href=lambda row: reverse("assistance:visit", args=[row.it.pk]),
            ),
            ordered(head, "household__name_initials"),
            ordered(number, "household__number"),
            ordered(place, "household__village_id"),
            helper_column(rights, lambda row: row.it.helper),
            Column(
                "findings",
                _("what was found"),
                lambda row: row.it.findings if full else "•••",
                width=40,
            ),
        ],
        filters=[part_filter(region, day, "household__village_id")],
        order="made",
        last="pk",
        prepare=placed(lambda visit: visit.household.village_id, day),
        empty=_("What visits found to be mended stands on the ledger."),
    )
