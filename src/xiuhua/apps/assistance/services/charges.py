"""Who answers for which region (包保), and sector groups with indicators (专班)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import SECTORS
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import (
    Done,
    day_of,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.choices import GroupPost
from xiuhua.apps.assistance.people import (
    ChainLink,
    GroupIndicator,
    GroupMember,
    Helper,
    SectorGroup,
)
from xiuhua.apps.regions import selectors as regions


@transaction.atomic
def link_set(
    *,
    region: str,
    helper: Helper,
    starts_on: date,
    replaces: int | None,
    once: str,
    by: Post,
    at: datetime,
) -> ChainLink:
    """Let somebody answer for a region; whoever did so before stops that day.

    `replaces` is the link that was seen to run, None for nobody.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        NotInForce: when the region does not exist.
        HelpUnfit: when another link runs than was seen, or it started no earlier.
    """
    made = ChainLink.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    regions.region_get(code=region, as_of=day_of(at))
    running = ChainLink.objects.select_for_update().filter(
        region_id=region, ended_on__isnull=True
    )
    old = running.first()
    if (old.pk if old else None) != replaces:
        raise HelpUnfit("somebody else was set to answer for it meanwhile")
    if old is not None:
        if starts_on <= old.starts_on:
            raise HelpUnfit("it would start before the one it replaces")
        old.ended_on = starts_on
        kept(old)
    link = ChainLink.objects.create(
        region_id=region, helper=helper, starts_on=starts_on, once=once
    )
    done = Done("set", link, {"helper": helper.pk, "from": starts_on})
    recorded("link.set", done, region=region, by=by, at=at)
    return link


@transaction.atomic
def link_end(
    *, link: ChainLink, version: int | None, ended_on: date, by: Post, at: datetime
) -> ChainLink:
    """Let nobody answer for a region from a day on.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when it has ended, or the day is not after its start.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=link.region_id)
    row = locked(link, version)
    if row.ended_on or ended_on <= row.starts_on:
        raise HelpUnfit("it ends once, after its start")
    row.ended_on = ended_on
    kept(row)
    done = Done("end", row, {"on": ended_on})
    recorded("link.ended", done, region=row.region_id, by=by, at=at)
    return row


@transaction.atomic
def group_set_up(
    *,
    region: str,
    name: str,
    sector: str,
    indicators: Sequence[tuple[str, str]],
    once: str,
    by: Post,
    at: datetime,
) -> SectorGroup:
    """Set up a sector group of a region with the indicators it owns.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when the name is missing or taken, or an indicator is none.
    """
    made = SectorGroup.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    name = name.strip()
    taken = SectorGroup.objects.filter(region_id=region, name=name).exists()
    if not name or taken or sector not in ("", *SECTORS):
        raise HelpUnfit("a group has a name of its own, and a sector of the list")
    group = SectorGroup.objects.create(
        region_id=region, name=name, sector=sector, once=once
    )
    _own(group, indicators)
    done = Done("set_up", group, {"indicators": [list(i) for i in indicators]})
    recorded("group.set_up", done, region=region, by=by, at=at)
    return group


@transaction.atomic
def group_change(
    *,
    group: SectorGroup,
    version: int | None,
    indicators: Sequence[tuple[str, str]],
    by: Post,
    at: datetime,
) -> SectorGroup:
    """Say which indicators a group owns from now on.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when an indicator is none.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=group.region_id)
    row = locked(group, version)
    _own(row, indicators)
    kept(row)
    done = Done("change", row, {"indicators": [list(i) for i in indicators]})
    recorded("group.changed", done, region=row.region_id, by=by, at=at)
    return row


@transaction.atomic
def group_member_join(
    *,
    group: SectorGroup,
    helper: Helper,
    post: str,
    starts_on: date,
    once: str,
    by: Post,
    at: datetime,
) -> GroupMember:
    """Let somebody join a sector group.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when the part is none, or they belong to it already.
    """
    made = GroupMember.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=group.region_id)
    here = group.members.filter(helper=helper, ended_on__isnull=True)
    if post not in GroupPost.values or here.exists():
        raise HelpUnfit("somebody belongs to a group once, with a part of the list")
    member = GroupMember.objects.create(
        group=group, helper=helper, post=post, starts_on=starts_on, once=once
    )
    done = Done("join", member, {"helper": helper.pk, "post": post})
    recorded("group_member.joined", done, region=group.region_id, by=by, at=at)
    return member


@transaction.atomic
def group_member_leave(
    *,
    member: GroupMember,
    version: int | None,
    ended_on: date,
    by: Post,
    at: datetime,
) -> GroupMember:
    """Let somebody leave a sector group.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when they left already, or the day is not after the start.
    """
    region = member.group.region_id
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    row = locked(member, version)
    if row.ended_on or ended_on <= row.starts_on:
        raise HelpUnfit("it ends once, after its start")
    row.ended_on = ended_on
    kept(row)
    done = Done("leave", row, {"on": ended_on})
    recorded("group_member.left", done, region=region, by=by, at=at)
    return row


def _own(group: SectorGroup, indicators: Sequence[tuple[str, str]]) -> None:
    for pack, indicator in indicators:
        if indicator not in {i.id for i in pack_read(pack).indicators}:
            raise HelpUnfit("{name} is no indicator of the standard", name=indicator)
    GroupIndicator.objects.filter(group=group).delete()
    GroupIndicator.objects.bulk_create(
        GroupIndicator(group=group, pack=pack, indicator=indicator)
        for pack, indicator in dict.fromkeys(indicators)
    )
