"""Who may ask for which page: every view says so, and one that does not is refused.

    @allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
    def page(request): ...

The mark belongs to one view: a view made from a marked one by a decorator or by
inheritance is not marked itself, and nobody gets in by somebody else's mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.web.content_security import Answer
from xiuhua.web.failures import failed


View = Callable[..., HttpResponseBase]
_MARK: Final = "xiuhua_access"


class Entrance(Enum):
    """Who may ask for a page that no permission guards."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


PUBLIC: Final = Entrance.PUBLIC
SIGNED_IN: Final = Entrance.SIGNED_IN


@dataclass(frozen=True)
class Access:
    """What a view is open to; `view` is the view the mark was given to."""

    view: View
    what: Entrance | Permission
    methods: frozenset[str]


def allow(what: Entrance | Permission, *methods: str) -> Callable[[View], View]:
    """Mark a view: who may ask for it, by which methods (GET alone when none is named).

    HEAD comes with GET. The view is wrapped, so that one of a library stays unmarked.
    """
    named = set(methods or ("GET",))
    if "GET" in named:
        named.add("HEAD")

    def marked(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(*args, **kwargs)

        vars(guarded)[_MARK] = Access(guarded, what, frozenset(named))
        return guarded

    return marked


def access_of(view: View) -> Access | None:
    """Return what a view is open to, None when it does not say so itself."""
    mark = vars(view).get(_MARK)
    return mark if isinstance(mark, Access) and mark.view is view else None


class AccessMiddleware:
    """Let a request through to its view, or refuse it. Unmarked views do not exist."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on: the view is known only in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Return None to let the request through, else the answer that refuses it.

        Raises:
            Http404: when the view is not marked.
        """
        mark = access_of(view)
        if mark is None:
            raise Http404
        if mark.what is not PUBLIC and not request.user.is_authenticated:
            return to_sign_in(request)
        if isinstance(mark.what, Permission) and not allows(request, mark.what):
            return failed(request, 403)
        if request.method not in mark.methods:
            return HttpResponseNotAllowed(sorted(mark.methods))
        return None


def allows(request: HttpRequest, permission: Permission) -> bool:
    """Test whether the post a request is made in has a permission."""
    post = request.post
    return post is not None and post.state.allows(permission)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in and back here; a part of a page leads the whole page there.

    Only addresses of pages are led back to: the target of a form is no page.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": resolve_url("account_login")})
    if request.method == "POST":
        messages.warning(
            request,
            _(
                "You were signed out before this arrived, so nothing was saved. "
                "Sign in and enter it again."
            ),
        )
    asked = request.get_full_path() if request.method == "GET" else resolve_url("start")
    return redirect_to_login(asked)
