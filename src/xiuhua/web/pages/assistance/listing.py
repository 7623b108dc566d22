"""The tables of who helps: pairings, households nobody helps, helpers, units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.accounts.selectors import full_names
from xiuhua.apps.assistance.choices import Rank
from xiuhua.apps.assistance.selectors.pairings import in_force
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.selectors import within
from xiuhua.core.dictionary.model import Mask
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


@dataclass(frozen=True)
class Row:
    """A row of a list with the names of the region it lies in and of who acted."""

    it: Any
    place: str
    people: Mapping[str, str] = field(default_factory=dict)

    def who(self, username: str) -> str:
        """Return the name of somebody who acted on the row."""
        return self.people.get(username, username)


def placed(
    lead: Callable[[Any], str],
    day: date,
    actors: Callable[[Any], Iterable[str]] | None = None,
) -> Callable[[list[Any]], list[Row]]:
    """Return what puts beside rows the name of the region `lead` gives of each.

    `actors` gives the user names of who acted on a row, to be shown by their names.
    A workbook comes in chunks: each place is asked for once.
    """
    names: dict[str, str] = {}

    def prepare(rows: list[Any]) -> list[Row]:
        if new := {lead(row) for row in rows} - names.keys():
            names.update(regions.names_of(codes=new, as_of=day))
        users = {user for row in rows for user in actors(row)} if actors else set()
        people = full_names(usernames=users) if users else {}
        return [Row(row, names[lead(row)], people) for row in rows]

    return prepare


def chain_shown(links: list[Any], day: date) -> list[Row]:
    """Return the links of a chain with the names of their regions."""
    return placed(lambda link: link.region_id, day)(links)


def part_filter(region: str, day: date, field: str) -> Filter:
    """Return the filter by a direct part of a region."""

    def parts() -> list[tuple[str, str]]:
        found = regions.part_list(code=region, as_of=day)
        return [(p.code, regions.name_of(p) or p.code) for p in found]

    return Filter(
        "part",
        _("Where"),
        lambda rows, code: rows.filter(within(code, field)),
        choices=cache(parts),
    )


def home_columns(rights: Role, home: Callable[[Row], Any]) -> list[Column]:
    """Return head, number and place of a household."""
    return [
        Column(
            "head",
            _("head of household"),
            lambda row: name_shown(home(row).head_name, rights),
            href=lambda row: reverse("households:page", args=[home(row).pk]),
        ),
        Column("number", _("number"), lambda row: home(row).number, width=22),
        Column("place", _("village"), lambda row: row.place),
        Column(
            "group",
            _("village group"),
            lambda row: home(row).village_group,
            minor=True,
        ),
    ]


def helper_column(rights: Role, helper: Callable[[Row], Any]) -> Column:
    """Return the name of a helper, leading to their page."""
    return Column(
        "helper",
        _("helper"),
        lambda row: name_shown(helper(row).name, rights),
        href=lambda row: reverse("assistance:helper", args=[helper(row).pk]),
    )


def ordered(column: Column, *fields: str) -> Column:
    """Return a column that is sorted by database fields."""
    return Column(**vars(column) | {"order": fields})


def pairing_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of pairings as a post sees it."""
    rights = post.rights
    head, number, place, group = home_columns(rights, lambda row: row.it.household)
    return Table(
        "pairings",
        columns=[
            ordered(head, "household__name_initials"),
            ordered(number, "household__number"),
            ordered(place, "household__village_id"),
            group,
            ordered(
                helper_column(rights, lambda row: row.it.helper),
                "helper__name_initials",
            ),
            Column(
                "unit",
                _("unit"),
                lambda row: row.it.helper.unit.name,
                order=("helper__unit__name",),
                width=24,
            ),
            Column(
                "from",
                _("from"),
                lambda row: row.it.starts_on,
                order=("starts_on",),
                kind=Kind.DAY,
            ),
            Column(
                "until",
                _("ended on"),
                lambda row: row.it.ended_on or "—",
                order=("ended_on",),
                kind=Kind.DAY,
                minor=True,
            ),
        ],
        filters=[
            *named_filters(rights, "helper__", "household__"),
            part_filter(region, day, "household__village_id"),
            Filter(
                "running",
                _("state"),
                lambda rows, said: (
                    rows.filter(in_force(day))
                    if said == "now"
                    else rows.exclude(in_force(day))
                ),
                choices=lambda: [("now", _("in force")), ("over", _("over"))],
            ),
        ],
        order="place",
        last="pk",
        prepare=placed(lambda pairing: pairing.household.village_id, day),
        empty=_("Take helpers over from the archive, or pair households one by one."),
    )


