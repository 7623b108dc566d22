"""A look at every page of the site in both languages, at the desk and on the phone."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import pytest
from playwright.sync_api import Browser
from tests.e2e import looking, refusals, signing_in
from tests.e2e.looking import Crawl
from tests.e2e.preparing import prepared
from tests.e2e.site import Site


pytestmark = [pytest.mark.chromium, pytest.mark.timeout(2400)]
# Addresses that answer GET and are no page to look at.
UNREACHED: Final = MappingProxyType(
    {
        "start": "leads on to the first page of the post",
        "room:home": "leads on to the room of the post's region",
        "households:income_year": "leads on to the form of the year",
        "auditing:anchor": "a file",
        "mfa_download_recovery_codes": "a file",
        "screening:run_workbook": "a file",
        "system:live": "two words for the machine that watches",
    }
)


@pytest.fixture(scope="module")
def crawl(
    browser: Browser, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Crawl:
    starts = prepared(browser, site, tmp_path_factory.mktemp("sent"))
    return Crawl(browser, site, starts)


@pytest.fixture(scope="module")
def ways_in(crawl: Crawl) -> list[str]:
    return signing_in.looked_through(crawl)


@pytest.mark.parametrize("role", looking.ROLES)
def test_every_page_is_clean_in_both_languages(crawl, role):
    assert crawl.by(role) == []


def test_the_pages_of_signing_in_are_clean_in_both_languages(ways_in):
    assert ways_in == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_said_of_a_refusal_is_clean(crawl, language):
    assert refusals.looked_at(crawl, language) == []


def test_every_page_is_reached_but_those_named_with_a_reason(crawl, ways_in):
    for role in looking.ROLES:
        crawl.by(role)

    assert crawl.unreached() == set(UNREACHED)
    assert len(UNREACHED) <= 0.05 * len(looking.pages())
