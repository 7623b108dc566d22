"""The settings that guard the installation, as they are in force, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Line:
    """A setting: what it is, its value, whether it guards as it should."""

    label: str
    value: str
    guards: bool = True


def settings_in_force() -> list[Line]:
    """Return the settings that guard, those that do not guard first."""
    lines = [
        _switch(_("Second factor for everybody"), settings.SECOND_FACTOR_REQUIRED),
        _switch(_("https alone"), settings.SECURE_SSL_REDIRECT),
        _switch(_("Tracebacks hidden"), not settings.DEBUG),
        Line(
            _("Wrong passwords until a name is locked"), _n(settings.AXES_FAILURE_LIMIT)
        ),
        Line(
            _("Minutes a locked name stays locked"),
            _n(settings.AXES_COOLOFF_TIME.total_seconds() / 60),
        ),
        Line(
            _("Minutes without a request until signed out"),
            _n(settings.SESSION_COOKIE_AGE / 60),
        ),
        Line(_("Hours until signed out"), _n(settings.SESSION_LIMIT_HOURS)),
        Line(_("Least length of passwords"), _n(_least_length())),
        Line(_("Masked numbers shown to one person a day"), _n(settings.REVEALS_A_DAY)),
        Line(_("Megabytes of a file of evidence"), _n(settings.ATTACHMENT_MEGABYTES)),
        Line(_("Names the site answers to"), ", ".join(settings.ALLOWED_HOSTS)),
    ]
    return sorted(lines, key=lambda line: line.guards)


def _switch(label: str, on: bool) -> Line:
    return Line(label, _("yes") if on else _("no"), on)


def _n(number: float) -> str:
    return f"{number:.0f}"


def _least_length() -> int:
    options: list[dict[str, Any]] = [
        v.get("OPTIONS", {}) for v in settings.AUTH_PASSWORD_VALIDATORS
    ]
    return max(o.get("min_length", 0) for o in options)
