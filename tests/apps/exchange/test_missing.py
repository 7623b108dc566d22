"""Who is not in a national export that covers their village: told, never removed."""

from datetime import date, timedelta

import pytest
from tests.factories.exchange import (
    HOME,
    HOUSEHOLD_HEAD,
    PERSON_HEAD,
    home,
    make_upload,
    member,
    promote,
    sheets,
)
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE, make_clerk, make_household

from xiuhua.apps.exchange import selectors
from xiuhua.apps.exchange.models import Upload
from xiuhua.apps.exchange.rules import Origin
from xiuhua.apps.registry.models import Household, Person


pytestmark = pytest.mark.usefixtures("each_database")
LATER = NOON + timedelta(days=1)
OTHER = "990101101202"


def number(household: int) -> str:
    return f"{HOME[:-3]}{household:03d}"


@pytest.fixture
def first(each_database) -> Upload:
    said = sheets(1, 2, 3)
    said["人"].append(member(1, 2))
    return promote(make_upload(said))


def sent(first: Upload, *numbers: int, **said) -> Upload:
    usual = {"by": first.post, "at": LATER, "made_at": LATER}
    return make_upload(sheets(*numbers), **usual | said)


def missing(upload: Upload) -> list[tuple[str, str]]:
    assert upload.state == "compared", upload.error
    rows = selectors.missing_rows(upload=upload)[0:99]
    return [(row["level"], row["number"]) for row in rows]


def test_households_and_members_the_file_does_not_name_are_told(first):
    upload = sent(first, 1, 2)

    assert missing(upload) == [
        ("household", number(3)),
        ("person", f"{number(1)}02"),
    ]
    assert upload.counts["missing"] == {"household": 1, "person": 1}
    promote(upload, at=LATER)
    assert Household.unscoped.filter(ended_on__isnull=True).count() == 3
    assert Person.unscoped.filter(ended_on__isnull=True).count() == 4


def test_a_rejected_row_stands_in_the_file(first):
    said = sheets(1, 2)
    said["户"].append(home(3, wage="很多"))

    upload = make_upload(said, by=first.post, at=LATER, made_at=LATER)

    assert ("household", number(3)) not in missing(upload)


def test_a_file_of_a_few_households_does_not_cover_the_village(first):
    assert missing(sent(first, 1)) == []


def test_villages_the_file_does_not_name_are_left_alone(first):
    clerk = make_clerk()
    make_household(OTHER, by=clerk)

    assert ("household", number(3)) in missing(sent(first, 1, 2))
    assert all(n.startswith(HOME[:-3]) for _, n in missing(sent(first, 1, 2)))


@pytest.mark.parametrize("change", ["removed", "ended", "entered here"])
def test_who_need_not_be_in_the_national_system_is_not_told(first, change):
    clerk = make_clerk()
    found = Household.unscoped.filter(number=number(3))
    if change == "removed":
        found.update(registration="removed")
    elif change == "ended":
        found.update(
            registration="ended", ended_on=date(2019, 1, 1), ended_reason="merged"
        )
    else:
        make_household(VILLAGE, by=clerk)
    told = {n for level, n in missing(sent(first, 1, 2)) if level == "household"}

    assert told == ({number(3)} if change == "entered here" else set())


def test_a_list_without_persons_says_nothing_of_persons(first):
    said = {"户": [HOUSEHOLD_HEAD, home(1), home(2), home(3)], "人": [PERSON_HEAD]}

    upload = make_upload(said, by=first.post, at=LATER, made_at=LATER)

    assert missing(upload) == []


def test_only_an_export_of_the_national_system_is_asked_for_who_is_missing(first):
    upload = sent(first, 1, 2, origin=Origin.OWN)

    assert upload.counts["missing"] == {}
