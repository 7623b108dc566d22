"""Say whether the server lives, without a word about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from xiuhua.web.access import PUBLIC, allow


@allow(PUBLIC)
def live(request: HttpRequest) -> HttpResponse:
    """Answer, and nothing more: for proxies and for whoever keeps the service up."""
    return HttpResponse("ok", content_type="text/plain")
