"""Read users and posts."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post, User, held_on
from xiuhua.apps.regions.selectors import within


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
