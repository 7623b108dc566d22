"""What the crawl is to find, left beforehand by those whose work it is.

Everything is done on the site itself, as its users do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from openpyxl import load_workbook
from playwright.sync_api import Browser, expect
from tests.e2e import story
from tests.e2e.site import PATIENCE_MS, Site, Visitor, visiting

from xiuhua.apps.sheets.kinds import kinds
from xiuhua.demo.places import COUNTY, VILLAGE


# Sheets sent in by a village's first secretary; the others by the county's office.
OF_VILLAGES: Final = frozenset({"visits", "rosters"})
_FOREIGN_LIST: Final = "大病患者名册,救助金\n绣某某,1200\n"
# Whom an administrator of each kind appoints.
APPOINTED: Final = {
    "people_administrator": ("/people/", "helper"),
    "security_administrator": ("/security/people/", "people_administrator"),
}
Starts = dict[str, list[str]]


def prepared(browser: Browser, site: Site, folder: Path) -> Starts:
    """Leave what a day leaves; return by role where to begin besides the start."""
    starts: Starts = {}
    with visiting(browser, site, "township_clerk") as visitor:
        problem = _question_carried_up(visitor)
    with visiting(browser, site, "first_secretary") as visitor:
        story.household_found(visitor)
        starts["first_secretary"] = [
            _path(story.plan_filled(visitor)),
            _visit_planned(visitor),
        ]
        _sheets_sent(visitor, OF_VILLAGES, folder)
    with visiting(browser, site, "county_office") as visitor:
        starts["county_office"] = [
            problem,
            *_lists_sent(visitor, folder),
            _household_moved(visitor),
            _file_added(visitor),
            _problems_drawn(visitor),
            _plan_closed(visitor),
            _village_to_be_replaced(visitor),
            f"/data-health/faults/?village={VILLAGE}",
        ]
        _task_given(visitor, problem)
        _villages_grouped(visitor)
        _sheets_sent(visitor, kinds().keys() - OF_VILLAGES, folder)
    for role, (people, whom) in APPOINTED.items():
        with visiting(browser, site, role) as visitor:
            starts[role] = [_person_found(visitor, people, whom)]
    return starts


def _question_carried_up(visitor: Visitor) -> str:
    """Register a problem that is one of policy, and carry it up to the county."""
    page = visitor.page
    visitor.go("/ledger/new/")
    page.fill("[name=description]", "易地搬迁户的旧房如何处置，县里的规定没有写明")
    page.check("[name=is_policy_level]")
    story.sent(page)
    problem = page.url
    page.goto(f"{problem}act/raise/")
    page.locator("select[name=to]").select_option(COUNTY)
    page.fill("[name=question]", "旧房能否暂作仓房")
    story.sent(page)
    return _path(problem)


def _task_given(visitor: Visitor, problem: str) -> None:
    """Give the problem to the township's clerk, and a part of it as a task."""
    page = visitor.page
    tomorrow = _today(visitor) + timedelta(days=1)
    for act in ("assign", "task"):
        visitor.go(f"{problem}act/{act}/")
        page.locator("select[name=owner]").select_option(
            label=story.owner_offered(page, story.NAMES["township_clerk"])
        )
        if act == "task":
            page.fill("[name=what]", "逐户查看旧房")
            page.fill("[name=deadline]", str(tomorrow))
        story.sent(page)


def _visit_planned(visitor: Visitor) -> str:
    """Plan a visit to the first household."""
    page = visitor.page
    visitor.go("/households/")
    home = page.locator("main tbody tr a").first.get_attribute("href")
    visitor.go(f"/assistance{home}visit/")
    story.sent(page)
    return f"{home}"


def _household_moved(visitor: Visitor) -> str:
    """Move a household that has a helper to another village."""
    page = visitor.page
    visitor.go("/assistance/pairings/")
    home = page.locator("main tbody a[href^='/households/']").first.get_attribute(
        "href"
    )
    home = _path(f"{home}")
    visitor.go(f"{home}step/move/")
    story.sent(page)
    return home


def _file_added(visitor: Visitor) -> str:
    """Put a photo to a household that is opened for a reason alone."""
    page = visitor.page
    visitor.go("/households/1/files/")
    page.set_input_files("input[name=file]", files=[story.photo(30)])
    page.locator("select[name=mask]").select_option("secret")
    page.locator("form[data-sendings] button").click()
    page.wait_for_url("**/households/1/#files", timeout=PATIENCE_MS)
    return "/households/1/"


def _problems_drawn(visitor: Visitor) -> str:
    """Draw problems that were struck off, to look at them again."""
    page, today = visitor.page, _today(visitor)
    visitor.go("/ledger/rechecks/")
    page.fill("[name=ended_from]", str(today - timedelta(days=360)))
    page.fill("[name=ended_to]", str(today))
    page.fill("[name=seed]", "二〇二六")
    story.sent(page)
    return _path(page.url)


