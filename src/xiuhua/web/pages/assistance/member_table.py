"""The table of members of work teams with their terms."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assistance.choices import TeamPost
from xiuhua.apps.assistance.selectors.pairings import in_force
from xiuhua.apps.assistance.selectors.teams import breaches_of
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.assistance.listing import (
    helper_column,
    named_filters,
    ordered,
    part_filter,
    placed,
)
from xiuhua.web.pages.assistance.words import breaches_said
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


def member_table(post: Any, *, region: str, day: date) -> Table:
    """Return the table of who belongs to work teams, by place, never by merit."""

    def wrong(row: Any) -> str:
        return breaches_said(breaches_of(member=row.it, on=day))

    return Table(
        "members",
        columns=[
            Column(
                "place",
                _("village"),
                lambda row: row.place,
                order=("team__region_id", "post"),
                href=lambda row: reverse("assistance:team", args=[row.it.team_id]),
            ),
            ordered(
                helper_column(post.rights, lambda row: row.it.helper),
                "helper__name_initials",
            ),
            Column("post", _("post"), lambda row: row.it.get_post_display()),
            Column("unit", _("unit"), lambda row: row.it.helper.unit.name, width=24),
            Column(
                "from",
                _("from"),
                lambda row: row.it.starts_on,
                order=("starts_on",),
                kind=Kind.DAY,
            ),
            Column(
                "until",
                _("agreed until"),
                lambda row: row.it.until,
                order=("until",),
                kind=Kind.DAY,
            ),
            Column(
                "left",
                _("left"),
                lambda row: row.it.ended_on or "—",
                order=("ended_on",),
                kind=Kind.DAY,
                minor=True,
            ),
            Column(
                "state",
                _("state"),
                lambda row: wrong(row) or str(_("as it should be")),
                state=lambda row: "warn" if wrong(row) else "good",
                width=30,
            ),
        ],
        filters=_filters(post, region, day),
        order="place",
        last="pk",
        prepare=placed(lambda member: member.team.region_id, day),
        empty=_("Form the work team of a village, then let people join."),
    )


def _filters(post: Any, region: str, day: date) -> list[Filter]:
    return [
        *named_filters(post.rights, "helper__", ""),
        part_filter(region, day, "team__region_id"),
        Filter(
            "post",
            _("post"),
            lambda rows, said: rows.filter(post=said),
            choices=lambda: TeamPost.choices,
        ),
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
    ]
