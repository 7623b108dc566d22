"""Steps of life and of status; the history; a household as it was on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.regions import make_region
from tests.factories.registry import make_household
from tests.web.households import browser, browser_of, get, post

from xiuhua.apps.registry.models import Household, HouseholdMark, Person
from xiuhua.web.pages.households.steps import OF_HOUSEHOLD, OF_MEMBER
from xiuhua.web.pages.households.telling import ACTS


TOWNSHIP = "990101101"
DAY = "2019-05-01"
pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def take(client: Any, path: str, **said: Any) -> Any:
    """Send the form of a page with some fields filled in."""
    form = get(client, path).context["form"]
    values = {n: form.get_initial_for_field(f, n) for n, f in form.fields.items()}
    values |= said
    return post(client, path, {k: v for k, v in values.items() if v not in (None, "")})


def step(household: Household, key: str) -> str:
    return reverse("households:step", args=[household.pk, key])


def member_step(household: Household, person: Person, key: str) -> str:
    return reverse("households:member_step", args=[household.pk, person.pk, key])


def test_a_child_is_born_and_a_member_dies():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)

    born = take(
        client,
        step(household, "birth"),
        name="王新",
        birth_date="2019-04-01",
        sex="male",
        relation_to_head="grandson",
    )
    child = Person.unscoped.get(name="王新")
    dead = take(client, member_step(household, child, "death"), valid_from=DAY)

    assert born.status_code == dead.status_code == 302
    child.refresh_from_db()
    assert (child.ended_reason, child.ended_on) == ("died", date(2019, 5, 1))
    page = get(client, born["Location"]).text
    assert "Former members" in page
    assert get(client, member_step(household, child, "leave")).status_code == 404


def test_a_member_leaves_and_comes_back():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)
    person = Person.unscoped.get(name="王丽")

    take(client, member_step(household, person, "leave"), valid_from=DAY)
    assert "Came back" in get(client, f"/households/{household.pk}/").text
    take(client, member_step(household, person, "return"), valid_from="2019-06-01")

    person.refresh_from_db()
    assert person.ended_on is None


def test_a_member_marries_into_another_household_and_another_becomes_the_head():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)
    other = make_household(persons=[{"name": "李四", "relation_to_head": "head"}])
    daughter = Person.unscoped.get(name="王丽")

    path = member_step(household, daughter, "marry")
    wrong = take(
        client, path, into="nowhere", relation_to_head="spouse", valid_from=DAY
    )
    take(client, path, into=other.number, relation_to_head="spouse", valid_from=DAY)
    take(client, member_step(other, daughter, "head"), valid_from="2019-06-01")

    assert wrong.status_code == 404
    daughter.refresh_from_db()
    other.refresh_from_db()
    assert daughter.household_id == other.pk
    assert other.head_name == "王丽"


def test_a_household_moves_splits_and_merges():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)
    make_region("990101101202")
    child = Person.unscoped.get(name="王丽")

    take(client, step(household, "move"), village="990101101202", valid_from=DAY)
    take(
        client, step(household, "split"), person_ids=[child.pk], valid_from="2019-05-02"
    )
    new = Household.unscoped.latest("pk")
    take(client, step(new, "merge"), into=household.number, valid_from="2019-05-03")

    household.refresh_from_db()
    new.refresh_from_db()
    child.refresh_from_db()
    assert household.village_id == "990101101202"
    assert (new.registration, new.ended_reason) == ("ended", "merged")
    assert child.household_id == household.pk


def test_a_household_moves_within_the_region_of_the_post_alone():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)
    make_region("990102101201")

    answer = take(
        client, step(household, "move"), village="990102101201", valid_from=DAY
    )

    assert answer.status_code == 422
    household.refresh_from_db()
    assert household.village_id == "990101101201"


def test_status_goes_step_by_step():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)

    done = take(
        client,
        step(household, "poverty"),
        poverty="exited",
        policies_kept="true",
        valid_from=DAY,
        order_number="县扶组2019-9号",
    )
    again = take(client, step(household, "poverty"), poverty="pre_exit", valid_from=DAY)
    take(client, step(household, "monitoring"), monitoring="included", valid_from=DAY)
    take(client, step(household, "mark"), year=2019, mark="pre_exit")
    household.refresh_from_db()

    assert done.status_code == 302
    assert again.status_code == 422
    assert "does not follow" in again.text
    assert (household.poverty, household.policies_kept) == ("exited", True)
    assert household.monitoring == "included"
    told = HouseholdMark.unscoped.filter(household=household)
    marks = set(told.values_list("mark", flat=True))
    assert {"exited", "pre_exit"} <= marks


def test_a_household_ends():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)

    answer = take(client, step(household, "end"), valid_from=DAY)

    household.refresh_from_db()
    assert household.registration == "ended"
    assert "2019-05-01" in get(client, answer["Location"]).text


def test_there_is_no_other_step():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)
    person = Person.unscoped.get(name="王丽")

    assert get(client, step(household, "promote")).status_code == 404
    assert get(client, member_step(household, person, "promote")).status_code == 404
    assert get(client, member_step(household, person, "return")).status_code == 404
    assert {*OF_HOUSEHOLD, *OF_MEMBER} - {"birth", "mark"} <= ACTS.keys()


def test_the_history_says_what_since_when_and_by_whom_and_withholds_secrets():
    household = make_household()
    clerk = make_post("township_clerk", TOWNSHIP)
    client = browser_of(clerk)
    path = reverse("households:correct", args=[household.pk, "contact"])
    take(client, path, village_group="九组", valid_from=DAY, order_number="7号")

    text = get(client, reverse("households:history", args=[household.pk])).text

    for word in ("一组", "九组", DAY, clerk.user.username, "7号", "Corrected"):
        assert word in text
    assert "99012619330319911X" not in text
    one = get(client, f"/households/{household.pk}/history/?field=village_group").text
    assert "九组" in one
    assert "Illness" not in one


def test_a_bureau_reads_no_name_in_the_history():
    household = make_household()
    client = browser("sector_bureau", "990101", sector="water")

    for name in ("history", "then"):
        text = get(client, reverse(f"households:{name}", args=[household.pk])).text
        assert "王小明" not in text
        assert "139<" not in text


def test_a_household_is_shown_as_it_was_on_a_day():
    household, client = make_household(), browser("township_clerk", TOWNSHIP)
    path = reverse("households:correct", args=[household.pk, "contact"])
    take(client, path, village_group="九组", valid_from=DAY)
    then = reverse("households:then", args=[household.pk])

    before = get(client, f"{then}?day=2019-04-30").text
    after = get(client, f"{then}?day=2019-05-01").text
    never = get(client, f"{then}?day=2010-01-01").text

    assert "一组" in before
    assert "九组" not in before
    assert "九组" in after
    assert "was not entered on that day" in never
    assert get(client, f"{then}?day=nonsense").status_code == 200
