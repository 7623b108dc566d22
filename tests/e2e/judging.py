"""Judge the page that is open: made well, said in one language, fit for everybody."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.architecture.tree import SOURCE
from tests.e2e.site import DESK, PHONE


# axe looks at the page it is given: no frames, no style sheets asked for again.
RULES: Final = {"resultTypes": ["violations"], "preload": False, "iframes": False}
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
# Of rows made alike (the same elements, classes and attributes, a text where the others
# have one) axe finds the same; it compares colors text by text, which takes longest.
# Four of them stay: the first, the last, and two next to each other for stripes.
ALIKE: Final = """() => {
  const names = (one) => [...one.attributes]
    .map((a) => ["class", "role", "style", "type"].includes(a.name) || !a.value
      ? `${a.name}=${a.value}` : a.name).sort().join(" ");
  const made = (one) => `<${one.localName} ${names(one)}>` + [...one.childNodes]
    .map((inner) => inner.nodeType === 1 ? made(inner)
      : inner.nodeType === 3 && inner.data.trim() ? "." : "").join("") + ">";
  const many = "tbody, ul, ol, dl, select, .squares, section.card";
  for (const parent of document.querySelectorAll(many)) {
    const alike = new Map();
    for (const one of parent.children) {
      const key = made(one);
      alike.set(key, [...(alike.get(key) || []), one]);
    }
    for (const rows of alike.values()) rows.slice(3, -1).forEach((one) => one.remove());
  }
}"""
LEAKED: Final = re.compile(
    r"(?:^|[:：(（·,] ?)(None|True|False|nan|undefined)(?:$|[),）])|Traceback \(most"
)


def judged(page: Page, language: str) -> tuple[list[str], list[str]]:
    """Return what is wrong with the open page, and where it leads.

    Chinese is judged at the desk and English on the phone; neither may be too wide.
    """
    size, other = (DESK, PHONE) if language == "zh" else (PHONE, DESK)
    facts = page.evaluate(FACTS)
    wrong = _badly_made(facts) + _badly_said(facts["said"], language)
    for width in (other, size):
        page.set_viewport_size(width)
        if (wide := page.evaluate(WIDE)) > 0:
            wrong.append(f"{wide} px wider than {width['width']}")
    page.evaluate(ALIKE)
    found = Axe().run(page, options=RULES).response["violations"]
    wrong += [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]
    return wrong, [str(link) for link in facts["links"]]


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
