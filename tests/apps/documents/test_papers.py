"""Cards and data sheets: what stands on them for whom, on how many pages."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from docx import Document
from docx.shared import Mm
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption
from tests.factories.documents import make_asked
from tests.factories.moments import NOON
from tests.factories.registry import (
    CHILD,
    HEAD,
    VILLAGE,
    make_clerk,
    make_household,
    make_income_statement,
)

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.documents import services as documents
from xiuhua.apps.documents.card import card, code_of
from xiuhua.apps.documents.data_sheet import data_sheet
from xiuhua.apps.documents.rules import PaperRefused
from xiuhua.apps.documents.typesetting import cards_pdf, sheet_pdf
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.services.withheld import withheld_reveal
from xiuhua.apps.registry.withholding import Withheld


pytestmark = pytest.mark.usefixtures("each_database")
NUMBER = str(HEAD["id_number"])
SECRETS = {"bank_account": "6222020000000000000", "main_cause": "illness"}


@pytest.fixture(autouse=True)
def _county(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with region_scope(["990101"]):
        yield


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def of_size(members: int, name: str = "王小明") -> Household:
    head = HEAD | {"name": name, "health": "healthy"}
    children = [CHILD | {"name": f"王丽{n}"} for n in range(members - 1)]
    return make_household(
        persons=[head, *children][:members], values=SECRETS | {"phone": "13912345678"}
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("members", [0, 1, 12, 40])
def test_a_household_of_any_size_is_one_sheet(members, language):
    household = of_size(members, "买买提·阿卜杜拉·吐尔逊江·艾合买提" * 3)
    if members:
        make_income_statement(household)

    asked = make_asked(language=language, invented=True)

    assert pages(cards_pdf([card(household, asked)], day=asked.day)) == 1


def test_cards_of_several_households_are_as_many_sheets():
    asked, households = make_asked(), [of_size(n) for n in (1, 5, 2)]

    cards = [card(h, asked) for h in households]

    assert pages(cards_pdf(cards, day=asked.day)) == 3
    assert cards_pdf(cards, day=asked.day) == cards_pdf(cards, day=asked.day)


@pytest.mark.parametrize(
    ("role", "region", "sector", "full"),
    [
        ("township_clerk", VILLAGE[:9], "", True),
        ("helper", VILLAGE, "", True),
        ("sector_bureau", "990101", "water", False),
    ],
)
def test_a_card_is_masked_for_whoever_makes_it(role, region, sector, full):
    household = of_size(2)

    said = str(card(household, make_asked(make_post(role, region, sector=sector))))

    assert ("王小明" in said) is full
    assert ("13912345678" in said) is full
    assert ("1933-03-19" in said) is full
    assert "王**" in said or full


def test_no_secret_stands_on_a_card_whoever_makes_it():
    said = str(card(of_size(2), make_asked()))

    for secret in (NUMBER, NUMBER[6:14], SECRETS["bank_account"], "healthy", "Healthy"):
        assert secret not in said


def test_the_code_holds_the_address_and_nothing_else():
    household = of_size(1)

    said = card(household, make_asked())

    address = f"https://county.example/households/{household.pk}/"
    assert said["code"] == code_of(address)
    assert household.number not in address
    assert said["code"].startswith("<svg")


def test_what_is_not_known_is_said():
    said = card(make_household(values={}, persons=[]), make_asked())

    assert {fact[1] for fact in said["facts"]} == {"not known"}
    assert said["income"]["rows"] == []


def test_net_income_is_not_known_while_a_part_is_not():
    household = of_size(2)
    amounts = {"business_income": "500", "property_income": "0"}
    amounts |= {"transfer_income": "80", "business_expense": "100"}
    make_income_statement(household, values=amounts)
    window = {"window_from": date(2018, 10, 1), "window_to": date(2019, 10, 1)}
    full = amounts | {"wage_income": "1000"}
    make_income_statement(household, values=full, **window)

    rows = card(household, make_asked())["income"]["rows"]

    assert rows[0][0] == "2018-10 – 2019-09"
    assert rows[0][-2:] == ["1,480.00", "740.00"]
    assert rows[1][-2:] == ["not known", "not known"]


def test_a_card_says_what_the_standards_found():
    make_adoption()
    household = of_size(2)
    asked = make_asked(language="zh")

    ((standard, verdict, open_ones, day),) = card(household, asked)["verdicts"]

    assert verdict in ("未达标", "情况不明")
    assert "贫困户" in standard or "脱贫" in standard or "退出" in standard
    assert "住房安全有保障 (情况不明)" in open_ones
    assert "overall" not in open_ones
    assert day == "2019-06-23"


def test_the_card_for_word_holds_what_the_card_says():
    household, by = of_size(12, "赵 <&> 学文"), make_clerk()
    make_income_statement(household)

    content = documents.card_make(
        household_id=household.pk, form="docx", asked=make_asked(by), by=by, at=NOON
    )

    document = Document(io.BytesIO(content))
    words = [p.text for p in document.paragraphs]
    rows = [[c.text for c in r.cells] for t in document.tables for r in t.rows]
    assert any("赵 <&> 学文" in line for line in words)
    assert sum(row[0].startswith("王丽") for row in rows) == 11
    assert ["Main cause of poverty", "Illness"] in rows
    label, value = document.tables[0].rows[0].cells
    assert label.width * 2 < value.width
    # Every table has the whole width, and those with heads have them on every page.
    assert rows[-1] == ["–"] * 4
    for table in document.tables:
        assert round(sum(c.width for c in table.rows[-1].cells) / Mm(1)) == 182
    assert sum("w:tblHeader" in row._tr.xml for row in document.tables[1].rows) == 1
    assert document.core_properties.comments == ""
    assert not re.search(r"\{[{%]", str(words) + str(rows))
    assert NUMBER not in str(words) + str(rows)


def test_an_offices_own_template_is_used_and_a_broken_one_is_said(settings):
    household, by = of_size(1), make_clerk()
    path = settings.DATA_DIR / "documents" / "card-en.docx"

    def made(words: str) -> list[str]:
        path.parent.mkdir(exist_ok=True)
        document = Document()
        document.add_paragraph(words)
        document.save(path)
        content = documents.card_make(
            household_id=household.pk, form="docx", asked=make_asked(by), by=by, at=NOON
        )
        return [p.text for p in Document(io.BytesIO(content)).paragraphs]

    assert made("Our office: {{ head }}") == ["Our office: 王小明"]
    for broken in ("{{ head", "{{ head.__class__.__mro__ }}", "{% import os %}"):
        with pytest.raises(PaperRefused):
            made(broken)


def test_a_data_sheet_says_everything_and_who_saw_it():
    household, by = of_size(2), make_clerk()
    person = Person.unscoped.get(household=household, name="王小明")
    make_income_statement(household)
    withheld_reveal(
        household_id=household.pk,
        wanted=[Withheld("id_number", person.pk)],
        reason="payment",
        explanation="发放低保金",
        by=by,
        at=NOON,
    )

    asked = make_asked(by)
    said = data_sheet(person, household, asked)

    about_you = {line[0]: line[1:] for line in said["sections"][0][1]}
    assert about_you["ID number"][:3] == [NUMBER, "2019-06-23", "2019-01-01"]
    assert "Township clerk" in about_you["ID number"][3]
    household_lines = str(said["sections"][1])
    assert SECRETS["bank_account"] in household_lines
    assert "12,000.00 yuan" in str(said["income"])
    ((_, who, what, why),) = said["seen"]
    assert "Township clerk" in who
    assert (what, why) == ("ID number", "Paying a subsidy · 发放低保金")
    for language in ("zh", "en"):
        asked = make_asked(by, language=language)
        assert pages(sheet_pdf(data_sheet(person, household, asked), day=asked.day)) > 0


def test_the_sheet_names_its_own_making():
    household, by = of_size(1), make_clerk()
    person = Person.unscoped.get(household=household)
    make = {"person_id": person.pk, "asked": make_asked(by), "by": by, "at": NOON}

    assert documents.sheet_make(**make, reason="本人书面申请").startswith(b"%PDF-")
    with pytest.raises(PaperRefused):
        documents.sheet_make(**make, reason="")

    ((_, _, what, why),) = data_sheet(person, household, make_asked(by))["seen"]
    assert (what, why) == ("This sheet", "本人书面申请")
