"""Look at every page of the site: follow links, judge each page in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Error
from tests.e2e.judging import judged
from tests.e2e.site import DESK, PHONE, Site, Visitor, visiting
from tests.web.matrix.addresses import OPEN


# Whoever comes to pages the one before does not see.
ROLES: Final = (
    *("county_office", "first_secretary", "township_clerk"),
    *("people_administrator", "security_administrator", "audit_administrator"),
)
# To ask for it ends the visit, or begins another.
NOT_FOLLOWED: Final = frozenset({"account_logout", "account_login", "start"})
# A list as a workbook, a printed list: another form of a page that is looked at.
ANOTHER_FORM: Final = re.compile(r"[?&]as=")


@dataclass
class Crawl:
    """Where it begins for each role, the pages it came to, what is wrong with them.

    `starts` are addresses to which no link leads from where a role begins.
    """

    browser: Browser
    site: Site
    starts: dict[str, list[str]]
    names: set[str] = field(default_factory=set)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def by(self, role: str) -> list[str]:
        """Look at what a role comes to and nobody saw; return what is wrong there."""
        if role not in self.wrong:
            with visiting(self.browser, self.site, role) as visitor:
                starts = [
                    self.site.address + path for path in self.starts.get(role, [])
                ]
                wrong = self._through(visitor, [*starts, visitor.page.url])
                self.wrong[role] = wrong + visitor.complaints
        return self.wrong[role]

    def here(self, visitor: Visitor, language: str) -> list[str]:
        """Judge the page that is open; return what is wrong with it."""
        name = name_of(visitor.page.url)
        self.names.add(name)
        wrong, _ = judged(visitor.page, language)
        return [f"{name} ({language}): {what}" for what in wrong]

    def unreached(self) -> set[str]:
        """Return the pages nobody came to."""
        return pages() - self.names

    def _through(self, visitor: Visitor, starts: list[str]) -> list[str]:
        """Look at every page a person comes to that nobody looked at before.

        Chinese at the desk first, while links are gathered; then the same pages in
        English on the phone.
        """
        ahead, first = list(starts), set(starts)
        here, wrong = set(NOT_FOLLOWED), []
        found: dict[str, str] = {}
        while ahead:
            address = ahead.pop(0)
            name = name_of(address)
            known = name in here and address not in first
            if name not in pages() or known or ANOTHER_FORM.search(address):
                continue
            here.add(name)
            first.discard(address)
            if name in self.names:
                ahead += _links_of(visitor, address)
                continue
            links = self._looked_at(visitor, address, "zh", wrong)
            if links is not None:
                found[name] = address
                ahead += links
        if found:
            speak(visitor, "en")
        for address in found.values():
            self._looked_at(visitor, address, "en", wrong)
        return wrong

    def _looked_at(
        self, visitor: Visitor, address: str, language: str, wrong: list[str]
    ) -> list[str] | None:
        """Judge a page; return its links, None when the address is no page."""
        name, page = name_of(address), visitor.page
        page.set_viewport_size(DESK if language == "zh" else PHONE)
        try:
            answer = page.goto(address)
        except Error:  # A file, not a page: the browser puts it aside.
            return None
        if name_of(page.url) != name:  # It leads on to another page.
            return None
        self.names.add(name)
        what, links = judged(page, language)
        if answer is None or answer.status != 200:
            what.append(f"answers {answer and answer.status}")
        wrong += [f"{name} ({language}): {one}" for one in what]
        return links


def pages() -> set[str]:
    """Return the names of all addresses that answer GET."""
    return {name for name, (_, methods) in OPEN.items() if "GET" in methods.split()}


def name_of(address: str) -> str:
    """Return the name of the page at an address, nothing where there is none."""
    try:
        return str(resolve(urlsplit(address).path).view_name)
    except Resolver404:
        return ""


def speak(visitor: Visitor, language: str) -> None:
    """Show a visitor all pages in a language from here on, as the switch does."""
    codes = {"zh": "zh-hans", "en": "en"}
    visitor.page.context.add_cookies(
        [
            {
                "name": "django_language",
                "value": codes[language],
                "url": visitor.site.address,
            }
        ]
    )


def _links_of(visitor: Visitor, address: str) -> list[str]:
    """Return where a page leads that was looked at before, without drawing it."""
    answer = visitor.page.request.get(address)
    links = re.findall(r'<a (?![^>]*\bdownload\b)[^>]*?href="([^"]+)"', answer.text())
    return [urljoin(address, unescape(link)) for link in links]
