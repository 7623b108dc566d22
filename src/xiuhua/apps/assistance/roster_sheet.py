"""The sheet of rosters: days in the village, a row for a person and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import Done, recorded
from xiuhua.apps.assistance.member_sheet import VILLAGE
from xiuhua.apps.assistance.models import Roster, TeamMember
from xiuhua.apps.assistance.roster_days import days_said, spans_said
from xiuhua.apps.assistance.rules import RosterState
from xiuhua.apps.assistance.selectors.rosters import (
    days_of,
    members_in,
    roster_of,
)
from xiuhua.apps.assistance.selectors.teams import team_list
from xiuhua.apps.assistance.services.rosters import roster_enter
from xiuhua.apps.assistance.sheet_naming import NAME, NUMBER, UNIT
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.sheets.finding import regions_named, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head
from xiuhua.apps.sheets.kinds import Kind, Row, Sending, Taken
from xiuhua.apps.sheets.rules import Outcome


HEADS: Final = (
    VILLAGE,
    Head("month", "月份", "month", Form.CODE, needed=True, must=True, shown=True),
    replace(NAME, needed=True),
    UNIT,
    NUMBER,
    Head("days", "驻村日期", "days in the village", needed=True, shown=True),
)
_Place = tuple[str, date]


def _compared(rows: Sequence[Row], sending: Sending) -> None:
    places = regions_named(region=sending.region, on=sending.today)
    groups: defaultdict[_Place, list[Row]] = defaultdict(list)
    reject_doubles(rows, "village", "month", "helper")
    for row in rows:
        village, first = places.get(row["village"] or ""), _month(row["month"] or "")
        if row["village"] and village is None:
            row.reject("village", CellUnfit("no village is called so here"))
        if row["month"] and first is None:
            row.reject("month", CellUnfit("it is no month", hint="write 2020-06"))
        if row.is_sound and village is not None and first is not None:
            groups[(village, first)].append(row)
    for (village, first), found in sorted(groups.items()):
        _group_compared(village, first, found, sending.today)


def _group_compared(
    village: str, first: date, rows: Sequence[Row], today: date
) -> None:
    """Compare the rows of one roster with what was entered for the month."""
    roster = roster_of(region=village, month=first)
    held = days_of(rosters=[roster]).get(roster.pk, {}) if roster else {}
    members = members_in(region=village, month=first)
    for row in rows:
        if roster is not None and roster.state == RosterState.SIGNED:
            row.reject("month", CellUnfit("the roster of the month is countersigned"))
            continue
        member = _member(row, members)
        days = days_said(row["days"] or "")
        if days is None:
            row.reject("days", CellUnfit("write days of the month, such as 3-7, 12"))
        elif member is not None:
            _days_checked(row, member, first, days, today)
        if not row.is_sound or member is None or days is None:
            continue
        old = held.get(member.pk, [])
        row.plan = {
            "village": village,
            "month": first.isoformat(),
            "member": member.pk,
            "days": days,
            "version": roster.version if roster else None,
            "old": {str(key): kept for key, kept in held.items()},
        }
        if old == days:
            row.outcome = Outcome.UNCHANGED
        elif roster is not None:
            row.differs("days", spans_said(old), spans_said(days))


def _member(row: Row, members: Sequence[TeamMember]) -> TeamMember | None:
    number = row["number"]
    named = [
        m
        for m in members
        if (m.helper.number == number if number else m.helper.name == row["helper"])
    ]
    if len(named) == 1:
        return named[0]
    words = (
        CellUnfit("several are called so: give the number")
        if named
        else CellUnfit("nobody of the work team is called so that month")
    )
    row.reject("helper", words)
    return None


def _days_checked(
    row: Row, member: TeamMember, first: date, days: Sequence[int], today: date
) -> None:
    for number in days:
        try:
            day = first.replace(day=number)
        except ValueError:
            day = date.max
        inside = member.starts_on <= day and (
            member.ended_on is None or day < member.ended_on
        )
        if not inside or day > today:
            row.reject(
                "days",
                CellUnfit(
                    "day {day} is not in the month, not in the term, or to come",
                    day=number,
                ),
            )
            return


def _month(text: str) -> date | None:
    """Return the first day of a month somebody named, None when it is none.

    >>> _month("2019-6"), _month("2019年06月"), _month("summer")
    (datetime.date(2019, 6, 1), datetime.date(2019, 6, 1), None)
    """
    said = text.replace("年", "-").replace("月", "").replace("/", "-").replace(".", "-")
    parts = said.split("-")
    try:
        return date(int(parts[0]), int(parts[1]), 1)
    except (ValueError, IndexError):
        return None


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[(row.plan["village"], row.plan["month"])].append(row)
    made: dict[tuple[str, str], int] = {}
    for (village, month), found in groups.items():
        days = {int(key): kept for key, kept in found[0].plan["old"].items()}
        days |= {row.plan["member"]: row.plan["days"] for row in found}
        roster = roster_enter(
            region=village,
            month=date.fromisoformat(month),
            days=days,
            version=found[0].plan["version"],
            once=f"rosters/{sending.key}/{village}/{month}",
            by=sending.by,
            at=sending.at,
        )
        made[(village, month)] = roster.pk
    return [made[(row.plan["village"], row.plan["month"])] for row in rows]


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Give rosters the days they had before the sheet; new ones are taken out.

    Raises:
        HelpUnfit: when a roster was countersigned or changed since.
    """
    plans = {one.made: one.plan for one in taken}
    rosters = Roster.objects.select_for_update().in_bulk(list(plans))
    for key, plan in plans.items():
        roster = rosters[key]
        before = plan["version"]
        if roster.state != RosterState.ENTERED or roster.version != (before or 0) + 1:
            raise HelpUnfit("a roster of the sheet was countersigned or changed since")
        if before is None:
            done = Done("undo", roster, {}, roster.state, "")
            region = roster.region_id
            roster.delete()
            roster.pk = key
            recorded("roster.undone", done, region=region, by=sending.by, at=sending.at)
            continue
        roster_enter(
            region=roster.region_id,
            month=roster.month,
            days={int(member): days for member, days in plan["old"].items()},
            version=roster.version,
            once=f"rosters/{sending.key}/{key}/undone",
            by=sending.by,
            at=sending.at,
        )


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the members of the teams in the post's region with the month's days."""
    first = day.replace(day=1)
    villages = list(team_list(viewer=viewer).values_list("region_id", flat=True))
    names = regions.names_of(codes=villages, as_of=day)
    for village in villages:
        roster = roster_of(region=village, month=first)
        held = days_of(rosters=[roster]).get(roster.pk, {}) if roster else {}
        for member in members_in(region=village, month=first):
            yield (
                names[village],
                f"{first:%Y-%m}",
                member.helper.name,
                member.helper.unit.name,
                member.helper.number,
                spans_said(held.get(member.pk, [])) or None,
            )


KIND: Final = Kind(
    "rosters",
    _("Sheet of rosters"),
    Permission.VISIT_WRITE,
    HEADS,
    _compared,
    _apply,
    _undo,
    _filled,
)
