"""People by the name their colleagues know, where a record keeps their user name."""

from __future__ import annotations

from typing import Any, Final

from django import template

from xiuhua.apps.accounts.selectors import full_names


register = template.Library()
_KEPT: Final = "colleagues_named"


@register.simple_tag(takes_context=True)
def colleague(context: Any, username: str) -> str:
    """Return the name of a user, the user name where there is none.

    Each is asked for once a page: few people act on one record.
    """
    known: dict[str, str] = context.render_context.setdefault(_KEPT, {})
    if username and username not in known:
        known[username] = full_names(usernames=[username]).get(username, username)
    return known.get(username, "")
