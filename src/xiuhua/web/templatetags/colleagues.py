"""People by the name their colleagues know, where a record keeps their user name."""

from __future__ import annotations

from typing import Any, Final

from django import template

from xiuhua.apps.accounts.selectors import full_names
from xiuhua.web.colleagues import unnamed


register = template.Library()
_KEPT: Final = "colleagues_named"


@register.simple_tag(takes_context=True)
def colleague(context: Any, username: str) -> str:
    """Return the name of a user, the user name where there is none.

    A view that knows who stands on its page gives their names as `colleagues`; anybody
    else is asked for once.
    """
    given: dict[str, str] = context.get("colleagues", {})
    if username in given:
        return given[username]
    known: dict[str, str] = context.render_context.setdefault(_KEPT, {})
    if username and username not in known:
        names = full_names(usernames=[username])
        known[username] = names.get(username) or unnamed(username)
    return known.get(username, "")
