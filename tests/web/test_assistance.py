"""Pages of who helps: pairings, what is missing, helpers, the household's card."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.urls import reverse
from tests.factories.accounts import make_user
from tests.factories.assistance import (
    COUNTY,
    make_helper,
    make_pairing,
    make_team_member,
    make_unit,
)
from tests.factories.registry import CHILD, HEAD, VILLAGE, make_household
from tests.web.households import browser, get, post

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper


pytestmark = pytest.mark.usefixtures("each_database")
ONCE = re.compile(r'name="(once|version|replaces)" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


def family(**said):
    with region_scope(EVERYWHERE):
        return make_household(persons=[HEAD | {"id_number": None}, CHILD], **said)


def filled(client, address, **said):
    """Open a form, fill it in, send it; return the answer."""
    page = get(client, address)
    assert page.status_code == 200
    return post(client, address, dict(ONCE.findall(page.content.decode())) | said)


def text(client, name, *args, query=""):
    page = get(client, reverse(f"assistance:{name}", args=args) + query)
    assert page.status_code == 200
    return page.content.decode()


def test_the_overview_counts_households_nobody_helps(office):
    with region_scope(EVERYWHERE):
        make_pairing(household=family())
    family()

    page = text(office, "index")

    assert re.search(r'figure-number bad">1<', page)
    assert f"region={VILLAGE[:9]}" in page
    assert text(office, "index", query=f"?region={VILLAGE}").count("uncovered/") == 3


def test_a_household_is_paired_shown_and_given_to_another(office):
    home = family()
    with region_scope(EVERYWHERE):
        first, second = make_helper(), make_helper()
    address = reverse("assistance:pair", args=[home.pk])

    led = filled(office, address, helper=first.number, starts_on="2019-05-01")
    assert led["Location"] == f"/households/{home.pk}/#helped"
    card = get(office, led["Location"]).content.decode()
    assert first.name in card
    assert first.unit.name in card

    filled(office, address, helper=second.name, starts_on="2019-06-01")
    card = get(office, led["Location"]).content.decode()
    assert card.index(second.name) < card.index(first.name)
    assert "another helper took over" in card


def test_a_form_sent_twice_pairs_once_and_a_stale_one_says_so(office):
    home = family()
    with region_scope(EVERYWHERE):
        helper, other = make_helper(), make_helper()
    address = reverse("assistance:pair", args=[home.pk])
    page = get(office, address).content.decode()
    said = dict(ONCE.findall(page)) | {"starts_on": "2019-05-01"}

    for _ in range(2):
        assert (
            post(office, address, said | {"helper": helper.number}).status_code == 302
        )
    stale = said | {"helper": other.number, "once": "x" * 43}
    answer = post(office, address, stale)

    assert answer.status_code == 422
    assert "somebody else paired the household meanwhile" in answer.content.decode()
    with region_scope(EVERYWHERE):
        assert Pairing.objects.get().helper == helper


def test_a_refusal_and_an_unclear_name_stand_at_the_form(office):
    home = make_household()
    with region_scope(EVERYWHERE):
        for _ in range(2):
            make_helper(name="同名")
        own = make_helper(id_number=HEAD["id_number"])
    address = reverse("assistance:pair", args=[home.pk])

    for name, words in (
        (own.number, "nobody helps their own household"),
        ("同名", "Several are called so"),
        ("无此人", "No helper has this name"),
    ):
        answer = filled(office, address, helper=name, starts_on="2019-05-01")
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_a_pairing_ends_and_its_household_stands_in_the_list(office):
    with region_scope(EVERYWHERE):
        pairing = make_pairing(household=family())
    address = reverse("assistance:pairing_end", args=[pairing.pk])

    filled(office, address, ended_on="2019-06-01", reason="left")

    assert pairing.household.number in text(office, "uncovered")
    assert pairing.household.number in text(office, "pairings", query="?running=over")
    assert "Nothing here yet" not in text(office, "pairings")


def test_the_list_goes_to_excel_as_it_is_shown(office):
    with region_scope(EVERYWHERE):
        pairing = make_pairing(household=family())

    answer = get(office, reverse("assistance:pairings") + "?running=now&as=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.worksheets[0].values)

    assert len(rows) == 2
    assert pairing.household.number in rows[1]
    assert pairing.helper.name in rows[1]


def test_helpers_are_found_by_initials_and_never_in_an_address(office):
    with region_scope(EVERYWHERE):
        found, other = make_helper(name="欧阳帮"), make_helper()
    led = post(office, reverse("assistance:helpers"), {"find": "oyb"})

    assert "oyb" not in led["Location"]
    page = get(office, led["Location"]).content.decode()
    assert found.number in page
    assert other.number not in page


def test_helpers_are_taken_over_from_the_archive(office):
    home = family(values={"helper_name": "李强", "helper_unit": "县水务局"})

    filled(office, reverse("assistance:seed"), starts_on="2019-05-01")

    assert home.number not in text(office, "uncovered")
    assert "县水务局" in text(office, "units")


def test_a_helper_is_entered_corrected_and_leaves(office):
    with region_scope(EVERYWHERE):
        unit = make_unit("县水务局")
        user = make_user("qiang.li")
    browser("helper", VILLAGE, user=user)
    said = {"unit": str(unit.pk), "name": "李强", "username": "qiang.li"}

    made = filled(office, reverse("assistance:helper_enter"), **said, rank="staff")
    helper = Helper.unscoped.get()
    assert made["Location"] == reverse("assistance:helper", args=[helper.pk])
    assert (helper.user, helper.name_initials) == (user, "lq")
    wrong = filled(
        office,
        reverse("assistance:helper_enter"),
        **said | {"username": "nobody", "id_number": "1"},
    )
    assert wrong.status_code == 422
    address = reverse("assistance:helper_correct", args=[helper.pk])
    filled(office, address, **said, id_number=HEAD["id_number"])
    page = text(office, "helper", helper.pk)
    assert "known, withheld" in page
    assert HEAD["id_number"] not in page
    address = reverse("assistance:helper_left", args=[helper.pk])
    filled(office, address, left_on="2019-06-01")
    assert "2019-06-01" in text(office, "helper", helper.pk)


def test_a_unit_is_entered_and_corrected(office):
    make_team_member_region()
    filled(office, reverse("assistance:unit_enter"), name="县医院")
    with region_scope(EVERYWHERE):
        unit = make_unit("县学校")
    address = reverse("assistance:unit_correct", args=[unit.pk])
    taken = filled(office, address, name="县医院")
    assert taken.status_code == 422
    filled(office, address, name="县一中", affiliation="县教育局")

    page = text(office, "units")
    assert "县一中" in page
    assert "县医院" in page


def make_team_member_region():
    with region_scope(EVERYWHERE):
        make_team_member()


def test_close_kin_are_stated_and_kept_from_helping(office):
    home = family()
    with region_scope(EVERYWHERE):
        helper = make_helper()
    address = reverse("assistance:kin", args=[home.pk])
    filled(office, address, helper=helper.number, relation="兄弟")

    answer = filled(
        office,
        reverse("assistance:pair", args=[home.pk]),
        helper=helper.number,
        starts_on="2019-05-01",
    )

    assert "nobody helps close kin" in answer.content.decode()


def test_a_bureau_sees_surnames_alone_and_changes_nothing():
    with region_scope(EVERYWHERE):
        pairing = make_pairing(make_helper(phone="13900001111"), family())
    bureau = browser("sector_bureau", COUNTY, sector="water")

    for address in (
        reverse("assistance:pairings"),
        reverse("assistance:helper", args=[pairing.helper_id]),
        reverse("households:page", args=[pairing.household_id]),
    ):
        page = get(bureau, address).content.decode()
        assert pairing.helper.name not in page
        assert "13900001111" not in page
    address = reverse("assistance:pair", args=[pairing.household_id])
    assert get(bureau, address).status_code == 403


def test_a_helper_elsewhere_is_not_there():
    with region_scope(EVERYWHERE):
        pairing = make_pairing(household=family())
        unit = make_unit(region="990102")
    beside = browser("township_clerk", "990102101")

    for name, key in (
        ("helper", pairing.helper_id),
        ("pairing_end", pairing.pk),
        ("pair", pairing.household_id),
    ):
        page = get(beside, reverse(f"assistance:{name}", args=[key]))
        assert page.status_code == 404
    assert unit.name in text(beside, "units")
