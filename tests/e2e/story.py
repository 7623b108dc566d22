"""The story of the tutorial, step by step, as it is told there.

Each function is a section of `docs/tutorial/from-shortfall-to-strike-off.md`.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect
from tests.e2e.site import Visitor
from tests.factories.attachments import png

from xiuhua.demo.cast import CAST


MENDED = "同农户商定的措施，十一月底前完成"
FOUND = "新房已建成，但旧房未拆，仍有人居住"
NAMES = {part.role: part.full_name for part in CAST}


def photo(width: int) -> dict[str, Any]:
    """Return a photo as a phone would send it."""
    return {"name": "house.png", "mimeType": "image/png", "buffer": png(width)}


def household_found(visitor: Visitor) -> str:
    """Open the first household without a plan; return its number."""
    page = visitor.page
    visitor.go("/plans/missing/")
    page.locator("main tbody tr a").first.click()
    expect(page.locator("form[action$='/plan/'] button")).to_be_visible()
    number = re.search(r"\d{17}", page.title())
    assert number is not None
    return number[0]


def household_opened(visitor: Visitor, number: str) -> None:
    """Find a household by its number."""
    page = visitor.page
    visitor.go("/households/")
    page.fill("input[name=find]", number)
    page.keyboard.press("Enter")
    page.locator("main tbody tr a").first.click()
    expect(page).to_have_title(re.compile(number))


def sent(page: Page) -> None:
    """Send the form of the page and wait for what came of it."""
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main [role=status].alert-success").first).to_be_visible()


def plan_filled(visitor: Visitor) -> str:
    """Propose a plan and say what will be done by whom; return its address."""
    page = visitor.page
    page.locator("form[action$='/plan/'] button").click()
    page.wait_for_url("**/plans/*/")
    address = page.url
    while (blank := page.locator("#proposals a[href$='/change/']")).count():
        found = [b for b in blank.all() if "补填" in b.inner_text()]
        if not found:
            break
        found[0].click()
        page.fill("[name=what]", MENDED)
        page.locator("select[name=owner]").select_option(
            label=owner_offered(page, NAMES["first_secretary"])
        )
        page.locator("input[name=demanded][value=photo]").check()
        sent(page)
        page.goto(address)
    return address


def plan_agreed(visitor: Visitor) -> str:
    """Fill a plan and agree on it; return its address."""
    page, address = visitor.page, plan_filled(visitor)
    page.locator("#proposals a[href$='/agree/']").click()
    page.fill("[name=family]", "户主本人")
    page.fill("[name=helper]", NAMES["helper"])
    page.fill("[name=team]", NAMES["first_secretary"])
    sent(page)
    return address


def owner_offered(page: Page, name: str) -> str:
    """Return the words under which somebody is offered as owner."""
    options = page.locator("select[name=owner] option").all_inner_texts()
    return next(text for text in options if name in text)


def measure_delivered(visitor: Visitor, plan: str) -> str:
    """Start the first measure, prove it with a photo, say it is done."""
    page = visitor.page
    page.goto(plan)
    page.locator("#measures td.first a").first.click()
    address = page.url
    stepped(page, address, "start")
    page.goto(f"{address}evidence/")
    page.locator("select[name=kind]").select_option("photo")
    page.set_input_files("input[name=file]", files=[photo(20)])
    sent(page)
    stepped(page, address, "finish")
    expect(page.locator("a[href$='/step/check_off/']")).to_have_count(0)
    return address


def stepped(page: Page, address: str, act: str) -> None:
    """Take a measure a step."""
    page.goto(address)
    page.locator(f"a[href$='/step/{act}/']").click()
    sent(page)


def problem_registered(visitor: Visitor, household: str) -> str:
    """Put what a check found on the ledger, give it to the township's clerk."""
    page = visitor.page
    household_opened(visitor, household)
    page.locator("a[href*='/ledger/new/']").first.click()
    page.locator("select[name=source]").select_option("cross_check")
    page.locator("select[name=kind]").select_option("guarantees")
    page.fill("[name=description]", FOUND)
    sent(page)
    address = page.url
    page.goto(f"{address}act/assign/")
    page.locator("select[name=owner]").select_option(
        label=owner_offered(page, NAMES["township_clerk"])
    )
    sent(page)
    return address


def problem_rectified(visitor: Visitor, problem: str) -> None:
    """Sign for it, say what will be done, prove it, hand it in."""
    page = visitor.page
    told(page, problem, "sign_for")
    told(page, problem, "start", measures="动员搬入新房，拆除旧房")
    for kind, width in (("photo", 10), ("paper", 60)):
        page.goto(f"{problem}evidence/")
        page.locator("select[name=kind]").select_option(kind)
        page.set_input_files("input[name=file]", files=[photo(width)])
        sent(page)
    told(page, problem, "submit")


def told(page: Page, problem: str, act: str, **said: str) -> None:
    """Take a problem a step with what its form asks."""
    page.goto(f"{problem}act/{act}/")
    for name, text in said.items():
        page.fill(f"[name={name}]", text)
    sent(page)
