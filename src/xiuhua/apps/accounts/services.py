"""Change users and posts: one act, one transaction, one entry in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from axes.utils import reset as reset_attempts
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts.codes import VALID_FOR, new_code
from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, Kind
from xiuhua.apps.accounts.rules import (
    PostState,
    PostUnfit,
    check_grant,
    check_other,
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
    *,
    username: str,
    full_name: str,
    password: str,
    by: Post,
    at: datetime,
    temporary_until: datetime | None = None,
) -> User:
    """Register a person, who can sign in and see nothing until a post is granted.

    With `temporary_until` the password is a one-time code, to be replaced by then.

    Raises:
        NotPermitted: when the post does not manage people.
        UserUnfit: when the user name is taken or malformed or the password too weak.
    """
    check_permitted(by.state, Permission.PEOPLE_MANAGE, region=by.region_id)
    user = _registered(
        username, full_name, password, by=by.actor, at=at, region_code=by.region_id
    )
    if temporary_until is not None:
        user.temporary_until = temporary_until
        user.save(update_fields=["temporary_until"])
    return user


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
def password_reset(*, user: User, by: Post, at: datetime, reason: str) -> str:
    """Give a person a one-time code as password and return it, this once.

    Their sessions end. The code must be replaced at the next sign-in.

    Raises:
        NotPermitted: when the post does not manage people, or it is one's own account.
    """
    _check_other(user, Permission.PEOPLE_MANAGE, by=by)
    code = new_code()
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.set_password(code)
    locked.temporary_until = at + VALID_FOR
    locked.save(update_fields=["password", "temporary_until"])
    user.temporary_until = locked.temporary_until
    _record_user(locked, "password_reset", by=by, at=at, new={"reason": reason})
    return code


@transaction.atomic
def own_password_set(*, user: User, password: str, by: Actor, at: datetime) -> User:
    """Set the password a person chose; one-time codes end with it."""
    user.set_password(password)
    user.temporary_until = None
    user.save(update_fields=["password", "temporary_until"])
    audit.entry_append(
        action="accounts.user.password_changed",
        target="accounts.user",
        target_id=str(user.pk),
        target_label=user.username,
        region_code=user.registered_in,
        by=by,
        at=at,
    )
    return user


@transaction.atomic
def second_factor_reset(*, user: User, by: Post, at: datetime, reason: str) -> int:
    """Remove a person's second factor, who sets up a new one at the next sign-in.

    Their sessions end. Return how many devices and code sheets were removed.

    Raises:
        NotPermitted: when the post does not manage security, or it is one's own.
    """
    _check_other(user, Permission.SECURITY_MANAGE, by=by)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    said = {"reason": reason, "removed": removed, "sessions": _end_sessions(user, at)}
    _record_user(user, "second_factor_reset", by=by, at=at, new=said)
    return removed


@transaction.atomic
def sessions_end(*, user: User, by: Post, at: datetime, reason: str) -> int:
    """Sign a person out everywhere and return how many sessions that were.

    Raises:
        NotPermitted: when the post does not manage security, or it is one's own.
    """
    _check_other(user, Permission.SECURITY_MANAGE, by=by)
    ended = _end_sessions(user, at)
    said = {"reason": reason, "sessions": ended}
    _record_user(user, "signed_out", by=by, at=at, new=said)
    return ended


@transaction.atomic
def lockout_lift(*, user: User, by: Post, at: datetime, reason: str) -> int:
    """Let a person try again whose name was locked after wrong passwords.

    Return how many counts of wrong passwords were removed.

    Raises:
        NotPermitted: when the post does not manage security, or it is one's own.
    """
    _check_other(user, Permission.SECURITY_MANAGE, by=by)
    lifted = reset_attempts(username=user.username.lower())
    _record_user(user, "lockout_lifted", by=by, at=at, new={"reason": reason})
    return lifted


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
    user.registered_in = region_code
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
    _check_other(user, Permission.SECURITY_MANAGE, by=by)
    locked = User.objects.select_for_update().get(pk=user.pk)
    old, locked.is_active = locked.is_active, active
    locked.save(update_fields=["is_active"])
    _record_user(
        locked,
        "restored" if active else "suspended",
        by=by,
        at=at,
        old={"is_active": old},
        new={"is_active": active, "reason": reason},
    )
    return locked


def _check_other(user: User, permission: Permission, *, by: Post) -> None:
    regions = list(
        Post.unscoped.filter(user=user).values_list("region_id", flat=True)
    ) or [user.registered_in or by.region_id]
    check_other(by.state, permission, user=user.username, regions=regions)


def _end_sessions(user: User, at: datetime) -> int:
    # Sessions do not name their user outside of what they seal: each is looked into.
    keys = [s.session_key for s in accounts.open_sessions(user_id=user.pk, at=at)]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _record_user(
    user: User,
    done: str,
    *,
    by: Post,
    at: datetime,
    new: Mapping[str, Any],
    old: Mapping[str, Any] | None = None,
) -> None:
    audit.entry_append(
        action=f"accounts.user.{done}",
        target="accounts.user",
        target_id=str(user.pk),
        target_label=user.username,
        region_code=by.region_id,
        by=by.actor,
        at=at,
        old=old,
        new=new,
    )


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
