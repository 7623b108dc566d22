"""Look at the pages of signing in: nobody is led to them but on the way in or out."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.e2e.looking import Crawl, name_of, speak
from tests.e2e.site import Visitor, arriving, password_given, visiting


# Of the cast; has a second factor from here on.
ROLE = "grid_worker"
_SECONDS = 30


def looked_through(crawl: Crawl) -> list[str]:
    """Judge every page of signing in, in both languages; return what is wrong."""
    with arriving(crawl.browser, crawl.site) as visitor:
        wrong = _both(crawl, visitor, "/sign-in/")
    with visiting(crawl.browser, crawl.site, ROLE) as visitor:
        for path in ("/sign-out/", "/sign-in/again/"):
            wrong += _both(crawl, visitor, path)
        # What is set up, is set up by whoever just gave the password.
        visitor.page.fill("input[name=password]", crawl.site.password)
        visitor.page.press("input[name=password]", "Enter")
        visitor.page.wait_for_url(lambda address: "sign-in" not in address)
        wrong += _both(crawl, visitor, "/second-factor/set-up/")
        _second_factor_set_up(visitor)
        for part in ("", "remove/", "codes/", "codes/new/"):
            wrong += _both(crawl, visitor, f"/second-factor/{part}")
        wrong += _both(crawl, visitor, "/sign-in/second/again/")
        wrong += visitor.complaints
    with arriving(crawl.browser, crawl.site) as visitor:
        password_given(visitor, ROLE, crawl.site.password)
        visitor.page.wait_for_url("**/sign-in/second/**")
        wrong += _both(crawl, visitor, "/sign-in/second/")
    return wrong


def _second_factor_set_up(visitor: Visitor) -> None:
    page = visitor.page
    secret = page.locator("#authenticator_secret").input_value()
    number = hotp_value(secret, int(time.time()) // _SECONDS)
    page.fill("input[name=code]", format_hotp_value(number))
    page.press("input[name=code]", "Enter")
    page.wait_for_url(lambda address: name_of(address) != "mfa_activate_totp")


def _both(crawl: Crawl, visitor: Visitor, path: str) -> list[str]:
    wrong: list[str] = []
    for language in ("en", "zh"):
        speak(visitor, language)
        visitor.go(path)
        wrong += crawl.here(visitor, language)
    return wrong
