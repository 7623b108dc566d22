"""How a field is shown to a post: in full, masked, or to be asked for with a reason.

Secret fields are never shown in full by rank alone: `services.withheld` shows them, and
records it, to roles that may ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Role
from xiuhua.core.dictionary.model import Field, Mask


HIDDEN: Final = "•••"
_NAMES: Final = frozenset({"name", "head_name", "helper_name"})


class Showing(Enum):
    """How much of a value a post sees."""

    FULL = "full"
    MASKED = "masked"
    # Masked, and the post may ask for it with a reason.
    ON_REQUEST = "on_request"


@dataclass(frozen=True)
class Shown:
    """A value as a post sees it: the value itself, or what stands for it.

    An unknown value is None however it is masked: that nothing is known may be seen.
    """

    value: Any
    showing: Showing


def showing_of(field: Field, rights: Role) -> Showing:
    """Return how much of a field a role sees."""
    if field.mask is Mask.SECRET:
        asks = Permission.SECRET_REVEAL in rights.permissions
        may = asks and rights.shows(Mask.SECRET)
        return Showing.ON_REQUEST if may else Showing.MASKED
    return Showing.FULL if rights.shows(field.mask) else Showing.MASKED


def shown(field: Field, value: Any, rights: Role) -> Shown:
    """Return a value as a role sees it."""
    showing = showing_of(field, rights)
    if value is None or showing is Showing.FULL:
        return Shown(value, showing)
    return Shown(masked(field, value), showing)


def masked(field: Field, value: Any) -> str:
    """Return what stands for a value: a surname, a year of birth, else nothing.

    Not one digit of a number remains: with date of birth and place beside it, a few
    digits would give the rest.
    """
    if field.name in _NAMES and isinstance(value, str):
        return f"{value[:1]}**"
    if field.mask is Mask.PERSONAL and isinstance(value, date):
        return f"{value.year}"
    return HIDDEN
