"""Find the post a request is made in and open its region scope.

Posts are read anew for every request, so a post that was ended is gone at once.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.web.content_security import Answer


CHOSEN: Final = "post"


class PostMiddleware:
    """Set `request.post` (None without one) and answer within its region."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer within the scope of the chosen post, else of the first.

        Without a post the scope is empty: region-bound queries find nothing.
        """
        held = accounts.own_post_list(user=request.user, as_of=timezone.localdate())
        chosen = request.session.get(CHOSEN) if held else None
        post = next((p for p in held if p.pk == chosen), held[0] if held else None)
        request.post, request.posts = post, held
        with region_scope([post.region_id] if post else []):
            return self.get_response(request)
