"""The demonstration as a user starts it, and a browser to look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright


# Debian's browser; without these flags it asks for hosts no machine here has.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync",),
)
DESK = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
SIZES = {"desk": DESK, "phone": PHONE}


@dataclass(frozen=True)
class Site:
    """Where the demonstration is, and the password of its cast."""

    address: str
    password: str


@dataclass
class Visitor:
    """Somebody of the cast in a browser, and what the browser complained about."""

    site: Site
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open a page of the site and return the answer."""
        return self.page.goto(self.site.address + path)

    def text(self) -> str:
        """Return what a person reads on the page."""
        return self.page.inner_text("body")


def launched(playwright: Playwright, program: str) -> Browser:
    """Start the browser."""
    return playwright.chromium.launch(executable_path=program, args=list(FLAGS))


@contextmanager
def visiting(
    browser: Browser, site: Site, role: str, *, size: str = "desk"
) -> Iterator[Visitor]:
    """Sign in as somebody of the cast."""
    context = browser.new_context(
        viewport=SIZES[size], locale="zh-CN", accept_downloads=True
    )
    page = context.new_page()
    visitor = Visitor(site, page)
    page.on("console", lambda said: _note(visitor, said))
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.go("/sign-in/")
    page.fill("input[name=login]", role)
    page.fill("input[name=password]", site.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"^(?!.*sign-in).*$"))
    try:
        yield visitor
    finally:
        context.close()


def _note(visitor: Visitor, said: ConsoleMessage) -> None:
    if said.type == "error":
        visitor.complaints.append(said.text)
