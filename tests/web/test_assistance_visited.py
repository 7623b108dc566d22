"""From a visit on: its papers, the problem it found, what is owed, forms on paper."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.factories.accounts import make_user
from tests.factories.assistance import (
    COUNTY,
    make_helper,
    make_office,
    make_pairing,
    make_team_member,
    make_visit_drive,
)
from tests.factories.attachments import PDF
from tests.factories.moments import NOON
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE
from tests.web.households import browser, get, post
from tests.web.test_assistance import family, filled, text

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Visit
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.registry.services.moves import household_move


pytestmark = pytest.mark.usefixtures("each_database")
OTHER = f"{COUNTY}101202"


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def office():
    return browser("county_office", COUNTY)


@pytest.fixture
def secretary():
    return browser("village_secretary", VILLAGE)


def everywhere():
    return region_scope(EVERYWHERE)


def helped():
    """Return a family with its helper."""
    pairing = make_pairing(household=family())
    return pairing.household, pairing.helper


def visited(client, home, helper, **said):
    """Say that a family was visited today; return the visit."""
    day = f"{timezone.localtime():%Y-%m-%d}"
    usual = {"helper": helper.number, "kind": "call", "made_on": day}
    usual |= {"findings": "屋顶漏雨", "mending": "on"}
    address = reverse("assistance:visit_record", args=[home.pk])
    assert filled(client, address, **usual | said).status_code == 302
    with everywhere():
        return Visit.objects.latest("pk")


def test_a_finding_goes_onto_the_ledger_with_one_press_and_both_lead_to_each_other(
    secretary,
):
    with everywhere():
        home, helper = helped()
    visit = visited(secretary, home, helper)
    assert "屋顶漏雨" in text(secretary, "asking")
    register = f"{reverse('ledger:register')}?visit={visit.pk}"
    assert register in get(secretary, reverse("mine:index")).content.decode()

    form = get(secretary, register).content.decode()
    assert "屋顶漏雨" in form
    assert 'value="visit" selected' in form
    said = {"region": VILLAGE, "source": "visit", "found_on": visit.made_on}
    said |= {"kind": "guarantees", "description": "屋顶漏雨，需修缮"}
    led = filled(secretary, register, **said)

    with everywhere():
        problem = Problem.objects.get()
    assert led["Location"] == reverse("ledger:page", args=[problem.pk])
    page = get(secretary, led["Location"]).content.decode()
    assert reverse("assistance:visit", args=[visit.pk]) in page
    page = text(secretary, "visit", visit.pk)
    for words in (problem.number, "taken up in the ledger", "put onto the ledger"):
        assert words in page
    assert "屋顶漏雨" not in text(secretary, "asking")


def test_a_helper_asks_for_mending_and_registers_nothing():
    user = make_user("looks.closely")
    client = browser("helper", VILLAGE, user=user)
    with everywhere():
        home = family()
        make_pairing(make_helper(user=user), home)
    assert "0 / 2" in get(client, reverse("mine:index")).content.decode()
    with everywhere():
        visit = visited(client, home, user.helper)

    assert "Register a problem" not in text(client, "visit", visit.pk)
    assert "1 / 2" in get(client, reverse("mine:index")).content.decode()
    register = f"{reverse('ledger:register')}?visit={visit.pk}"
    assert get(client, register).status_code == 403


def test_a_paper_stands_with_the_visit_and_with_the_household(secretary):
    with everywhere():
        home, helper = helped()
    visit = visited(secretary, home, helper)
    address = reverse("assistance:visit_paper", args=[visit.pk])
    file = SimpleUploadedFile("走访.pdf", PDF, "application/pdf")

    assert filled(secretary, address, file=file, mask="personal").status_code == 302

    assert "走访.pdf" in text(secretary, "visit", visit.pk)
    page = get(secretary, reverse("households:page", args=[home.pk])).content.decode()
    assert "走访.pdf" in page
    assert page.count(reverse("assistance:visit", args=[visit.pk])) == 2
    empty = SimpleUploadedFile("x.exe", b"MZ\x90", "application/pdf")
    refused = filled(secretary, address, file=empty, mask="personal")
    assert refused.status_code == 422


def test_forms_are_printed_empty(secretary):
    with everywhere():
        home = family()
        member = make_team_member()
        make_pairing(member.helper, home)
    for query in ("", f"?household={home.pk}", f"?helper={member.helper_id}"):
        page = text(secretary, "visit_sheets", query=query)
        assert home.number in page
        assert member.helper.name in page
    visited(secretary, home, member.helper)
    sheet = text(secretary, "roster_sheet", member.team_id, 2019, 6)
    assert member.helper.name in sheet
    assert '<th scope="col">30</th>' in sheet
    assert '<th scope="col">31</th>' not in sheet
    wrong = reverse("assistance:roster_sheet", args=[member.team_id, 2019, 13])
    assert get(secretary, wrong).status_code == 404


def test_a_household_that_moved_is_listed_until_its_helper_is_settled(office):
    make_region(OTHER)
    with everywhere():
        pairing = make_pairing(household=family())
        home = pairing.household
        household_move(
            household_id=home.pk,
            version=home.version,
            village=OTHER,
            valid_from=date(2019, 5, 1),
            by=make_office(),
            at=NOON,
        )
    assert home.number in text(office, "moved")
    assert "helped from the old village" in text(office, "index")
    address = reverse("households:page", args=[home.pk])
    assert "Helper of the old village" in get(office, address).content.decode()
    keep = reverse("assistance:pairing_keep", args=[pairing.pk])

    assert filled(office, keep, since="2019-01-01").status_code == 422
    assert filled(office, keep, since="2019-06-01").status_code == 302

    assert home.number not in text(office, "moved")
    assert "Helper of the old village" not in get(office, address).content.decode()


def test_lists_lead_to_what_can_be_entered(office):
    with everywhere():
        member = make_team_member()
        make_pairing(member.helper, family())
    assert reverse("assistance:helper_enter") in text(office, "helpers")
    assert reverse("assistance:unit_enter") in text(office, "units")
    assert "?region=" + VILLAGE[:9] in text(office, "chain")
    assert "at most 4 by rank" in text(office, "helper", member.helper_id)
    assert member.helper.name in text(office, "members", query="?post=member")
    assert member.helper.name not in text(office, "members", query="?running=over")
    found = post(office, reverse("assistance:members"), {"find": member.helper.number})
    assert member.helper.name in get(office, found["Location"]).content.decode()
    assert VILLAGE in text(office, "coverage")


def test_lists_ask_few_questions_however_many_rows(
    office, django_assert_max_num_queries
):
    with everywhere():
        helpers = [make_helper() for _ in range(6)]
        homes = [make_pairing(helper, family()).household for helper in helpers]
        members = [make_team_member(helper=helper) for helper in helpers[:1]]
        drive = make_visit_drive()
    visited(browser("village_secretary", VILLAGE), homes[0], helpers[0])
    whole = reverse("assistance:drive", args=[drive.pk])
    names = ("index", "coverage", "helpers", "pairings", "visits", "owed", "asking")
    pages = [reverse(f"assistance:{name}") for name in (*names, "members", "moved")]
    pages += [whole, f"{whole}?by=village", f"{whole}?by=person"]
    pages += [
        reverse("assistance:visit_sheets"),
        reverse("households:page", args=[homes[0].pk]),
    ]
    pages += [reverse("assistance:team", args=[members[0].team_id])]

    for page in pages:
        with django_assert_max_num_queries(25):
            assert get(office, page).status_code == 200
