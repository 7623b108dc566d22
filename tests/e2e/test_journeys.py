"""The main tasks of a county in a browser.

What a person reads is Chinese here, as it is at the desk.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from tests.e2e import story
from tests.e2e.site import PATIENCE_MS, PHONE, Visitor, cut_off, refused, visiting

from xiuhua.demo.places import TOWNSHIP


pytestmark = [pytest.mark.chromium, pytest.mark.timeout(1500)]


def test_a_household_is_found_by_initials_with_the_keyboard_alone(sized):
    sized.go("/households/")
    head = sized.page.locator("main tbody tr a").first.inner_text().strip()
    sized.page.locator("input[name=find]").focus()
    sized.page.keyboard.type(head)
    sized.page.keyboard.press("Enter")
    expect(sized.page.locator("main tbody tr a").first).to_have_text(head)

    sized.page.locator("main tbody tr a").first.focus()
    sized.page.keyboard.press("Enter")

    expect(sized.page.locator("h1")).to_have_text(head)


def test_an_unmet_light_opens_into_reason_and_clause(sized):
    sized.go("/households/1/")
    light = sized.page.locator("details", has_text="住房安全有保障").first

    light.locator("summary").focus()
    sized.page.keyboard.press("Enter")

    expect(light).to_contain_text("住房鉴定等级")
    expect(light).to_contain_text("两不愁三保障")


def test_the_command_room_drills_from_county_to_household(sized):
    sized.go("/room/")
    sized.page.locator("main tbody a[href^='/room/']").first.click()
    expect(sized.page.locator("h1")).to_contain_text("镇")
    sized.page.locator("main tbody a[href^='/room/']").first.click()
    expect(sized.page.locator("h1")).to_contain_text("村")

    sized.page.locator("main a[href^='/households/?']").first.click()

    expect(sized.page.locator("h1")).to_have_text("户档案")
    assert sized.page.locator("main tbody tr a").count() > 0


def test_correcting_a_fact_changes_the_verdict_and_leaves_a_trace(office):
    office.go("/households/1/facts/housing/")
    old = office.page.input_value("select[name=housing_grade]")
    new = "A" if old != "A" else "C"
    office.page.select_option("select[name=housing_grade]", new)
    office.page.press("select[name=housing_grade]", "Enter")
    office.page.locator("main form button.btn-primary").first.click()
    office.page.wait_for_url("**/households/1/")

    light = office.page.locator("details", has_text="住房安全有保障").first
    expect(light).to_contain_text("未达标" if new == "C" else "达标")
    office.go("/households/1/history/")
    expect(office.page.locator("main")).to_contain_text("住房鉴定等级")
    expect(office.page.locator("main")).to_contain_text("绣知行")
    expect(office.page.locator("main")).to_contain_text("县扶贫办")


def test_a_stale_form_is_told_what_changed(office, browser, site):
    office.go("/households/2/facts/water/")
    with visiting(browser, site, "county_office") as other:
        other.go("/households/2/facts/water/")
        other.page.fill("input[name=water_round_trip]", "17")
        other.page.locator("main form button.btn-primary").first.click()
        other.page.wait_for_url("**/households/2/")

    office.page.fill("input[name=water_round_trip]", "11")
    with refused(office, 409):
        office.page.locator("main form button.btn-primary").first.click()

    changed = office.page.locator("main tbody tr")
    expect(changed).to_contain_text(["取水往返时间"])
    expect(changed).to_contain_text(["17"])
    expect(changed).to_contain_text(["绣知行"])
    office.go("/households/2/")
    assert "17.0" in office.text()


def test_a_new_household_is_registered_and_asks_for_what_is_not_known(sized):
    sized.go("/households/new/")
    sized.page.select_option("select[name=village]", index=1)
    sized.page.fill("input[name=name]", "绣新户")
    sized.page.locator("main form button.btn-primary").first.click()

    expect(sized.page.locator("h1")).to_have_text("绣新户")
    expect(sized.page.locator("main")).to_contain_text("未知")


def test_wrong_input_is_named_beside_its_field(sized):
    sized.go("/households/new/")
    sized.page.select_option("select[name=village]", index=1)
    sized.page.fill("input[name=name]", "绣错号")
    sized.page.fill("input[name=id_number]", "990621199001011234")
    with refused(sized, 422):
        sized.page.locator("main form button.btn-primary").first.click()

    wrong = sized.page.locator("input[name=id_number]")
    expect(wrong).to_have_attribute("aria-invalid", "true")


def test_a_sheet_is_fetched_corrected_sent_taken_over_and_taken_back(office, tmp_path):
    sheet = _sheet_of_a_village(office, tmp_path)
    household, group = _changed(sheet)

    office.go("/exchange/send/")
    office.page.set_input_files("input[name=file]", sheet)
    office.page.check("input[name=origin][value=own]")
    office.page.locator("main form button.btn-primary").first.click()
    office.page.get_by_role("button", name="入库", exact=True).click(
        timeout=PATIENCE_MS
    )
    back = office.page.get_by_role("button", name="撤回入库", exact=True)
    expect(back).to_be_visible()
    upload = office.page.url
    assert group in _household_page(office, household)

    office.page.goto(upload)
    back.click()
    expect(office.page.locator("#main")).to_contain_text("已撤回")
    assert group not in _household_page(office, household)


def _sheet_of_a_village(visitor: Visitor, folder: Path) -> Path:
    visitor.go("/exchange/sheet/")
    names = visitor.page.locator("select[name=region] option").all_inner_texts()
    village = next(n for n in names if "村" in n)
    visitor.page.select_option("select[name=region]", label=village)
    visitor.page.locator("main form button.btn-primary").first.click()
    fetch = visitor.page.locator("form[action$='/fetch/'] button").first
    expect(fetch).to_be_visible()
    with visitor.page.expect_download(timeout=PATIENCE_MS) as download:
        fetch.click()
    sheet = folder / "sheet.xlsx"
    download.value.save_as(sheet)
    return sheet


def _changed(sheet: Path) -> tuple[str, str]:
    """Write another group for the first household; return its number and the group."""
    book = load_workbook(sheet)
    rows = book["户"]
    header = [str(c.value or "") for c in rows[1]]
    number, group = header.index("户编号"), header.index("组")
    rows.cell(2, group + 1).value = "绣针九组"
    book.save(sheet)
    return str(rows.cell(2, number + 1).value), "绣针九组"


def _household_page(visitor: Visitor, number: str) -> str:
    visitor.go("/households/")
    visitor.page.fill("input[name=find]", number)
    visitor.page.press("input[name=find]", "Enter")
    expect(visitor.page.locator("main tbody tr")).to_have_count(1)
    visitor.page.locator("main tbody tr a").first.click()
    visitor.page.wait_for_url(re.compile(r"/households/\d+/"))
    return visitor.text()


def test_the_county_is_screened_and_the_run_is_kept(office):
    office.go("/screening/runs/new/")
    office.page.get_by_role("button", name="开始筛查").first.click()
    office.page.wait_for_url(re.compile(r"/screening/runs/\d+/"))

    expect(office.page.locator("#main")).to_contain_text("已完成")


def test_a_fault_leads_to_its_mend(sized):
    sized.go("/data-health/")
    sized.page.locator("main a[href*='/data-health/faults/']").first.click()
    sized.page.locator("main tbody a[href*='/households/']").first.click()

    expect(sized.page).to_have_url(re.compile(r"/households/\d+/"))


def test_the_card_of_a_household_prints_as_pdf_and_word(office, tmp_path):
    office.go("/households/1/")
    kinds = {}
    for name in ("户卡（PDF）", "户卡（Word）"):
        office.page.locator("#papers:not([open]) > summary").click()
        with office.page.expect_download(timeout=PATIENCE_MS) as download:
            office.page.get_by_role("button", name=name).click()
        office.page.keyboard.press("Escape")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        kinds[name] = path

    assert kinds["户卡（PDF）"].read_bytes().startswith(b"%PDF")
    assert "word/document.xml" in zipfile.ZipFile(kinds["户卡（Word）"]).namelist()


def test_showing_a_number_is_on_record_without_the_number(office, browser, site):
    office.go("/households/3/withheld/")
    office.page.locator("input[name=wanted]").first.check()
    office.page.select_option("select[name=reason]", index=1)
    office.page.fill("input[name=explanation]", "核对证件")
    office.page.locator("main form button.btn-primary").first.click()
    shown = office.page.locator("main dd").first.inner_text().strip()
    assert shown

    with visiting(browser, site, "audit_administrator") as auditor:
        auditor.go("/audit/")
        expect(auditor.page.locator("main")).to_contain_text("county_office")
        assert shown not in auditor.page.content()


def test_a_village_sees_its_village_and_nothing_beside_it(browser, site):
    with visiting(browser, site, "county_office") as visitor:
        visitor.go(f"/households/?part={TOWNSHIP[:-3]}101")
        beside = visitor.page.locator("main tbody tr a").first.get_attribute("href")
        assert visitor.go(beside).status == 200
    with visiting(browser, site, "village_secretary", size="phone") as visitor:
        visitor.go("/households/")
        expect(visitor.page.locator("main tbody tr").first).to_be_visible()
        villages = visitor.page.locator("main td[data-l='村']").all_inner_texts()
        answer = visitor.go(beside)

    assert len(set(villages)) == 1
    assert answer.status == 404


def test_the_story_from_shortfall_to_strike_off(browser, site):
    with visiting(browser, site, "first_secretary", size="phone") as visitor:
        household = story.household_found(visitor)
        plan = story.plan_agreed(visitor)
        measure = story.measure_delivered(visitor, plan)
        assert visitor.complaints == []
    with visiting(browser, site, "township_leader") as visitor:
        story.stepped(visitor.page, measure, "check_off")
    with visiting(browser, site, "county_office") as visitor:
        problem = story.problem_registered(visitor, household)
    with visiting(browser, site, "township_clerk", size="phone") as visitor:
        story.problem_rectified(visitor, problem)
        visitor.page.goto(problem)
        strike_off = visitor.page.locator("a[href$='/act/strike_off/']")
        expect(strike_off).to_have_count(0)
        assert visitor.complaints == []
    with visiting(browser, site, "county_office") as visitor:
        story.told(visitor.page, problem, "strike_off")
        expect(visitor.page.locator(".states").first).to_contain_text("已销号")
        visitor.go("/ledger/reconciliation/")
        expect(visitor.page.locator("main .state.good").first).to_contain_text("平衡")
        assert visitor.page.locator("main .state.bad").count() == 0
        assert visitor.complaints == []


def test_english_by_the_switch_and_back(sized):
    sized.go("/room/")
    sized.page.get_by_role("button", name="English").click()
    expect(sized.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    sized.go("/households/")
    expect(sized.page.locator("h1")).to_have_text("Households")


def test_what_was_typed_survives_the_end_of_the_session(sized, browser, site):
    page = sized.page
    page.clock.install()
    sized.go("/households/1/facts/housing/")
    # What is recorded already is refused: another area at the desk than on the phone.
    area = str(page.viewport_size["width"] // 10)
    page.fill("input[name=dwelling_area]", area)
    page.clock.fast_forward("30:00")
    kept = page.context.cookies()
    page.context.clear_cookies()

    page.locator("main form button.btn-primary").first.click()

    expect(page.locator("main > [role=alert]")).to_contain_text("登录已失效")
    expect(page.locator("input[name=dwelling_area]")).to_have_value(area)
    page.context.add_cookies(kept)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url("**/households/1/")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_the_first_wrong_field_has_the_focus(office):
    office.go("/households/new/")
    office.page.locator("main form").last.evaluate(
        "form => { form.noValidate = true; }"
    )
    with refused(office, 422):
        office.page.locator("main form button.btn-primary").first.click()

    wrong = office.page.locator("[aria-invalid=true]").first
    expect(wrong).to_be_focused()
    expect(office.page.locator(".field-error").first).to_have_text("请填写此项。")


def test_a_file_goes_on_where_the_network_broke_off(office, tmp_path):
    body = b"%PDF-1.7 " + b"x" * 900_000
    (tmp_path / "paper.pdf").write_bytes(body)
    arrived: list[int] = []

    def chunk(route: Any) -> None:
        arrived.append(int(route.request.headers["upload-offset"]))
        # The second chunk is lost on the way, and so is the network.
        route.abort() if len(arrived) == 2 else route.continue_()

    page = office.page
    page.route("**/files/sendings/*/", chunk)
    office.go("/households/1/files/")
    page.set_input_files("input[name=file]", tmp_path / "paper.pdf")
    with cut_off(office):
        page.locator("form[data-sendings] button").click()
        page.wait_for_url("**/households/1/#files", timeout=PATIENCE_MS)

    # Asked again from the same byte, then on to the end: nothing twice, nothing lost.
    assert arrived[1] == arrived[2] == 256 * 1024
    assert arrived[2:] == sorted(set(arrived[2:]))
    expect(page.locator("#files tbody tr")).to_have_count(1)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_file_is_taken_up_after_the_page_was_closed(office, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7 " + b"y" * 900_000)
    page = office.page
    page.route("**/files/sendings/*/", lambda route: route.continue_())
    office.go("/households/2/files/")
    page.set_input_files("input[name=file]", tmp_path / "paper.pdf")
    with page.expect_response("**/files/sendings/*/"):
        page.locator("form[data-sendings] button").click()
    with cut_off(office):
        page.context.set_offline(True)
        expect(page.locator("[data-progress]")).to_contain_text("网络中断")
        kept = page.evaluate("JSON.parse(Object.values(localStorage)[0])")
        assert sorted(kept) == ["key", "received"]
        page.context.set_offline(False)
        office.go("/households/2/files/")
    expect(page.locator("[data-progress]")).to_contain_text("上次传送在此中断")

    page.set_input_files("input[name=file]", tmp_path / "paper.pdf")
    page.locator("form[data-sendings] button").click()

    page.wait_for_url("**/households/2/#files", timeout=PATIENCE_MS)
    expect(page.locator("#files tbody tr")).to_have_count(1)


def test_my_work_is_the_start_of_a_helper_on_the_phone(browser, site):
    with visiting(browser, site, "helper", size="phone") as visitor:
        assert visitor.page.url.endswith("/mine/")
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        for act in visitor.page.locator(".work-acts .btn").all():
            box = act.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        visitor.page.get_by_role("link", name="打印本周任务").click()
        visitor.page.wait_for_url("**/mine/week/")
        assert visitor.complaints == []
