"""Searches that name people, kept for the session under a key that says nothing.

They are sealed like identity numbers: sessions lie in the database.
"""

from __future__ import annotations

import json
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from xiuhua.sealing.cipher import opened, sealed


_STORE: Final = "searches"
_PLACE: Final = "web.searches"
_KEPT: Final = 20


def search_kept(request: HttpRequest, values: dict[str, str]) -> str:
    """Keep a search and return its key; the oldest make room."""
    kept = dict(request.session.get(_STORE, {}))
    key = secrets.token_urlsafe(9)
    text = json.dumps(values, ensure_ascii=False)
    kept[key] = sealed(text, place=_PLACE, keys=settings.FIELD_KEYS)
    request.session[_STORE] = dict(list(kept.items())[-_KEPT:])
    return key


def search_found(request: HttpRequest, key: str) -> dict[str, str]:
    """Return a search that was kept; nothing when it is gone or another user's."""
    kept = request.session.get(_STORE, {}).get(key)
    if kept is None:
        return {}
    values: dict[str, str] = json.loads(
        opened(kept, place=_PLACE, keys=settings.FIELD_KEYS)
    )
    return values
