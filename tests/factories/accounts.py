"""Users and posts."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from tests.factories.moments import NOON
from tests.factories.regions import make_region

from xiuhua.apps.accounts.models import Post, User


PASSWORD = "Xiuhua-2019-xiuhua"
_numbers = count(1)


def make_user(username: str = "", *, password: str = PASSWORD) -> User:
    """Register a user without going through an administrator."""
    username = username or f"user{next(_numbers)}"
    user = User(username=username, full_name=f"姓名{username}", registered_at=NOON)
    user.set_password(password)
    user.save()
    return user


def make_post(
    role: str = "township_clerk",
    region: str = "990101101",
    *,
    user: User | None = None,
    valid_from: date = date(2018, 1, 1),
    **said: Any,
) -> Post:
    """Give a user a post without asking whether it may be."""
    make_region(region)
    return Post.unscoped.create(
        user=user or make_user(),
        role=role,
        region_id=region,
        valid_from=valid_from,
        **said,
    )
