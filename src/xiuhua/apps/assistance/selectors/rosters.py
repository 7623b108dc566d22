"""Read the rosters of days in the village."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.models import Roster, RosterDay, TeamMember
from xiuhua.apps.assistance.rules import Step
from xiuhua.apps.assistance.selectors.people import HelpMissing, check_viewer
from xiuhua.apps.regions.selectors import within


def roster_list(*, viewer: Post, region: str = "") -> QuerySet[Roster]:
    """Return the rosters a post may see, the latest month first, then by village.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = Roster.objects.filter(within(region or viewer.region_id, "region_id"))
    return found.order_by("-month", "region_id", "pk")


def roster_get(*, viewer: Post, key: int) -> Roster:
    """Return a roster.

    Raises:
        HelpMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    found = roster_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def roster_of(*, region: str, month: date) -> Roster | None:
    """Return the roster of a village for a month, None when none was entered.

    Raises:
        ScopeMissing: outside a region scope.
    """
    return Roster.objects.filter(region_id=region, month=month.replace(day=1)).first()


def members_in(*, region: str, month: date) -> list[TeamMember]:
    """Return who belonged to the team of a village at some time of a month."""
    first = month.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    found = TeamMember.objects.filter(team__region_id=region, starts_on__lt=after)
    return [
        member
        for member in found.select_related("helper__unit").order_by("post", "pk")
        if member.ended_on is None or member.ended_on > first
    ]


def days_of(*, rosters: Iterable[Roster]) -> dict[int, dict[int, list[int]]]:
    """Return the days of rosters by roster and member."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    rows = RosterDay.objects.filter(roster__in=list(rosters)).order_by("day")
    for row in rows:
        found[row.roster_id][row.member_id].append(row.day.day)
    return {key: dict(days) for key, days in found.items()}


def roster_step(roster: Roster, *, by: Post, said: str = "") -> Step:
    """Return a roster and who would act on it as the rules see them."""
    listed = TeamMember.objects.filter(days__roster=roster, helper__user__isnull=False)
    names = listed.values_list("helper__user__username", flat=True)
    return Step(
        roster.state,
        roster.region_id,
        by.state,
        entered_by=roster.entered_by,
        listed=frozenset(names),
        said=said,
    )
