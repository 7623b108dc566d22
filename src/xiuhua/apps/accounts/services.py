"""Change users and posts: one act, one transaction, one entry in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, Kind
from xiuhua.apps.accounts.rules import (
    NotPermitted,
    PostState,
    PostUnfit,
    check_grant,
    check_permitted,
    check_post,
    check_together,
)
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.periods import Period


ADMINISTRATORS: Final = tuple(
    role.code for role in ROLES.values() if role.kind is Kind.ADMINISTRATION
)


class UserUnfit(XiuhuaError):
    """A user cannot be registered like this; says why."""

    code = "accounts.user_unfit"


class AlreadyEstablished(XiuhuaError):
    """The first administrators have been set up before."""

    code = "accounts.already_established"


@transaction.atomic
def user_register(
    *, username: str, full_name: str, password: str, by: Post, at: datetime
) -> User:
    """Register a person, who can sign in and see nothing until a post is granted.

    Raises:
        NotPermitted: when the post does not manage people.
        UserUnfit: when the user name is taken or malformed or the password too weak.
    """
    check_permitted(by.state, Permission.PEOPLE_MANAGE, region=by.region_id)
    return _registered(
        username, full_name, password, by=by.actor, at=at, region_code=by.region_id
    )


@transaction.atomic
def post_grant(
    *,
    user: User,
    role: str,
    region: str,
    valid_from: date,
    by: Post,
    at: datetime,
    valid_to: date | None = None,
    sector: str = "",
    order_number: str = "",
) -> Post:
    """Let a person act in an office.

    Raises:
        NotPermitted: when the granting post may not grant this one.
        PostUnfit: when role, region, sector and dates do not go together.
        PostsIncompatible: when the person holds a post that does not go with it.
        NotInForce: when the region does not exist on the first day.
    """
    if role not in ROLES:
        raise PostUnfit("there is no role {role}", role=role)
    life = Period(valid_from, valid_to)
    wanted = PostState(user.get_username(), role, region, sector, life)
    check_post(wanted)
    check_grant(by.state, wanted)
    return _granted(user, wanted, by=by.actor, at=at, order_number=order_number)


@transaction.atomic
def post_end(
    *, post: Post, on: date, by: Post, at: datetime, order_number: str = ""
) -> Post:
    """End a post: `on` is the first day it is no longer held.

    Raises:
        NotPermitted: when the post may not end this one.
        PostUnfit: when it would end before it starts, or has ended already.
    """
    locked = Post.unscoped.select_for_update().get(pk=post.pk)
    check_grant(by.state, locked.state)
    if locked.valid_to is not None and locked.valid_to <= on:
        raise PostUnfit("the post has ended already")
    old = locked.valid_to
    if on <= locked.valid_from:
        raise PostUnfit("{role}: it would end before it starts", role=locked.role)
    locked.valid_to = on
    locked.save(update_fields=["valid_to"])
    _record_post(
        locked,
        "ended",
        by=by.actor,
        at=at,
        old={"valid_to": old},
        new={"valid_to": on},
        order_number=order_number,
    )
    return locked


@transaction.atomic
def user_suspend(*, user: User, by: Post, at: datetime, reason: str) -> User:
    """Keep a person from signing in; sessions end with the next request.

    Raises:
        NotPermitted: when the post does not manage security, or is the person's own.
    """
    return _set_active(user, False, by=by, at=at, reason=reason)


@transaction.atomic
def user_restore(*, user: User, by: Post, at: datetime, reason: str) -> User:
    """Let a suspended person sign in again.

    Raises:
        NotPermitted: when the post does not manage security, or is the person's own.
    """
    return _set_active(user, True, by=by, at=at, reason=reason)


@transaction.atomic
def administrators_establish(
    *,
    people: Mapping[str, tuple[str, str, str]],
    region: str,
    by: Actor,
    at: datetime,
) -> list[Post]:
    """Set up the three administrators of a new installation.

    `people` gives user name, name and password for each administrator role.

    Raises:
        AlreadyEstablished: when anybody ever held a post.
        UserUnfit: when a role is left out, two share a user or a password is weak.
        NotInForce: when the region is not entered.
    """
    if accounts.any_post_exists():
        raise AlreadyEstablished("there are posts already: ask an administrator")
    if set(people) != set(ADMINISTRATORS):
        raise UserUnfit("name one person for each of the three administrators")
    posts = []
    for role in ADMINISTRATORS:
        username, full_name, password = people[role]
        user = _registered(
            username, full_name, password, by=by, at=at, region_code=region
        )
        wanted = PostState(username, role, region, life=Period(at.date()))
        check_post(wanted)
        posts.append(_granted(user, wanted, by=by, at=at, order_number=""))
    return posts


def _registered(
    username: str,
    full_name: str,
    password: str,
    *,
    by: Actor,
    at: datetime,
    region_code: str,
) -> User:
    user = User(username=username, full_name=full_name, registered_at=at)
    try:
        user.set_unusable_password()
        user.full_clean()
        validate_password(password, user)
    except ValidationError as error:
        raise UserUnfit("{why}", why=" ".join(error.messages)) from error
    user.set_password(password)
    user.save()
    audit.entry_append(
        action="accounts.user.registered",
        target="accounts.user",
        target_id=str(user.pk),
        target_label=username,
        region_code=region_code,
        by=by,
        at=at,
        new={"username": username, "full_name": full_name},
    )
    return user


def _granted(
    user: User, wanted: PostState, *, by: Actor, at: datetime, order_number: str
) -> Post:
    # The user's row is the lock: two grants at once must see each other.
    User.objects.select_for_update().get(pk=user.pk)
    start = wanted.life.start or at.date()
    regions.region_get(code=wanted.region, as_of=start)
    held = Post.unscoped.filter(user=user).select_related("user")
    check_together(wanted, [post.state for post in held])
    post = Post.unscoped.create(
        user=user,
        role=wanted.role,
        region_id=wanted.region,
        sector=wanted.sector,
        valid_from=start,
        valid_to=wanted.life.end,
    )
    new = {"user": user.username, "role": post.role, "sector": post.sector}
    new |= {"valid_from": post.valid_from, "valid_to": post.valid_to}
    _record_post(post, "granted", by=by, at=at, new=new, order_number=order_number)
    return post


def _set_active(
    user: User, active: bool, *, by: Post, at: datetime, reason: str
) -> User:
    check_permitted(by.state, Permission.SECURITY_MANAGE, region=by.region_id)
    if by.user_id == user.pk:
        raise NotPermitted("nobody suspends or restores themselves")
    posts = Post.unscoped.filter(user=user).select_related("user")
    for post in posts:
        check_permitted(by.state, Permission.SECURITY_MANAGE, region=post.region_id)
    locked = User.objects.select_for_update().get(pk=user.pk)
    old, locked.is_active = locked.is_active, active
    locked.save(update_fields=["is_active"])
    audit.entry_append(
        action=f"accounts.user.{'restored' if active else 'suspended'}",
        target="accounts.user",
        target_id=str(user.pk),
        target_label=user.username,
        region_code=by.region_id,
        by=by.actor,
        at=at,
        old={"is_active": old},
        new={"is_active": active, "reason": reason},
    )
    return locked


def _record_post(
    post: Post,
    done: str,
    *,
    by: Actor,
    at: datetime,
    new: Mapping[str, Any],
    old: Mapping[str, Any] | None = None,
    order_number: str = "",
) -> None:
    audit.entry_append(
        action=f"accounts.post.{done}",
        target="accounts.post",
        target_id=str(post.pk),
        target_label=f"{post.user.username} {post.role}",
        region_code=post.region_id,
        by=by,
        at=at,
        old=old,
        new=new,
        order_number=order_number,
    )
