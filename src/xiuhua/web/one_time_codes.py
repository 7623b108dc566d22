"""Let nobody past who signed in with a one-time code and has not replaced it."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.web.content_security import Answer


# Pages one needs on the way to a password of one's own.
_OPEN: Final = frozenset(
    {
        "account_change_password",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "set_language",
    }
)


class OneTimeCodeMiddleware:
    """Lead to the change of password; after its time a code opens nothing."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, lead to the change of password, or sign out."""
        until = getattr(request.user, "temporary_until", None)
        if until is None:
            return self.get_response(request)
        if until <= timezone.now():
            logout(request)
            messages.error(
                request,
                _("The one-time code has expired. Ask your administrator for another."),
            )
            return redirect("account_login")
        if _is_open(request.path_info):
            return self.get_response(request)
        messages.warning(request, _("Choose a password of your own first."))
        return redirect("account_change_password")


def _is_open(path: str) -> bool:
    try:
        return resolve(path).url_name in _OPEN
    except Resolver404:
        return False
