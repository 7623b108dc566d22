"""Read units, helpers and the groups and chains they stand in.

A post sees helpers of units in its region, and those who help, lead or answer for
something in its region, wherever their unit is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.accounts.scope import in_scope
from xiuhua.apps.assistance.models import Pairing, TeamMember
from xiuhua.apps.assistance.people import (
    ChainLink,
    GroupIndicator,
    GroupMember,
    Helper,
    Kinship,
    SectorGroup,
    Unit,
)
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors


_COUNTY = LENGTH_BY_LEVEL["county"]


class HelpMissing(XiuhuaError):
    """There is no such unit, helper, pairing, team, visit or roster in the region."""

    code = "assistance.help_missing"


def check_viewer(viewer: Post) -> None:
    """Refuse a post that sees no households.

    Raises:
        NotPermitted: when it does not.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=viewer.region_id)


def unit_list(*, viewer: Post) -> QuerySet[Unit]:
    """Return the units a post may see, with `helpers_count`, by region and name.

    Whoever keeps the pairings of a part of a county sees all units of the county: its
    own households are helped by them.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    helping = Helper.unscoped.filter(pk__in=_helping_here()).values("unit_id")
    seen = in_scope("region_id") | Q(pk__in=helping) | _of_county(viewer, "region_id")
    found = Unit.unscoped.filter(seen)
    return found.annotate(
        helpers_count=Count("helpers", filter=Q(helpers__left_on__isnull=True))
    ).order_by("region_id", "name", "pk")


def unit_get(*, viewer: Post, key: int) -> Unit:
    """Return a unit.

    Raises:
        HelpMissing: when there is none, or it is not to be seen.
        NotPermitted: when the post sees no households.
    """
    found = unit_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def helper_list(*, viewer: Post) -> QuerySet[Helper]:
    """Return the helpers a post may see, with `households_count` of open pairings.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    seen = (
        in_scope("unit__region_id")
        | Q(pk__in=_helping_here())
        | Q(user=viewer.user_id)
        | _of_county(viewer, "unit__region_id")
    )
    open_here = Q(pairings__ended_on__isnull=True)
    return (
        Helper.unscoped.filter(seen)
        .select_related("unit")
        .annotate(households_count=Count("pairings", filter=open_here, distinct=True))
        .order_by("unit__region_id", "unit__name", "name", "pk")
    )


def helper_get(*, viewer: Post, key: int) -> Helper:
    """Return a helper.

    Raises:
        HelpMissing: when there is none, or not to be seen.
        NotPermitted: when the post sees no households.
    """
    found = helper_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def helper_of(*, user: User) -> Helper | None:
    """Return the helper a user is, None for a user who helps nobody by name."""
    return Helper.unscoped.filter(user=user).select_related("unit").first()


def user_here(*, username: str) -> User | None:
    """Return the user of a name who holds a post in the scope, None when nobody does.

    Raises:
        ScopeMissing: outside a region scope.
    """
    posts = Post.objects.filter(user__username=username).select_related("user")
    found = posts.first()
    return found.user if found else None


def helper_named(*, viewer: Post, text: str) -> list[Helper]:
    """Return the helpers still there whose number or name is a text, at most 20.

    Raises:
        NotPermitted: when the post sees no households.
    """
    said = text.strip()
    if not said:
        return []
    found = helper_list(viewer=viewer).filter(left_on__isnull=True)
    return list(found.filter(Q(number=said) | Q(name=said))[:20])


def helpers_by_name(*, keys: Iterable[int]) -> QuerySet[Helper]:
    """Return the helpers of some keys, found through rows in the scope, by name."""
    found = Helper.unscoped.filter(pk__in=list(keys))
    return found.order_by("name_initials", "name", "pk")


