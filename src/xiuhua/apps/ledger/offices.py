"""Find the posts a problem or a task can be given to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Q
from django.db.models.functions import Length

from xiuhua.apps.accounts.models import Post, held_on
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, Kind
from xiuhua.apps.regions.selectors import within
from xiuhua.core.region_codes import ancestors


_WORKING: Final = sorted(
    role.code
    for role in ROLES.values()
    if Permission.PROBLEM_VIEW in role.permissions and role.kind is Kind.WORK
)
# Who takes up a search in a region, the first one there is.
_SEEKERS: Final = (
    "county_office",
    "township_clerk",
    "township_leader",
    "first_secretary",
    "village_secretary",
    "grid_worker",
    "helper",
)


def owners_for(*, region: str, on: date) -> list[Post]:
    """Return the posts in the scope that reach a region, the nearest first."""
    held = Post.objects.filter(
        held_on(on),
        role__in=_WORKING,
        region_id__in=ancestors(region),
        user__is_active=True,
    )
    near = held.annotate(reach=Length("region_id"))
    return list(near.select_related("user").order_by("-reach", "role", "pk"))


def posts_reaching(*, region: str, on: date) -> list[Post]:
    """Return the working posts in the scope in a region or around it."""
    held = Post.objects.filter(
        within(region, "region_id") | Q(region_id__in=ancestors(region)),
        held_on(on),
        role__in=_WORKING,
        user__is_active=True,
    )
    return list(held.select_related("user").order_by("pk"))


def takers_of(*, region: str, parts: Iterable[str], on: date) -> list[Post]:
    """Return to whom many problems of a region can go: its own posts, one a part."""
    near = [p for p in owners_for(region=region, on=on) if p.region_id == region]
    return near + seekers_of(regions=parts, on=on)


def seekers_of(*, regions: Iterable[str], on: date) -> list[Post]:
    """Return one post for each of some regions that has any, in the order of codes."""
    held = Post.objects.filter(
        held_on(on),
        role__in=_SEEKERS,
        region_id__in=list(regions),
        user__is_active=True,
    )
    first: dict[str, Post] = {}
    for post in held.select_related("user").order_by("region_id", "pk"):
        known = first.get(post.region_id)
        if known is None or _rank(post) < _rank(known):
            first[post.region_id] = post
    return list(first.values())


def _rank(post: Post) -> int:
    return _SEEKERS.index(post.role)
