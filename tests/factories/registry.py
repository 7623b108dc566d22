"""Households of the made-up village 990101101201, made through the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.models import (
    Batch,
    Change,
    Household,
    HouseholdMark,
    IncomeStatement,
    Person,
    StatusSpan,
    VillageChange,
    VillageFacts,
)
from xiuhua.apps.registry.services.households import household_register
from xiuhua.apps.registry.services.incomes import income_state


VILLAGE = "990101101201"
HEAD = {
    "name": "王小明",
    "relation_to_head": "head",
    "id_number": "99012619330319911X",
    "sex": "male",
    "birth_date": date(1933, 3, 19),
}
CHILD = {"name": "王丽", "relation_to_head": "daughter", "birth_date": date(2010, 5, 1)}


def make_clerk(region: str = "990101101") -> Post:
    """Return a clerk who may keep the archive of a township."""
    return make_post("township_clerk", region)


def make_household(village: str = VILLAGE, **said: Any) -> Household:
    """Enter a household of two, registered since the start of 2019."""
    make_region(village)
    usual: dict[str, Any] = {
        "values": {"village_group": "一组", "main_cause": "illness", "phone": "139"},
        "persons": [HEAD, CHILD],
        "valid_from": date(2019, 1, 1),
        "poverty": "not_exited",
        "at": NOON,
    }
    if "by" not in said:
        usual["by"] = make_clerk(village[:9])
    return household_register(village=village, **usual | said)


def make_person(**said: Any) -> Person:
    """Return the head of a new household."""
    household = make_household(persons=[HEAD | said])
    return Person.unscoped.get(household=household)


def make_income_statement(
    household: Household | None = None, **said: Any
) -> IncomeStatement:
    """State the income of a household from October 2017 to September 2018."""
    household = household or make_household()
    usual: dict[str, Any] = {
        "window_from": date(2017, 10, 1),
        "window_to": date(2018, 10, 1),
        "values": {"wage_income": "12000.00"},
        "source": "入户核查",
        "at": NOON,
    }
    if "by" not in said:
        usual["by"] = make_clerk(household.village_id[:9])
    return income_state(household_id=household.pk, **usual | said)


def make_household_mark(
    household: Household | None = None, **said: Any
) -> HouseholdMark:
    """Mark a household as identified in 2014."""
    usual = {"year": 2014, "mark": "identified", "set_at": NOON}
    household = household or make_household()
    return HouseholdMark.unscoped.create(household=household, **usual | said)


def make_village_facts(village: str = VILLAGE, **said: Any) -> VillageFacts:
    """Enter what a village reports for 2019."""
    make_region(village)
    usual = {"year": 2019, "hard_road": True, "changed_at": NOON}
    return VillageFacts.unscoped.create(village_id=village, **usual | said)


def make_batch(**said: Any) -> Batch:
    """Begin a batch of changes in a township."""
    usual = {"region_code": "990101101", "source": "户.xlsx", "digest": "0" * 64}
    usual |= {"counts": {}, "by_user": "li", "by_post": "x", "recorded_at": NOON}
    return Batch.unscoped.create(**usual | said)


def make_change(**said: Any) -> Change:
    """Return the first change of a household."""
    return Change.unscoped.filter(household=make_household(**said)).earliest("pk")


def make_village_change(village: str = VILLAGE, **said: Any) -> VillageChange:
    """Keep that a village reported a hard road for 2019."""
    make_region(village)
    usual: dict[str, Any] = {"year": 2019, "act": "village", "recorded_at": NOON}
    usual |= {"by_user": "li", "by_post": "x", "row_version": 1}
    usual |= {"old": {}, "new": {"year": 2019, "hard_road": True}}
    return VillageChange.unscoped.create(village_id=village, **usual | said)


def make_status_span(**said: Any) -> StatusSpan:
    """Return the open span of a household."""
    return StatusSpan.unscoped.get(household=make_household(**said))


def later(**said: Any) -> dict[str, Any]:
    """Return the words of an act a clerk does on the tests' day."""
    return {"by": make_clerk(), "at": NOON, "valid_from": TODAY} | said