def kin_of(*, household: Household) -> QuerySet[Kinship]:
    """Return which helpers are close kin of a household.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Kinship.objects.filter(household=household)
    return found.select_related("helper").order_by("pk")


def chain_list(*, viewer: Post, on: date) -> QuerySet[ChainLink]:
    """Return who answers for which region on a day, by code.

    Raises:
        NotPermitted: when the post sees no households.
    """
    check_viewer(viewer)
    found = ChainLink.objects.filter(_running(on))
    return found.select_related("helper__unit").order_by("region_id", "pk")


def chain_of(*, region: str, on: date) -> list[ChainLink]:
    """Return who answers for a region and those around it on a day, widest first.

    The links around it lie outside a narrow scope; that somebody leads a county is no
    secret of its villages.
    """
    codes = [code for code in ancestors(region) if code]
    found = ChainLink._base_manager.filter(_running(on), region_id__in=codes)
    return list(found.select_related("helper__unit").order_by("region_id"))


def link_get(*, viewer: Post, key: int) -> ChainLink:
    """Return a link of the chain in the scope.

    Raises:
        HelpMissing: when there is none there.
        NotPermitted: when the post sees no households.
    """
    check_viewer(viewer)
    found = ChainLink.objects.filter(pk=key).select_related("helper").first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def group_list(*, viewer: Post) -> QuerySet[SectorGroup]:
    """Return the sector groups in the scope, and those of the regions around it.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    around = Q(region_id__in=[c for c in ancestors(viewer.region_id) if c])
    found = SectorGroup._base_manager.filter(in_scope("region_id") | around)
    return found.order_by("region_id", "name", "pk")


def group_get(*, viewer: Post, key: int) -> SectorGroup:
    """Return a sector group.

    Raises:
        HelpMissing: when there is none to be seen.
        NotPermitted: when the post sees no households.
    """
    found = group_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def group_members(
    *, groups: Iterable[SectorGroup], on: date
) -> dict[int, list[GroupMember]]:
    """Return the members of groups on a day, those who lead first."""
    found = GroupMember._base_manager.filter(_running(on), group__in=list(groups))
    members: dict[int, list[GroupMember]] = {}
    for member in found.select_related("helper__unit").order_by("post", "pk"):
        members.setdefault(member.group_id, []).append(member)
    return members


def group_indicators(
    *, groups: Iterable[SectorGroup]
) -> dict[int, list[tuple[str, str]]]:
    """Return the indicators groups own: pack and code, in their order."""
    found = GroupIndicator._base_manager.filter(group__in=list(groups))
    owned: dict[int, list[tuple[str, str]]] = {}
    for row in found.order_by("pack", "indicator"):
        owned.setdefault(row.group_id, []).append((row.pack, row.indicator))
    return owned


def owners_of(*, pack: str, indicator: str, region: str) -> list[SectorGroup]:
    """Return the groups that own an indicator in a region: its own and those around."""
    codes = [code for code in ancestors(region) if code]
    owned = GroupIndicator._base_manager.filter(
        group=OuterRef("pk"), pack=pack, indicator=indicator
    )
    found = SectorGroup._base_manager.filter(Exists(owned), region_id__in=codes)
    return list(found.order_by("-region_id", "name"))


def _helping_here() -> QuerySet[Helper]:
    """Return the keys of helpers whom a row in the scope leads to."""
    pairings = Pairing.objects.values("helper_id")
    teams = TeamMember.objects.values("helper_id")
    links = ChainLink.objects.values("helper_id")
    groups = GroupMember.objects.values("helper_id")
    either = Q(pk__in=pairings) | Q(pk__in=teams) | Q(pk__in=links) | Q(pk__in=groups)
    return Helper.unscoped.filter(either).values("pk")


def _of_county(viewer: Post, field: str) -> Q:
    """Return that something lies in the county of a post that keeps pairings."""
    if not viewer.state.allows(Permission.ASSISTANCE_EDIT):
        return Q(pk__in=[])
    return within(viewer.region_id[:_COUNTY], field)


def _running(on: date) -> Q:
    return Q(starts_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))
