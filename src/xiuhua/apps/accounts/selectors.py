"""Read users and posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from xiuhua.apps.accounts.models import Post, User, held_on
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import NotPermitted, check_permitted
from xiuhua.apps.regions.selectors import within
from xiuhua.core.errors import XiuhuaError


class UserMissing(XiuhuaError):
    """There is no such user, or none the post looks after."""

    code = "accounts.user_missing"


@dataclass(frozen=True)
class Lockout:
    """A user whose wrong passwords are counted; `locked` when the name is locked."""

    user: User
    failures: int
    last_at: datetime
    locked: bool


def own_post_list(*, user: User | AnonymousUser, as_of: date) -> list[Post]:
    """Return the posts a user holds on a day, which say what the user's scope is.

    The only query of posts outside a scope: it is where scopes come from.
    """
    if not isinstance(user, User) or not user.is_active:
        return []
    posts = Post.unscoped.filter(held_on(as_of), user=user)
    return list(posts.select_related("user", "region").order_by("pk"))


def post_list(*, viewer: Post, as_of: date) -> QuerySet[Post]:
    """Return the posts held on a day in the viewer's region.

    Raises:
        ScopeMissing: outside a region scope.
    """
    held = Post.objects.filter(held_on(as_of), within(viewer.region_id, "region_id"))
    return held.select_related("user", "region").order_by("region_id", "role", "pk")


def any_post_exists() -> bool:
    """Test whether anybody ever held a post: false on a new installation."""
    return Post.unscoped.exists()


def user_list(*, viewer: Post, search: str = "") -> QuerySet[User]:
    """Return the users an administrator looks after, by user name.

    Those who hold or held a post in the region, and those registered there who have
    none yet. `search` is a part of the user name or the name.

    Raises:
        NotPermitted: when the post manages neither people nor security.
    """
    _check_administers(viewer)
    here = within(viewer.region_id, "posts__region_id")
    new = within(viewer.region_id, "registered_in") & Q(posts=None)
    found = User.objects.filter(here | new)
    if search := search.strip():
        found = found.filter(
            Q(username__icontains=search) | Q(full_name__icontains=search)
        )
    return found.distinct().order_by("username", "pk")


def user_get(*, viewer: Post, key: int) -> User:
    """Return a user by the surrogate key.

    Raises:
        NotPermitted: when the post manages neither people nor security.
        UserMissing: when there is none, or only elsewhere.
    """
    user = user_list(viewer=viewer).filter(pk=key).first()
    if user is None:
        raise UserMissing("there is no such user")
    return user


def full_names(*, usernames: Iterable[str]) -> dict[str, str]:
    """Return the names of users by user name, those without a name left out.

    Asked for those who stand in a history the viewer may read, wherever they serve.
    """
    named = User.objects.filter(username__in=set(usernames)).exclude(full_name="")
    return dict(named.values_list("username", "full_name"))


def post_history(*, viewer: Post, user: User) -> list[Post]:
    """Return every post a user holds or held in the viewer's region, newest first.

    Raises:
        NotPermitted: when the post manages neither people nor security.
    """
    _check_administers(viewer)
    posts = Post.objects.filter(within(viewer.region_id, "region_id"), user=user)
    found = posts.select_related("user", "region")
    return list(found.order_by("-valid_from", "-pk"))


def held_by(*, users: Iterable[User], as_of: date) -> QuerySet[Post]:
    """Return the posts some users hold on a day in the scope, by user and key.

    Raises:
        ScopeMissing: outside a region scope.
    """
    held = Post.objects.filter(held_on(as_of), user__in=list(users))
    return held.select_related("user", "region").order_by("user_id", "pk")


def post_get(*, viewer: Post, key: int) -> Post:
    """Return a post in the viewer's region by the surrogate key.

    Raises:
        NotPermitted: when the post manages neither people nor security.
        UserMissing: when there is none, or only elsewhere.
    """
    _check_administers(viewer)
    posts = Post.objects.filter(within(viewer.region_id, "region_id"), pk=key)
    post = posts.select_related("user", "region").first()
    if post is None:
        raise UserMissing("there is no such user")
    return post


def lockout_list(*, viewer: Post, at: datetime) -> list[Lockout]:
    """Return whose wrong passwords are being counted, the latest first.

    Names nobody has are left out: one typed by mistake may be a password.

    Raises:
        NotPermitted: when the post does not manage security.
    """
    check_permitted(viewer.state, Permission.SECURITY_MANAGE, region=viewer.region_id)
    since = at - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(attempt_time__gte=since)
    counted: dict[str, tuple[int, datetime]] = {}
    for attempt in attempts.order_by("attempt_time"):
        before = counted.get(attempt.username, (0, attempt.attempt_time))[0]
        failures = before + attempt.failures_since_start
        counted[attempt.username] = (failures, attempt.attempt_time)
    users = user_list(viewer=viewer).annotate(typed=Lower("username"))
    found = [
        Lockout(user, n, last, n >= settings.AXES_FAILURE_LIMIT)
        for user in users.filter(typed__in=counted)
        for n, last in [counted[user.username.lower()]]
    ]
    return sorted(found, key=lambda lockout: lockout.last_at, reverse=True)


def open_sessions(*, at: datetime, user_id: int | None = None) -> Iterator[Session]:
    """Yield the sessions that are open, of one user or of all who are signed in."""
    for session in Session.objects.filter(expire_date__gt=at).iterator():
        owner = session.get_decoded().get(SESSION_KEY)
        if owner is not None and user_id in (None, int(owner)):
            yield session


def signed_in_list(*, viewer: Post, at: datetime) -> list[tuple[User, int, datetime]]:
    """Return who is signed in: user, number of sessions, time of the last request.

    Raises:
        NotPermitted: when the post does not manage security.
    """
    check_permitted(viewer.state, Permission.SECURITY_MANAGE, region=viewer.region_id)
    # A session's end is renewed by every request, so its end tells the last one.
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    seen: dict[int, list[datetime]] = {}
    for session in open_sessions(at=at):
        owner = int(session.get_decoded()[SESSION_KEY])
        seen.setdefault(owner, []).append(session.expire_date - lasts)
    users = user_list(viewer=viewer).filter(pk__in=seen)
    return [(user, len(seen[user.pk]), max(seen[user.pk])) for user in users]


def administrators_of(*, region: str, as_of: date) -> QuerySet[Post]:
    """Return the administrators whose region holds a region, for whoever needs help."""
    roles = ("people_administrator", "security_administrator", "audit_administrator")
    posts = Post.unscoped.filter(held_on(as_of), role__in=roles, user__is_active=True)
    around = [region[:n] for n in (2, 4, 6, 9, 12)]
    found = posts.filter(region_id__in=around).select_related("user")
    return found.order_by(F("role"), "pk")


def _check_administers(viewer: Post) -> None:
    rights = viewer.rights.permissions
    if not rights & {Permission.PEOPLE_MANAGE, Permission.SECURITY_MANAGE}:
        raise NotPermitted(
            "{role} has no {permission}",
            role=viewer.role,
            permission=Permission.PEOPLE_MANAGE.value,
        )
