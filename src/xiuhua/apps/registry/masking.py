"""How a field is shown to a post: in full, masked, or to be asked for with a reason.

Secret fields are never shown in full by rank alone: `services.withheld` shows them, and
records it, to roles that may ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.registry.facts import field_of
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

    field: Field
    value: Any
    showing: Showing


def showing_of(field: Field, post: Post) -> Showing:
    """Return how much of a field a post sees."""
    if field.mask is Mask.SECRET:
        asks = Permission.SECRET_REVEAL in post.rights.permissions
        may = asks and post.rights.shows(Mask.SECRET)
        return Showing.ON_REQUEST if may else Showing.MASKED
    return Showing.FULL if post.rights.shows(field.mask) else Showing.MASKED


def shown(field: Field, value: Any, post: Post) -> Shown:
    """Return a value as a post sees it."""
    showing = showing_of(field, post)
    if value is None or showing is Showing.FULL:
        return Shown(field, value, showing)
    return Shown(field, masked(field, value), showing)


def masked(field: Field, value: Any) -> str:
    """Return what stands for a value: of a name the first character, else nothing.

    Not one digit of a number remains: with date of birth and place beside it, a few
    digits would give the rest.
    """
    if field.name in _NAMES and isinstance(value, str):
        return value[:1] + "*" * (len(value) - 1)
    return HIDDEN


def row_shown(
    level: str, row: Any, post: Post, columns: Iterable[str]
) -> dict[str, Shown]:
    """Return columns of a row of a level as a post sees them, by column."""
    return values_shown(level, {name: getattr(row, name) for name in columns}, post)


def values_shown(level: str, values: Mapping[str, Any], post: Post) -> dict[str, Shown]:
    """Return values by column as a post sees them; columns without a field are left.

    What the dictionary has no field for (versions, keys) is no fact of anybody.
    """
    found = {name: field_of(level, name) for name in values}
    return {
        name: shown(field, values[name], post) for name, field in found.items() if field
    }
