"""Decide about named views. No database, no clock, no settings."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode

from xiuhua.core.errors import XiuhuaError


NAME_LENGTH: Final = 40
QUERY_LENGTH: Final = 1000
# Of one page alone: where a user is, how it is printed, a search that names a person.
_PASSING: Final = frozenset({"page", "as", "q", "wall"})


class ViewUnfit(XiuhuaError):
    """A view cannot be kept like this."""

    code = "desk.view_unfit"


def kept_query(query: str) -> str:
    """Return the parameters of an address that make a view, without passing ones.

    >>> kept_query("sort=-place&page=3&q=abc&cause=illness")
    'sort=-place&cause=illness'

    Raises:
        ViewUnfit: when it is too long to be kept.
    """
    pairs = [(k, v) for k, v in parse_qsl(query) if k not in _PASSING]
    text = urlencode(pairs)
    if len(text) > QUERY_LENGTH:
        raise ViewUnfit("the view is too long to be kept")
    return text


def checked_name(name: str) -> str:
    """Return the name of a view.

    Raises:
        ViewUnfit: when it is empty or too long.
    """
    text = " ".join(name.split())
    if not 0 < len(text) <= NAME_LENGTH:
        raise ViewUnfit("name the view in at most {most} signs", most=NAME_LENGTH)
    return text
