"""Headers every answer carries: the content security policy and no caching.

The setting `SECURE_CSP` has the name and shape of Django 6's, which takes the place of
the first half of this module then.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


Answer = Callable[[HttpRequest], HttpResponseBase]


class ContentSecurityMiddleware:
    """Say what a page may load, and that nothing of it may be kept."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response
        parts = settings.SECURE_CSP.items()
        self.policy = "; ".join(f"{name} {' '.join(of)}" for name, of in parts)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers; an answer that sets its own keeps it."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response
