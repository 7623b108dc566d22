"""Browsers signed in to posts, for the tests of pages."""

from __future__ import annotations

from typing import Any

from django.test import Client
from tests.factories.accounts import make_post

from xiuhua.apps.accounts.models import Post


def browser_of(post: Post, *, language: str = "en") -> Client:
    """Return a browser in which the holder of a post is signed in."""
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        post.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def browser(role: str, region: str, *, language: str = "en", **said: Any) -> Client:
    """Return a browser of somebody in a new post."""
    return browser_of(make_post(role, region, **said), language=language)


def get(client: Client, path: str, **said: Any) -> Any:
    """Ask for a page over https."""
    return client.get(path, secure=True, **said)


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    """Send a form over https."""
    return client.post(path, data or {}, secure=True)
