"""Look at every page of the site: follow links, judge each page in both languages.

Pages that need what the journeys leave none of (a second factor, a list whose columns
nobody named, a problem sent up) are not reached; `unreached` names them.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, expect
from tests.architecture.tree import SOURCE
from tests.e2e.site import DESK, PHONE, Visitor
from tests.web.matrix.addresses import OPEN


# Public or on the way in: where a signed-in person is led on.
NOT_FOLLOWED: Final = frozenset(
    {
        *("account_login", "account_logout", "account_reauthenticate"),
        *("mfa_authenticate", "mfa_reauthenticate", "start", "system:live"),
    }
)
# Whoever comes to pages the one before does not see.
ROLES: Final = (
    *("county_office", "first_secretary", "township_clerk"),
    *("people_administrator", "security_administrator", "audit_administrator"),
)
# axe looks at the page it is given: no frames, no style sheets asked for again.
RULES: Final = {"resultTypes": ["violations"], "preload": False, "iframes": False}
# Colours are the same in every language, and to compare them takes longest.
AGAIN: Final = {**RULES, "rules": {"color-contrast": {"enabled": False}}}
FACTS: Final = """() => {
  const said = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const own = words.currentNode.parentElement.closest("[lang], code");
    if (own === document.documentElement) said.push(words.currentNode.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "data-l"]) {
    for (const one of document.querySelectorAll(`body [${name}]`)) {
      const own = one.closest("[lang]");
      if (own === document.documentElement) said.push(one.getAttribute(name));
    }
  }
  const tables = [...document.querySelectorAll("table")];
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  return {
    said: said.map((text) => text.trim().replace(/\\s+/g, " ")).filter(Boolean),
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    bare: tables.filter((table) => !table.querySelector("tbody tr")).length,
    heads: document.querySelectorAll("h1").length,
    links: [...document.querySelectorAll("a[href]:not([download])")]
      .map((a) => new URL(a.getAttribute("href"), location.href))
      .filter((u) => u.origin === location.origin).map((u) => u.href),
  };
}"""
WIDE: Final = "document.documentElement.scrollWidth - window.innerWidth"
LEAKED: Final = re.compile(
    r"(?:^|[:：(（·,] ?)(None|True|False|nan|undefined)(?:$|[),）])|Traceback \(most"
)


@dataclass
class Looked:
    """Who looked, at which pages, and what is wrong with them."""

    roles: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def pages() -> set[str]:
    """Return the names of all addresses that answer GET."""
    return {name for name, (_, methods) in OPEN.items() if "GET" in methods.split()}


def family_of(name: str) -> str:
    """Return the family of a page: what its name stands under."""
    return name.partition(":")[0] if ":" in name else "signing in"


def unreached(looked: Looked) -> set[str]:
    """Return the pages nobody came to."""
    return pages() - looked.names - NOT_FOLLOWED


def looked_through(visitor: Visitor, looked: Looked) -> None:
    """Look at every page a person comes to by links that nobody looked at before.

    Chinese at the desk first, while links are gathered; then the same pages in English
    on the phone.
    """
    ahead, here, found = [visitor.page.url], set(NOT_FOLLOWED), {}
    while ahead:
        address = ahead.pop(0)
        name = _name(address)
        if name not in pages() - here:
            continue
        here.add(name)
        if name in looked.names:
            ahead += _links_of(visitor, address)
            continue
        looked.names.add(name)
        links = _looked_at(visitor, name, address, looked, "zh")
        if links is not None:
            found[name] = address
            ahead += links
    if not found:
        return
    visitor.page.get_by_role("button", name="English").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    for name, address in found.items():
        _looked_at(visitor, name, address, looked, "en")


def _name(address: str) -> str:
    try:
        return str(resolve(urlsplit(address).path).view_name)
    except Resolver404:
        return ""


def _links_of(visitor: Visitor, address: str) -> list[str]:
    """Return where a page leads that was looked at before, without drawing it."""
    answer = visitor.page.request.get(address)
    links = re.findall(r'<a [^>]*?href="([^"]+)"', answer.text())
    return [urljoin(address, unescape(link)) for link in links]


def _looked_at(
    visitor: Visitor, name: str, address: str, looked: Looked, language: str
) -> list[str] | None:
    """Judge a page; return its links, None when the address is no page."""
    page = visitor.page
    size, other = (DESK, PHONE) if language == "zh" else (PHONE, DESK)
    page.set_viewport_size(size)
    try:
        answer = page.goto(address)
    except Error:  # A file, not a page: the browser puts it aside.
        return None
    wrong = [] if answer.status == 200 else [f"answers {answer.status}"]
    facts = page.evaluate(FACTS)
    wrong += _badly_made(facts) + _badly_said(facts["said"], language)
    rules = RULES if language == "zh" else AGAIN
    found = Axe().run(page, options=rules).response["violations"]
    wrong += [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]
    for width in (size, other):
        page.set_viewport_size(width)
        if (wide := page.evaluate(WIDE)) > 0:
            wrong.append(f"{wide} px wider than {width['width']}")
    looked.wrong += [f"{name} ({language}): {what}" for what in wrong]
    return [str(link) for link in facts["links"]]


def _badly_made(facts: dict[str, Any]) -> list[str]:
    wrong = [f"the id {one} stands twice" for one in facts["twice"]]
    if facts["heads"] != 1:
        wrong.append(f"{facts['heads']} main headings")
    if facts["bare"]:
        wrong.append("a table without rows or words")
    return wrong


def _badly_said(said: list[str], language: str) -> list[str]:
    """Return the words that belong to the other language, or to no person at all."""
    english, chinese = wording()
    other = english if language == "zh" else chinese
    wrong = [f"leaks {text[:60]!r}" for text in said if LEAKED.search(text)]
    return wrong + [f"says {text[:60]!r}" for text in said if text in other]


@cache
def wording() -> tuple[frozenset[str], frozenset[str]]:
    """Return what the catalogs translate: the words in English, and in Chinese."""
    english, chinese = set(), set()
    for file in sorted(SOURCE.rglob("*.po")):
        for block in file.read_text(encoding="utf-8").split("\n\n"):
            source, target = (_joined(block, key) for key in ("msgid", "msgstr"))
            # Names of formats and the like are the same in both.
            if re.search(r"[\u4e00-\u9fff]", target):
                english.add(source)
                chinese.add(target)
    return frozenset(english), frozenset(chinese)


def _joined(block: str, key: str) -> str:
    said = re.search(rf'^{key} (".*"(?:\n".*")*)', block, re.MULTILINE)
    return "".join(map(ast.literal_eval, said[1].splitlines())) if said else ""
