"""Decide who may hold which post. No database, no clock, no settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, SECTORS, Kind, Role
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.periods import Period
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, contains, level_of


ALWAYS: Final = Period()
_COUNTY: Final = LENGTH_BY_LEVEL["county"]


class PostUnfit(XiuhuaError):
    """A post cannot be of this role at this place for this time."""

    code = "accounts.post_unfit"


class PostsIncompatible(XiuhuaError):
    """One person may not hold these two posts at a time."""

    code = "accounts.posts_incompatible"


class PostEnded(XiuhuaError):
    """The post in which something was ordered is no longer held."""

    code = "accounts.post_ended"


class NotPermitted(XiuhuaError):
    """The post does not allow the act."""

    code = "accounts.not_permitted"


@dataclass(frozen=True)
class PostState:
    """A post as the rules see it."""

    user: str
    role: str
    region: str
    sector: str = ""
    life: Period = ALWAYS

    @property
    def rights(self) -> Role:
        """Return the role."""
        return ROLES[self.role]

    def allows(self, permission: Permission) -> bool:
        """Test whether the role has a permission."""
        return permission in self.rights.permissions


def check_post(post: PostState) -> None:
    """Refuse a post that does not fit its role.

    Raises:
        PostUnfit: wrong level of region; a sector missing, unknown or out of place; no
            end where the role is for a time; an end before the start.
    """
    role, life = post.rights, post.life
    if level_of(post.region) not in role.levels:
        raise PostUnfit(
            "{role} is no post for {region}", role=role.code, region=post.region
        )
    if (post.sector in SECTORS) is not role.needs_sector or (
        post.sector and not role.needs_sector
    ):
        raise PostUnfit("{role}: name a sector or none", role=role.code)
    if life.start is None or (life.end is not None and life.end <= life.start):
        raise PostUnfit("{role}: it would end before it starts", role=role.code)
    if role.needs_end and life.end is None:
        raise PostUnfit("{role}: say when it ends", role=role.code)


def check_together(post: PostState, others: Iterable[PostState]) -> None:
    """Refuse a post beside others of the same person.

    Posts that do not share a day do not meet, except that nobody checks a county they
    have worked in.

    Raises:
        PostsIncompatible: the same post twice; an administrator with any other role;
            a check in a county where the person works or worked.
    """
    for other in others:
        why = _clash(post, other) if post.life.overlaps(other.life) else ""
        if not why and _checks_own_work(post, other):
            why = "nobody checks a county they have worked in: {role} beside {other}"
        if why:
            raise PostsIncompatible(why, role=post.role, other=other.role)


def check_grant(by: PostState, post: PostState) -> None:
    """Refuse that a post is granted by somebody who may not.

    Working posts are given by the administrator of people, the three administrators'
    posts by the administrator of security; nobody gives a post to themselves, nor
    outside their own region.

    Raises:
        NotPermitted: when one of these is not so.
    """
    administrator = post.rights.kind is Kind.ADMINISTRATION
    needed = Permission.SECURITY_MANAGE if administrator else Permission.PEOPLE_MANAGE
    check_permitted(by, needed, region=post.region)
    if by.user == post.user:
        raise NotPermitted("nobody grants or ends a post of their own")


def check_permitted(by: PostState, permission: Permission, *, region: str) -> None:
    """Refuse an act a post does not allow, or not there.

    Raises:
        NotPermitted: when the role lacks the permission or the region lies outside.
    """
    if not by.allows(permission):
        raise NotPermitted(
            "{role} has no {permission}", role=by.role, permission=permission.value
        )
    if not contains(by.region, region):
        raise NotPermitted("{region} is outside the post", region=region)


def check_other(
    by: PostState, permission: Permission, *, user: str, regions: Iterable[str]
) -> None:
    """Refuse an act on the account of a person by somebody who may not.

    Nobody acts on their own account, nor on that of a person with a post elsewhere.
    Passwords are reset by the administrator of people and second factors by that of
    security, so that neither of them alone can take over an account.

    Raises:
        NotPermitted: when one of these is not so.
    """
    check_permitted(by, permission, region=by.region)
    if by.user == user:
        raise NotPermitted("nobody acts on their own account as an administrator")
    for region in regions:
        check_permitted(by, permission, region=region)


def is_in_office(post: PostState, *, on: date) -> bool:
    """Test whether a post is held on a day."""
    return on in post.life


def check_in_office(post: PostState, *, on: date) -> None:
    """Refuse what a worker is to do for a post that has ended since it was ordered.

    Raises:
        PostEnded: when the post is not held on the day.
    """
    if not is_in_office(post, on=on):
        raise PostEnded("the post in which it was ordered has ended")


def _clash(post: PostState, other: PostState) -> str:
    kinds = {post.rights.kind, other.rights.kind}
    if Kind.ADMINISTRATION in kinds:
        return "an administrator holds no other post: {role} beside {other}"
    same = (post.role, post.region, post.sector) == (
        other.role,
        other.region,
        other.sector,
    )
    return "the post {role} is held already" if same else ""


def _checks_own_work(post: PostState, other: PostState) -> bool:
    if {post.rights.kind, other.rights.kind} != {Kind.CHECK, Kind.WORK}:
        return False
    a, b = post.region[:_COUNTY], other.region[:_COUNTY]
    return contains(a, b) or contains(b, a)
