"""Enter the roster of days in the village, countersign it, send it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import (
    Done,
    StaleHelp,
    day_of,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.models import Roster, RosterDay, TeamMember
from xiuhua.apps.assistance.rules import LIFE, Act
from xiuhua.apps.assistance.selectors.rosters import roster_step


@transaction.atomic
def roster_enter(
    *,
    region: str,
    month: date,
    days: Mapping[int, Iterable[int]],
    version: int | None,
    once: str,
    by: Post,
    at: datetime,
) -> Roster:
    """Enter the roster of a village for a month as it was signed on paper.

    `days` are days of the month by the key of the team's member. Entered again it
    replaces what was entered, as long as nobody countersigned it; `version` is then
    that of the roster that was seen.

    Raises:
        NotPermitted: when the post visits nobody there.
        StepRefused: when it is countersigned.
        StaleHelp: when it was entered or changed meanwhile.
        HelpUnfit: when a member belongs to another team, or a day is not in their
            term or is still to come.
    """
    made = Roster.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.VISIT_WRITE, region=region)
    first = month.replace(day=1)
    roster = Roster.objects.filter(region_id=region, month=first).first()
    if roster is None:
        if version is not None:
            raise StaleHelp("somebody else changed it meanwhile")
        roster = Roster(region_id=region, month=first, version=0)
    else:
        roster = locked(roster, version)
        roster.state = LIFE.target(Act.REENTER, roster_step(roster, by=by))
    roster.entered_by, roster.reason, roster.once = by.actor.name, "", once
    rows = _days(region, first, days, today=day_of(at))
    kept(roster)
    RosterDay.objects.filter(roster=roster).delete()
    for row in rows:
        row.roster = roster
    RosterDay.objects.bulk_create(rows)
    done = Done("enter", roster, {"days": len(rows)}, "", roster.state)
    recorded("roster.entered", done, region=region, by=by, at=at)
    return roster


@transaction.atomic
def roster_sign(
    *, roster: Roster, version: int | None, by: Post, at: datetime
) -> Roster:
    """Countersign a roster: whoever entered it or stands on it cannot.

    Raises:
        StaleHelp: when it was changed meanwhile.
        StepRefused: with every reason why it is not open.
    """
    row = locked(roster, version)
    old = row.state
    row.state = LIFE.target(Act.SIGN, roster_step(row, by=by))
    row.signed_by = by.actor.name
    kept(row)
    done = Done("sign", row, {}, old, row.state)
    recorded("roster.signed", done, region=row.region_id, by=by, at=at)
    return row


@transaction.atomic
def roster_return(
    *, roster: Roster, version: int | None, reason: str, by: Post, at: datetime
) -> Roster:
    """Send a roster back to the village, with the reason.

    Raises:
        StaleHelp: when it was changed meanwhile.
        StepRefused: with every reason why it is not open.
    """
    row = locked(roster, version)
    old = row.state
    row.state = LIFE.target(Act.RETURN, roster_step(row, by=by, said=reason))
    row.signed_by, row.reason = "", reason.strip()
    kept(row)
    done = Done("return", row, {"reason": row.reason}, old, row.state)
    recorded("roster.returned", done, region=row.region_id, by=by, at=at)
    return row


def _days(
    region: str, first: date, days: Mapping[int, Iterable[int]], *, today: date
) -> list[RosterDay]:
    members = TeamMember.objects.filter(team__region_id=region).in_bulk(list(days))
    rows = []
    for key, numbers in days.items():
        member = members.get(key)
        for number in sorted(set(numbers)):
            day = first + timedelta(days=number - 1)
            here = member is not None and (
                member.starts_on <= day
                and (member.ended_on is None or day < member.ended_on)
            )
            if not here or day.month != first.month or day > today or number < 1:
                raise HelpUnfit(
                    "day {day} is not in the month, not in the term, or to come",
                    day=number,
                )
            rows.append(RosterDay(member=member, day=day))
    return rows
