"""Form work teams, let people join and leave them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import (
    Done,
    day_of,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.choices import TeamPost
from xiuhua.apps.assistance.models import TeamMember, WorkTeam
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.regions import selectors as regions


@transaction.atomic
def team_form(
    *,
    region: str,
    starts_on: date,
    document: str,
    once: str,
    by: Post,
    at: datetime,
) -> WorkTeam:
    """Form the work team of a village; the same key again returns the first.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        NotInForce: when the village does not exist.
        HelpUnfit: when the region is no village, or has a team.
    """
    made = WorkTeam.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    village = regions.region_get(code=region, as_of=day_of(at))
    has_one = WorkTeam.objects.filter(region_id=region, ended_on__isnull=True).exists()
    if village.level != "village" or has_one:
        raise HelpUnfit("a village has one work team")
    team = WorkTeam.objects.create(
        region_id=region, starts_on=starts_on, document=document.strip(), once=once
    )
    done = Done("form", team, {"from": starts_on, "document": team.document})
    recorded("team.formed", done, region=region, by=by, at=at)
    return team


@transaction.atomic
def team_end(
    *, team: WorkTeam, version: int | None, ended_on: date, by: Post, at: datetime
) -> WorkTeam:
    """End a work team nobody belongs to any more.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when somebody belongs to it, or the day is not after its start.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=team.region_id)
    row = locked(team, version)
    left = row.members.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=ended_on))
    if row.ended_on or ended_on <= row.starts_on or left.exists():
        raise HelpUnfit("a team ends after its start, when everybody has left it")
    row.ended_on = ended_on
    kept(row)
    done = Done("end", row, {"on": ended_on})
    recorded("team.ended", done, region=row.region_id, by=by, at=at)
    return row


@transaction.atomic
def member_join(
    *,
    team: WorkTeam,
    helper: Helper,
    post: str,
    starts_on: date,
    until: date | None,
    once: str,
    by: Post,
    at: datetime,
) -> TeamMember:
    """Let somebody join a work team, until a day that was agreed.

    A term shorter than it should be is entered and shown as a breach: it is so.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when the team has ended, the days cannot be, the person belongs to
            another team, or the team has a first secretary.
    """
    made = TeamMember.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=team.region_id)
    row = WorkTeam.objects.select_for_update().get(pk=team.pk)
    sound = post in TeamPost.values and starts_on >= row.starts_on
    if row.ended_on or not sound or (until is not None and until <= starts_on):
        raise HelpUnfit("a term lies in the team's time and ends after its start")
    elsewhere = TeamMember.unscoped.filter(helper=helper, ended_on__isnull=True)
    if elsewhere.exists():
        raise HelpUnfit("nobody belongs to two teams at a time")
    first = row.members.filter(post=TeamPost.FIRST_SECRETARY, ended_on__isnull=True)
    if post == str(TeamPost.FIRST_SECRETARY) and first.exists():
        raise HelpUnfit("a team has one first secretary")
    member = TeamMember.objects.create(
        team=row, helper=helper, post=post, starts_on=starts_on, until=until, once=once
    )
    said = {"helper": helper.pk, "post": post, "from": starts_on, "until": until}
    done = Done("join", member, said)
    recorded("member.joined", done, region=row.region_id, by=by, at=at)
    return member


@transaction.atomic
def member_leave(
    *,
    member: TeamMember,
    version: int | None,
    ended_on: date,
    reason: str,
    by: Post,
    at: datetime,
) -> TeamMember:
    """Let somebody leave a work team, with the reason.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when they left already, the day is not after the start or to come,
            or no reason is given.
    """
    region = member.team.region_id
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    row = locked(member, version)
    if row.ended_on or not row.starts_on < ended_on <= day_of(at):
        raise HelpUnfit("somebody leaves after they came, on a day that has come")
    if not reason.strip():
        raise HelpUnfit("say why they leave")
    row.ended_on, row.ended_reason = ended_on, reason.strip()
    kept(row)
    done = Done("leave", row, {"on": ended_on, "reason": row.ended_reason})
    recorded("member.left", done, region=region, by=by, at=at)
    return row