def _plan_closed(visitor: Visitor) -> str:
    """Begin a plan and close it again."""
    page = visitor.page
    story.household_found(visitor)
    page.locator("form[action$='/plan/'] button").click()
    page.wait_for_url("**/plans/*/")
    plan = _path(page.url)
    visitor.go(f"{plan}close/")
    page.fill("[name=reason]", "全家已搬离本县")
    story.sent(page)
    return plan


def _village_to_be_replaced(visitor: Visitor) -> str:
    """Say that a village gets another code in a month."""
    page, today = visitor.page, _today(visitor)
    visitor.go(f"/regions/{VILLAGE}/code/")
    page.fill("[name=code]", f"{VILLAGE[:-3]}299")
    page.fill("[name=name]", "锦绣村")
    page.fill("[name=on]", str(today + timedelta(days=30)))
    story.sent(page)
    return f"/regions/{VILLAGE}/"


def _today(visitor: Visitor) -> date:
    """Return the day the site has."""
    visitor.go("/exchange/send/")
    return date.fromisoformat(visitor.page.input_value("[name=made_on]"))


def _villages_grouped(visitor: Visitor) -> None:
    """Name a grouping of one village."""
    page = visitor.page
    visitor.go("/regions/groupings/")
    page.fill("[name=name]", "沿河片区")
    page.fill("[name=key]", "river")
    page.fill("[name=codes]", VILLAGE)
    page.fill("[name=document]", "县府办发2026年12号")
    story.sent(page)


def _sheets_sent(visitor: Visitor, codes: Iterable[str], folder: Path) -> None:
    """Send the filled sheet of each kind back as it was handed out."""
    page = visitor.page
    for kind in sorted(code.replace("_", "-") for code in codes):
        sheet = folder / f"{kind}.xlsx"
        answer = page.request.get(f"{visitor.site.address}/sheets/{kind}/?as=filled")
        sheet.write_bytes(answer.body())
        visitor.go(f"/sheets/{kind}/new/")
        page.set_input_files("input[name=file]", sheet)
        story.sent(page)
        # A large one is compared by a worker.
        expect(page.locator("progress")).to_have_count(0)


def _lists_sent(visitor: Visitor, folder: Path) -> list[str]:
    """Send a sheet without its first household, and a list nobody knows.

    Returns where the two lie, and the file that was handed out.
    """
    page, sheet = visitor.page, folder / "sheet.xlsx"
    visitor.go("/exchange/sheet/")
    page.locator("select[name=region]").select_option(VILLAGE)
    page.locator("main form button.btn-primary").first.click()
    fetch = page.locator("form[action$='/fetch/'] button").first
    expect(fetch).to_be_visible()
    handed_out = _path(page.url)
    with page.expect_download(timeout=PATIENCE_MS) as download:
        fetch.click()
    download.value.save_as(sheet)
    # Only what the national system was told of can be missing from its export.
    visitor.go(f"/exchange/keying/?village={VILLAGE}")
    page.locator("input[data-ticks]").check()
    page.locator("form[action$='/keying/done/'] button").click()
    expect(page.locator("main [role=status].alert-success").first).to_be_visible()
    _spoiled(sheet)
    foreign = folder / "list.csv"
    foreign.write_text(_FOREIGN_LIST, encoding="utf-8")
    return [
        handed_out,
        _list_sent(visitor, sheet, "national"),
        _list_sent(visitor, foreign, "list"),
    ]


def _spoiled(sheet: Path) -> None:
    """Leave out the first household, and make a cell of the next unreadable."""
    book = load_workbook(sheet)
    rows, persons = book["户"], book["人"]
    first = rows.cell(2, 1).value
    rows.delete_rows(2)
    for at in range(persons.max_row, 1, -1):
        if persons.cell(at, 1).value == first:
            persons.delete_rows(at)
    header = [str(c.value or "") for c in rows[1]]
    rows.cell(2, header.index("住房面积") + 1).value = "很大"
    book.save(sheet)


def _list_sent(visitor: Visitor, file: Path, origin: str) -> str:
    page = visitor.page
    visitor.go("/exchange/send/")
    page.set_input_files("input[name=file]", file)
    page.check(f"input[name=origin][value={origin}]")
    story.sent(page)
    upload = _path(page.url)
    expect(page.locator("progress")).to_have_count(0)
    return upload


def _person_found(visitor: Visitor, people: str, whom: str) -> str:
    """Return the page of somebody of the cast, by user name."""
    visitor.go(people)
    row = visitor.page.locator(
        "main tbody tr", has=visitor.page.get_by_text(whom, exact=True)
    )
    return f"{row.locator('a').first.get_attribute('href')}"


def _path(address: str) -> str:
    return urlsplit(address).path