def uncovered_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of households nobody helps."""
    head, number, place, group = home_columns(post.rights, lambda row: row.it)
    return Table(
        "uncovered",
        columns=[
            ordered(head, "name_initials"),
            ordered(number, "number"),
            ordered(place, "village_id"),
            group,
            Column(
                "said",
                _("in the archive"),
                lambda row: (
                    name_shown(row.it.helper_name, post.rights)
                    if row.it.helper_name
                    else None
                ),
                order=("helper_name",),
            ),
        ],
        filters=[part_filter(region, day, "village_id")],
        order="place",
        last="pk",
        prepare=placed(lambda home: home.village_id, day),
        empty=_("Every household on the register has somebody who helps."),
    )


def helper_table(post: Any, *, day: date) -> Table:
    """Return the table of helpers as a post sees it."""
    rights = post.rights
    full = rights.shows(Mask.PERSONAL)
    return Table(
        "helpers",
        columns=[
            ordered(helper_column(rights, lambda row: row.it), "name_initials"),
            Column("number", _("number"), lambda row: row.it.number, order=("number",)),
            Column(
                "unit",
                _("unit"),
                lambda row: row.it.unit.name,
                order=("unit__name",),
                width=24,
            ),
            Column(
                "rank",
                _("rank"),
                lambda row: row.it.get_rank_display() if row.it.rank else None,
                order=("rank",),
            ),
            Column(
                "phone",
                _("phone"),
                lambda row: (row.it.phone if full else "•••") if row.it.phone else None,
                minor=True,
            ),
            Column(
                "households",
                _("households"),
                lambda row: row.it.households_count,
                kind=Kind.NUMBER,
            ),
        ],
        filters=[
            *named_filters(rights, "", ""),
            Filter(
                "rank",
                _("rank"),
                lambda rows, said: rows.filter(rank=said),
                choices=lambda: Rank.choices,
            ),
            Filter(
                "there",
                _("state"),
                lambda rows, said: rows.filter(left_on__isnull=said == "here"),
                choices=lambda: [("here", _("still there")), ("left", _("left"))],
            ),
        ],
        order="unit",
        last="pk",
        prepare=placed(lambda helper: helper.unit.region_id, day),
        empty=_("Enter units and helpers, or take them over from the archive."),
    )


def unit_table(*, day: date, edits: bool) -> Table:
    """Return the table of units that help."""
    address = partial(reverse, "assistance:unit_correct")
    return Table(
        "units",
        columns=[
            Column(
                "name",
                _("unit"),
                lambda row: row.it.name,
                order=("name",),
                href=(lambda row: address(args=[row.it.pk])) if edits else None,
                width=28,
            ),
            Column("place", _("region"), lambda row: row.place, order=("region_id",)),
            Column(
                "affiliation",
                _("belongs to"),
                lambda row: row.it.affiliation or None,
                order=("affiliation",),
            ),
            Column(
                "helpers",
                _("helpers"),
                lambda row: row.it.helpers_count,
                kind=Kind.NUMBER,
            ),
        ],
        filters=[
            Filter(
                "name", _("name"), lambda rows, said: rows.filter(name__contains=said)
            )
        ],
        order="place",
        last="pk",
        prepare=placed(lambda unit: unit.region_id, day),
        empty=_("Enter units and helpers, or take them over from the archive."),
    )


def named_filters(rights: Role, helper: str, home: str) -> list[Filter]:
    """Return the search by name of the helper (where shown) or household number."""

    def apply(rows: Any, said: str) -> Any:
        either = Q(**{f"{helper}number": said})
        if home:
            either |= Q(**{f"{home}number": said})
        if rights.shows(Mask.PERSONAL):
            either |= Q(**{f"{helper}name__startswith": said})
            either |= Q(**{f"{helper}name_initials__startswith": said.lower()})
        return rows.filter(either)

    label = _("Helper, or household number") if home else _("Name, initials or number")
    return [Filter("find", label, apply, private=True)]
