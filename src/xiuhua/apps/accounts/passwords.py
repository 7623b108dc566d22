"""The rules for passwords that Django does not bring, or not in Chinese."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


_LEAST_KINDS: Final = 3


class LengthValidator(MinimumLengthValidator):
    """Ask for a length, in words: Django's are not translated into Chinese."""

    def get_error_message(self) -> str:
        """Return what is wrong and what to do."""
        return _("Too short: use at least %(least)s characters.") % {
            "least": self.min_length
        }


class KindsValidator:
    """Ask for three of four kinds: capitals, small letters, digits, others."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a password of fewer kinds."""
        kinds = {_kind(character) for character in password}
        if len(kinds) < _LEAST_KINDS:
            raise ValidationError(self.get_help_text(), code="password_too_few_kinds")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return _(
            "Use at least three of: capital letters, small letters, digits, other "
            "characters."
        )


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    return category if category in ("Lu", "Ll", "Nd") else "other"
