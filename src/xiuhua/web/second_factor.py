"""Let nobody past who has not set up a second factor, where one is required.

Whoever has one is asked for it by the sign-in itself.
"""

from __future__ import annotations

from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from xiuhua.web.content_security import Answer


# Pages one needs on the way to a second factor.
OPEN_WITHOUT: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "set_language",
    }
)


class SecondFactorMiddleware:
    """Send users without a second factor to the page where they set it up."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, or redirect."""
        user = request.user
        # A one-time code is replaced first; until then nothing else is open.
        fresh = getattr(user, "temporary_until", None) is not None
        asked = settings.SECOND_FACTOR_REQUIRED and user.is_authenticated and not fresh
        if (
            asked
            and not _is_open(request.path_info)
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


def _is_open(path: str) -> bool:
    try:
        return resolve(path).url_name in OPEN_WITHOUT
    except Resolver404:
        return False
