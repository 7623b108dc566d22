"""Every figure leads to a list of exactly as many households as it says."""

from __future__ import annotations

import html
import re

import pytest
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption
from tests.factories.registry import HEAD, make_household
from tests.web.room.test_pages import client_of, office

from xiuhua.apps.registry.models import Household


pytestmark = pytest.mark.usefixtures("each_database")
FIGURE = re.compile(
    r'href="(/households/\?[^"]+)"[^>]*data-figure="(\w+)">.*?figure-number[^>]*>([^<]+)<',
    re.S,
)
VERDICT = re.compile(r'href="(/households/\?[^"]+)" data-verdict="([\w-]+)">([^<]+)<')
CELL = re.compile(r'data-l="([^"]+)"[^>]*><a href="(/households/\?[^"]+)">([^<]+)<')


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def world(each_database):
    """Households of every status in two townships, and one next door."""
    make_adoption("990101")
    make_adoption("990102")
    statuses = ["not_exited", "not_exited", "pre_exit", "relapsed", "exited", None]
    places = ["990101101201", "990101101202", "990101102201"]
    for number, status in enumerate(statuses * 2):
        make_household(
            places[number % 3],
            poverty=status,
            values={
                "enough_food": number % 2 == 0,
                "seasonal_clothing": None if number % 3 else True,
            },
            persons=[HEAD | {"id_number": None}],
        )
    make_household("990102101201", persons=[HEAD | {"id_number": None}])


def listed(client, address: str) -> int:
    page = client.get(html.unescape(address), secure=True)
    assert page.status_code == 200
    return page.context["page"].paginator.count


def number(text: str) -> int:
    return int(text.replace("\u202f", "").replace(",", ""))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("of", ["all", "left", "exited"])
def test_every_figure_leads_to_exactly_its_households(of):
    client = client_of(office())

    page = client.get("/room/990101/", {"of": of}, secure=True).text

    links = [
        (a, n)
        for a, key, n in FIGURE.findall(page)
        if key in ("left", "exited", "unmet")
    ]
    links += [(a, n) for a, _, n in VERDICT.findall(page)]
    links += [(a, n) for label, a, n in CELL.findall(page) if label != "persons left"]
    assert len(links) > 25
    for address, said in links:
        assert listed(client, address) == number(said), html.unescape(address)


@pytest.mark.usefixtures("world")
def test_persons_are_those_of_the_households_listed():
    client = client_of(office())

    page = client.get("/room/990101/", secure=True).text

    addresses = {key: (a, n) for a, key, n in FIGURE.findall(page)}
    address, said = addresses["persons"]
    shown = client.get(html.unescape(address), secure=True).context["page"].object_list
    assert sum(h.persons_count for h in shown) == number(said) == 8
    assert Household.unscoped.count() == 13


@pytest.mark.usefixtures("world")
def test_a_list_shows_nothing_from_elsewhere():
    client = client_of(make_post("county_office", "990102"))

    page = client.get("/room/990102/", secure=True).text

    addresses = {key: (a, n) for a, key, n in FIGURE.findall(page)}
    address, said = addresses["left"]
    assert listed(client, address) == number(said) == 1
    foreign = html.unescape(address).replace("990102", "990101")
    assert client.get(foreign, secure=True).status_code == 404
