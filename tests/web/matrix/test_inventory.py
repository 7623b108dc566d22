"""Every address is marked, classified and fed; nothing is let in by forgetting."""

from __future__ import annotations

from tests.web.matrix.addresses import OPEN, addresses
from tests.web.matrix.driver import scoped_models
from tests.web.matrix.feeds import FEEDS

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.web.access import Entrance, access_of


def test_every_address_is_classified_and_its_view_says_the_same():
    said = {}
    for address in addresses():
        mark = access_of(address.view)
        assert mark is not None, f"{address.name} is open to nobody in particular"
        methods = sorted(mark.methods - {"HEAD"})
        said[address.name] = (str(mark.what.value), " ".join(methods))

    assert said == OPEN


def test_no_name_stands_for_two_addresses():
    names = [address.name for address in addresses()]

    assert len(set(names)) == len(names)
    assert "None" not in names


def test_classes_are_known():
    known = {one.value for one in (*Entrance, *Permission)}

    assert {what for what, _ in OPEN.values()} <= known


def test_every_parameter_is_fed():
    assert {name for a in addresses() for name in a.parameters} <= FEEDS.keys()


def test_tables_of_regions_are_watched():
    names = {model.__name__ for model, _ in scoped_models()}

    assert {"Household", "Person", "Change", "Attachment", "Post"} <= names
