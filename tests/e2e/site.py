"""The demonstration as a user starts it, and a browser to look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright


# What a busy machine may need for a page.
PATIENCE_MS = 120_000
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
def arriving(browser: Browser, site: Site, *, size: str = "desk") -> Iterator[Visitor]:
    """Come to the page of signing in."""
    context = browser.new_context(
        viewport=SIZES[size], locale="zh-CN", accept_downloads=True
    )
    page = context.new_page()
    visitor = Visitor(site, page)
    page.on("console", lambda said: _note(visitor, said))
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.go("/sign-in/")
    try:
        yield visitor
    finally:
        context.close()


@contextmanager
def visiting(
    browser: Browser, site: Site, role: str, *, size: str = "desk"
) -> Iterator[Visitor]:
    """Sign in as somebody of the cast."""
    with arriving(browser, site, size=size) as visitor:
        password_given(visitor, role, site.password)
        visitor.page.wait_for_url(re.compile(r"^(?!.*sign-in).*$"))
        yield visitor


def password_given(visitor: Visitor, role: str, password: str) -> None:
    """Send the form of signing in."""
    visitor.page.fill("input[name=login]", role)
    visitor.page.fill("input[name=password]", password)
    visitor.page.press("input[name=password]", "Enter")


@contextmanager
def refused(visitor: Visitor, status: int) -> Iterator[None]:
    """Take the one complaint with which the browser notes an answer of this status.

    The browser tells of it some time after the answer: it is waited for.
    """
    with _told(visitor, f"status of {status} ") as said:
        yield
    visitor.complaints.remove(said.value.text)


@contextmanager
def cut_off(visitor: Visitor) -> Iterator[None]:
    """Take the complaints about a network that the test itself breaks meanwhile."""
    with _told(visitor, "net::ERR_"):
        yield
    visitor.complaints[:] = [c for c in visitor.complaints if "net::ERR_" not in c]


def _told(visitor: Visitor, words: str) -> Any:
    return visitor.page.expect_console_message(
        lambda said: said.type == "error" and words in said.text, timeout=PATIENCE_MS
    )


def _note(visitor: Visitor, said: ConsoleMessage) -> None:
    if said.type == "error":
        visitor.complaints.append(said.text)
