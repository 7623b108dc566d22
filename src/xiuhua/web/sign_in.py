"""The door: nobody registers themselves, and what a locked user is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xiuhua.apps.accounts import services as accounts
from xiuhua.apps.audit.rules import Actor
from xiuhua.sealing.cipher import opened, sealed


_FACTORS: Final = "accounts.second_factor"


class ClosedDoorAdapter(DefaultAccountAdapter):
    """Users are registered by an administrator, never by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Set the password a user chose for themselves."""
        accounts.own_password_set(
            user=user,
            password=password,
            by=Actor(user.get_username()),
            at=timezone.now(),
        )


class SealedFactorsAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed like identity numbers."""

    def encrypt(self, text: str) -> str:
        """Return a secret sealed."""
        return sealed(text, place=_FACTORS, keys=settings.FIELD_KEYS)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a sealed secret."""
        return opened(encrypted_text, place=_FACTORS, keys=settings.FIELD_KEYS)


def typed_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the user name attempts are counted under.

    Sign-in takes names in capitals and small letters alike, so counting must too.
    """
    name = (credentials or {}).get("username") or request.POST.get("login", "")
    return str(name).strip().lower()


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: Any
) -> HttpResponse:
    """Return the page for a user name that was locked after wrong passwords."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "web/locked_out.html", {"minutes": minutes}, status=429)
