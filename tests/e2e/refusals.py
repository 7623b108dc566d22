"""Bring about the pages that refuse, and look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from playwright.sync_api import expect
from tests.e2e.judging import judged
from tests.e2e.looking import Crawl, speak
from tests.e2e.site import Visitor, arriving, password_given, refused, visiting


WATER: Final = "/households/2/facts/water/"
HOUSEHOLD: Final = "/households/new/"
# Somebody of the cast for each language: a name that was locked stays so for a while.
LOCKED: Final = {"zh": "enumerator", "en": "inspector"}
# What is recorded already is no change.
MINUTES: Final = {"zh": "17", "en": "19"}
WRONG_PASSWORDS: Final = 5
SENT: Final = "main form:has(button.btn-primary)"
_LARGE: Final = """form => {
  const more = document.createElement("input");
  [more.type, more.name, more.value] = ["hidden", "more", "x".repeat(3e6)];
  form.append(more);
  form.submit();
}"""
_MANY: Final = """form => {
  for (let at = 0; at < 2100; at++) {
    const more = document.createElement("input");
    [more.type, more.name, more.value] = ["hidden", `more${at}`, "x"];
    form.append(more);
  }
  form.submit();
}"""
_FORGED: Final = """form => {
  form.elements.csrfmiddlewaretoken.value = "x".repeat(64);
  form.submit();
}"""
_EMPTY: Final = "form => { form.noValidate = true; form.requestSubmit(); }"


def looked_at(crawl: Crawl, language: str) -> list[str]:
    """Judge what is said of each refusal; return what is wrong."""
    wrong: list[str] = []
    with visiting(crawl.browser, crawl.site, "county_office") as visitor:
        speak(visitor, language)
        for what, status, act in _refusals(visitor, MINUTES[language]):
            with refused(visitor, status):
                act()
            wrong += _judged(visitor, what, language)
    with arriving(crawl.browser, crawl.site) as visitor:
        speak(visitor, language)
        visitor.go("/sign-in/")
        _lock(visitor, LOCKED[language])
        wrong += _judged(visitor, "a locked name", language)
    return wrong


def _refusals(
    visitor: Visitor, minutes: str
) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Yield what is refused, how it is answered, and the act, from where it is done."""
    yield "a missing page", 404, lambda: visitor.go("/households/99999999/")
    yield "another's page", 403, lambda: visitor.go("/people/")
    yield "a form's address", 405, lambda: visitor.go("/households/bulk/")
    for what, status, script in (
        ("an empty form", 422, _EMPTY),
        ("a forged form", 403, _FORGED),
        ("a form too large", 413, _LARGE),
        ("a form of too many fields", 400, _MANY),
    ):
        form = visitor.page.locator(SENT).last
        visitor.go(HOUSEHOLD)
        yield what, status, lambda f=form, s=script: f.evaluate(s)
    visitor.go(WATER)
    version = visitor.page.input_value("input[name=version]")
    _water_said(visitor, minutes)
    visitor.page.wait_for_url("**/households/2/")
    visitor.go(WATER)
    visitor.page.locator("input[name=version]").evaluate(f"v => v.value = {version}")
    yield "a stale form", 409, lambda: _water_said(visitor, "11")


def _water_said(visitor: Visitor, minutes: str) -> None:
    visitor.page.fill("input[name=water_round_trip]", minutes)
    visitor.page.locator(f"{SENT} button.btn-primary").last.click()


def _lock(visitor: Visitor, role: str) -> None:
    """Give a wrong password until the name is locked."""
    for _ in range(WRONG_PASSWORDS - 1):
        with visitor.page.expect_navigation():
            password_given(visitor, role, "no password of anybody")
        expect(visitor.page.locator("input[name=login]")).to_be_visible()
    with refused(visitor, 429):
        password_given(visitor, role, "no password of anybody")


def _judged(visitor: Visitor, what: str, language: str) -> list[str]:
    wrong, _ = judged(visitor.page, language)
    return [f"{what} ({language}): {one}" for one in [*wrong, *visitor.complaints]]
