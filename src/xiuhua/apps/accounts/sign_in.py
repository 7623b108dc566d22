"""Record who signed in, signed out or was refused.

Django says so by signals alone; these are the only receivers of the program. The name
typed by somebody who was refused may be a password typed in the wrong line, so it is
recorded only when a user has it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db import transaction
from django.utils import timezone

from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.rules import Actor


def connect() -> None:
    """Listen to the three signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    user_login_failed.connect(_refused, dispatch_uid="accounts.refused")


def _signed_in(*, user: Any, **_: Any) -> None:
    _record("signed_in", user.get_username(), str(user.pk))


def _signed_out(*, user: Any, **_: Any) -> None:
    if user is not None:
        _record("signed_out", user.get_username(), str(user.pk))


def _refused(*, credentials: dict[str, Any], **_: Any) -> None:
    name = credentials.get("username") or ""
    user = get_user_model()._default_manager.filter(username__iexact=name).first()
    _record(
        "refused", user.get_username() if user else "?", str(user.pk) if user else ""
    )


def _record(done: str, name: str, key: str) -> None:
    with transaction.atomic():
        audit.entry_append(
            action=f"accounts.session.{done}",
            target="accounts.user",
            target_id=key,
            target_label=name,
            region_code="",
            by=Actor(name),
            at=timezone.now(),
        )
