"""The sheet of work teams: who belongs to them, their terms, who has left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Final

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import (
    Done,
    StaleHelp,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.choices import TeamPost
from xiuhua.apps.assistance.models import TeamMember, WorkTeam
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.selectors.teams import member_list
from xiuhua.apps.assistance.services.teams import (
    member_join,
    member_leave,
    team_form,
)
from xiuhua.apps.assistance.sheet_naming import NAME, NUMBER, UNIT, Known
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.sheets.choices import words_to_codes
from xiuhua.apps.sheets.finding import regions_named, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head
from xiuhua.apps.sheets.kinds import Kind, Row, Sending, Taken
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.region_codes import level_of


_POSTS: Final = {
    "第一书记": "first_secretary",
    "驻村第一书记": "first_secretary",
    "队长": "leader",
    "驻村工作队队长": "leader",
    "队员": "member",
    "驻村工作队员": "member",
}


@cache
def _posts() -> Mapping[str, str]:
    return {**_POSTS, **words_to_codes(TeamPost.choices)}


VILLAGE: Final = Head(
    "village",
    "村",
    "village",
    needed=True,
    must=True,
    synonyms=("驻村", "所驻村", "行政村"),
    shown=True,
)
HEADS: Final = (
    VILLAGE,
    replace(NAME, needed=True),
    UNIT,
    NUMBER,
    Head("post", "队内职务", "post", Form.CHOICE, choices=_posts, shown=True),
    Head("starts_on", "驻村开始时间", "from", Form.DAY, needed=True, shown=True),
    Head("until", "任期截止", "agreed until", Form.DAY),
    Head("ended_on", "离任时间", "left on", Form.DAY),
    Head("reason", "离任原因", "why"),
    Head("document", "文件", "document", most=100),
)


def _compared(rows: Sequence[Row], sending: Sending) -> None:
    places = regions_named(region=sending.region, on=sending.today)
    known = Known(sending.region)
    here = {
        member.helper_id: member
        for member in TeamMember.unscoped.filter(ended_on__isnull=True)
        .filter(within(sending.region[:6], "team__region_id"))
        .select_related("team")
    }
    for row in rows:
        code = places.get(row["village"] or "", "")
        if row["village"] and level_of(code) != "village":
            row.reject("village", CellUnfit("no village is called so here"))
        helper = known.named(row)
        if helper is not None and row.is_sound:
            _planned(row, helper, code, here.get(helper.pk), sending.today)
    reject_doubles([row for row in rows if row.is_sound], "village", "helper", "number")


def _planned(
    row: Row, helper: Helper, village: str, now: TeamMember | None, today: date
) -> None:
    """Say whether somebody joins, leaves, or stays as they are."""
    for key in ("starts_on", "ended_on"):
        if row[key] is not None and row[key] > today:
            row.reject(key, CellUnfit("the day is still to come"))
    if now is not None and now.team.region_id != village:
        row.reject("village", CellUnfit("somebody belongs to one work team"))
    if row["ended_on"] and not row["reason"]:
        row.reject("reason", CellUnfit("say why they leave"))
    row.plan = {"helper": helper.pk, "village": village, "member": None}
    if now is not None:
        row.outcome = Outcome.UNCHANGED if row.is_sound else Outcome.REJECTED
        row.plan |= {"member": now.pk, "version": now.version}
        if row["ended_on"] and row.is_sound:
            row.differs("ended_on", "", row["ended_on"])
        return
    for key in ("post", "starts_on"):
        if row[key] is None:
            row.reject(key, CellUnfit("the cell is empty", hint="fill it in"))


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    by, at = sending.by, sending.at
    made = []
    for place, row in enumerate(rows):
        once = f"members/{sending.key}/{place}"
        key = row.plan["member"]
        if key is None:
            member = member_join(
                team=_team(row, once, sending),
                helper=Helper.unscoped.get(pk=row.plan["helper"]),
                post=row["post"],
                starts_on=row["starts_on"],
                until=row["until"],
                once=once,
                by=by,
                at=at,
            )
        else:
            member = TeamMember.objects.select_related("team").get(pk=key)
        if row["ended_on"]:
            member = member_leave(
                member=member,
                version=row.plan["version"] if key else member.version,
                ended_on=row["ended_on"],
                reason=row["reason"],
                by=by,
                at=at,
            )
        made.append(member.pk)
    return made


def _team(row: Row, once: str, sending: Sending) -> WorkTeam:
    """Return the team of a village, formed the day its first member comes."""
    village = row.plan["village"]
    team = WorkTeam.objects.filter(region_id=village, ended_on__isnull=True).first()
    if team is not None:
        return team
    return team_form(
        region=village,
        starts_on=row["starts_on"],
        document=row["document"] or "",
        once=once,
        by=sending.by,
        at=sending.at,
    )


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Take members out again who joined by a sheet; who left by it is back.

    Raises:
        HelpUnfit: when somebody stands on a roster by now, or joined another team.
        StaleHelp: when somebody's term was changed since.
    """
    members = TeamMember.objects.select_related("team").in_bulk(
        [one.made for one in taken]
    )
    for one in taken:
        member = members[one.made]
        region = member.team.region_id
        done = Done("undo", member)
        if one.outcome is Outcome.NEW:
            key = member.pk
            try:
                member.delete()
            except ProtectedError as error:
                raise HelpUnfit("somebody of the sheet is on a roster") from error
            member.pk = key
        else:
            row = locked(member, one.plan["version"] + 1)
            if _elsewhere(row):
                raise StaleHelp("somebody else changed it meanwhile")
            row.ended_on, row.ended_reason = None, ""
            kept(row)
        recorded("member.undone", done, region=region, by=sending.by, at=sending.at)


def _elsewhere(member: TeamMember) -> bool:
    others = TeamMember.unscoped.filter(helper=member.helper_id, ended_on__isnull=True)
    return others.exists()


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield who belongs to the teams of the post's region."""
    found = list(member_list(viewer=viewer).filter(ended_on__isnull=True))
    names = regions.names_of(codes={m.team.region_id for m in found}, as_of=day)
    posts = {code: name for name, code in reversed(_POSTS.items())}
    several = _several(names)
    for member in found:
        code = member.team.region_id
        yield (
            code if names[code] in several else names[code],
            member.helper.name,
            member.helper.unit.name,
            member.helper.number,
            posts[member.post],
            member.starts_on.isoformat(),
            member.until.isoformat() if member.until else None,
            None,
            None,
            member.team.document or None,
        )


def _several(names: Mapping[str, str]) -> set[str]:
    """Return the names that several places have: their codes are written instead."""
    every = list(names.values())
    return {name for name in every if every.count(name) > 1}


KIND: Final = Kind(
    "members",
    _("Sheet of work teams"),
    Permission.ASSISTANCE_EDIT,
    HEADS,
    _compared,
    _apply,
    _undo,
    _filled,
)
