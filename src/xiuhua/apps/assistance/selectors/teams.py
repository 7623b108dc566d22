"""Read work teams, what they lack, and where staffing fell (只增不减)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.models import TeamMember, WorkTeam
from xiuhua.apps.assistance.parameters import parameter
from xiuhua.apps.assistance.rules import (
    Breach,
    Term,
    staffing_fall,
    team_breaches,
    term_breaches,
)
from xiuhua.apps.assistance.selectors.people import HelpMissing, check_viewer
from xiuhua.apps.regions.selectors import within


@dataclass(frozen=True)
class TeamState:
    """A team on a day: who belongs to it, and what is not as it should be."""

    team: WorkTeam
    members: tuple[TeamMember, ...]
    breaches: frozenset[Breach]


@dataclass(frozen=True)
class Fall:
    """A village where fewer people work than did: the most since a day, and now."""

    village: str
    most: int
    now: int
    left: tuple[TeamMember, ...]


def team_list(*, viewer: Post, region: str = "") -> QuerySet[WorkTeam]:
    """Return the work teams that have not ended, by village.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = WorkTeam.objects.filter(
        within(region or viewer.region_id, "region_id"), ended_on__isnull=True
    )
    return found.order_by("region_id", "pk")


def team_get(*, viewer: Post, key: int) -> WorkTeam:
    """Return a work team, an ended one as well.

    Raises:
        HelpMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    check_viewer(viewer)
    found = WorkTeam.objects.filter(
        within(viewer.region_id, "region_id"), pk=key
    ).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def member_list(*, viewer: Post, region: str = "") -> QuerySet[TeamMember]:
    """Return who belongs or belonged to work teams, by village, post and start.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = TeamMember.objects.filter(
        within(region or viewer.region_id, "team__region_id")
    )
    return found.select_related("team", "helper__unit").order_by(
        "team__region_id", "post", "starts_on", "pk"
    )


def breaches_of(*, member: TeamMember, on: date) -> frozenset[Breach]:
    """Return what is wrong with somebody's term on a day."""
    held = parameter("team", region=member.team.region_id, on=on).values
    return term_breaches(_term(member), on=on, term_years=held["term_years"])


def member_get(*, viewer: Post, key: int) -> TeamMember:
    """Return a member of a work team.

    Raises:
        HelpMissing: when there is none, or the team lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    check_viewer(viewer)
    found = TeamMember.objects.filter(
        within(viewer.region_id, "team__region_id"), pk=key
    )
    member = found.select_related("team", "helper__unit").first()
    if member is None:
        raise HelpMissing("there is no such thing here")
    return member


def team_states(*, teams: Iterable[WorkTeam], on: date) -> list[TeamState]:
    """Return teams with their members of a day and what is wrong, in their order."""
    wanted = list(teams)
    every = _members_of(wanted)
    return [_state(team, every[team.pk], on) for team in wanted]


def all_members(*, team: WorkTeam) -> list[TeamMember]:
    """Return everybody who belongs or belonged to a team, the latest first."""
    return _members_of([team])[team.pk][::-1]


def fall_list(*, viewer: Post, region: str, since: date, on: date) -> list[Fall]:
    """Return villages with fewer people in their teams than since a day, by code.

    A list of places, never of persons by merit.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    teams = WorkTeam.objects.filter(within(region, "region_id"))
    teams = teams.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=since))
    villages: defaultdict[str, list[TeamMember]] = defaultdict(list)
    for members in _members_of(teams).values():
        for member in members:
            villages[member.team.region_id].append(member)
    falls = []
    for village in sorted(villages):
        terms = [_term(m) for m in villages[village]]
        most, now = staffing_fall(terms, since=since, on=on)
        if now < most:
            left = [
                m
                for m in villages[village]
                if m.ended_on is not None and since < m.ended_on <= on
            ]
            falls.append(Fall(village, most, now, tuple(left)))
    return falls


def _members_of(teams: Iterable[WorkTeam]) -> defaultdict[int, list[TeamMember]]:
    found = TeamMember.objects.filter(team__in=list(teams))
    members: defaultdict[int, list[TeamMember]] = defaultdict(list)
    for member in found.select_related("team", "helper__unit").order_by(
        "post", "starts_on", "pk"
    ):
        members[member.team_id].append(member)
    return members


def _state(team: WorkTeam, members: list[TeamMember], on: date) -> TeamState:
    held = parameter("team", region=team.region_id, on=on).values
    terms = [(_term(m), m) for m in members]
    breaches = team_breaches(
        [term for term, _ in terms],
        on=on,
        minimum=held["minimum"],
        term_years=held["term_years"],
    )
    here = tuple(m for term, m in terms if term.runs_on(on))
    return TeamState(team, here, breaches)


def _term(member: TeamMember) -> Term:
    return Term(member.post, member.starts_on, member.until, member.ended_on)
