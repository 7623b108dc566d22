"""Sign users out after a time, however busy they are.

Idle sessions end by themselves (`SESSION_COOKIE_AGE`). A request renews its session
when the last renewal is some time ago: every renewal is a row written and synced. So
an idle session may end earlier by that time, never later.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from xiuhua.web.content_security import Answer


_STARTED: Final = "signed_in_at"
_RENEWED: Final = "renewed_at"
_HOUR: Final = 3600
# Seconds, and the part of the idle time, after which a session is renewed.
_RENEW_AFTER: Final = 60
_RENEW_PART: Final = 10


class SessionLimitMiddleware:
    """End sessions that are older than `SESSION_LIMIT_HOURS`."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note when a session began; end it when its time is over."""
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            started = request.session.setdefault(_STARTED, now)
            if now - started >= settings.SESSION_LIMIT_HOURS * _HOUR:
                logout(request)
            elif now - request.session.get(_RENEWED, 0) >= _renew_after():
                request.session[_RENEWED] = now
        return self.get_response(request)


def _renew_after() -> int:
    return min(_RENEW_AFTER, settings.SESSION_COOKIE_AGE // _RENEW_PART)
