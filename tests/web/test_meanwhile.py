"""The page of a form whose record somebody else changed: what, by whom, when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.factories.accounts import make_post, make_user
from tests.factories.moments import NOON
from tests.factories.registry import CHILD, HEAD, make_household, make_income_statement
from tests.web.households import browser, get, post

from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.services.households import household_correct
from xiuhua.apps.registry.services.incomes import income_state
from xiuhua.apps.registry.services.persons import person_add, person_correct


TOWNSHIP = "990101101"
SINCE = date(2019, 5, 1)
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def colleague(each_database):
    user = make_user("zhaomin")
    user.full_name = "赵敏"
    user.save()
    return make_post("county_office", "990101", user=user)


def opened(client: Any, path: str) -> dict[str, Any]:
    """Return what the form of a page would send if nothing were touched."""
    form = get(client, path).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in sent.items() if v is not None} | {"valid_from": SINCE}


def usual(by: Any) -> dict[str, Any]:
    return {"by": by, "at": LATER, "valid_from": SINCE}


def correct(household: Household, by: Any, **values: object) -> None:
    household.refresh_from_db()
    household_correct(
        household_id=household.pk,
        version=household.version,
        values=values,
        **usual(by),
    )


def told(answer: Any) -> list[tuple[str, str, str, str]]:
    assert answer.status_code == 409
    return [(c.label, c.old, c.new, c.by) for c in answer.context["changes"]]


def test_fields_changed_meanwhile_are_told_once_with_name_and_office(colleague):
    household = make_household()
    correct(household, colleague, village_group="甲组")
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:correct", args=[household.pk, "contact"])
    form = opened(client, path)
    correct(household, colleague, village_group="乙组", phone="137")
    correct(household, colleague, village_group="丙组")

    answer = post(client, path, {**form, "phone": "138"})

    office = f"赵敏 · {colleague.rights.label.en} 名990101"
    assert sorted(told(answer)) == [
        ("Phone", "139", "137", office),
        ("Villager group", "甲组", "丙组", office),
    ]
    assert "zhaomin" not in answer.text
    household.refresh_from_db()
    assert household.phone == "137"


def test_of_a_member_and_of_income_their_own_changes_are_told(colleague):
    household = make_household()
    person = Person.unscoped.get(household=household, name=HEAD["name"])
    income = make_income_statement(household)
    client = browser("township_clerk", TOWNSHIP)
    member = reverse(
        "households:member_correct", args=[household.pk, person.pk, "identity"]
    )
    year = reverse("households:income", args=[household.pk, income.window_to.year])
    forms = {path: opened(client, path) for path in (member, year)}
    person_correct(
        person_id=person.pk,
        version=person.version,
        values={"id_number": "990126193303199118", "birth_date": date(1933, 3, 20)},
        **usual(colleague),
    )
    income_state(
        household_id=household.pk,
        window_from=income.window_from,
        window_to=income.window_to,
        values={"wage_income": "13000"},
        source="走访",
        version=income.version,
        by=colleague,
        at=LATER,
    )

    of_member = post(client, member, forms[member])
    of_income = post(client, year, forms[year])

    assert [label for label, *_ in told(of_member)] == ["Date of birth", "ID number"]
    assert "990126193303199118" not in of_member.text
    changed = {label: (old, new) for label, old, new, _by in told(of_income)}
    assert "12,000.00" in changed["Wage income"][0]
    assert "13,000.00" in changed["Wage income"][1]


def test_members_who_came_are_told_where_the_household_itself_did_not_change(
    colleague,
):
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:step", args=[household.pk, "end"])
    form = opened(client, path)
    person_add(
        household_id=household.pk,
        version=household.version,
        values=CHILD | {"name": "王强"},
        **usual(colleague),
    )

    answer = post(client, path, form)

    assert "王强 · Name" in [label for label, *_ in told(answer)]
    assert Household.unscoped.get(pk=household.pk).ended_on is None
