from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import (
    CHILD,
    HEAD,
    make_household,
    make_income_statement,
    make_village_facts,
)

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.following import households_changed
from xiuhua.apps.assessments.selectors import health, thresholds, verdicts
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.registry.models import Household
from xiuhua.apps.registry.selectors import HouseholdNotFound


pytestmark = pytest.mark.usefixtures("each_database")
AMOUNTS = {
    "wage_income": "3000.00",
    "business_income": "0",
    "property_income": "0",
    "transfer_income": "0",
    "business_expense": "0",
}


def judged_household():
    make_adoption()
    child = CHILD | {"resident_medical_insurance": False}
    household = make_household(
        values={"housing_grade": "C", "enough_food": True},
        persons=[HEAD | {"resident_medical_insurance": True}, child],
    )
    make_income_statement(household, values=AMOUNTS)
    return household


def seen(household, *, role="county_office", language="zh", region="990101"):
    viewer = make_post(role, region)
    with region_scope([region]):
        (found,) = verdicts.verdicts_of(
            viewer=viewer, household_id=household.pk, language=language, day=TODAY
        )
    return found, {light.indicator: light for light in found.lights}


def test_a_household_is_shown_its_verdicts_with_reasons_and_clauses():
    found, lights = seen(judged_household())

    assert (found.overall, found.document) == ("unmet", "县扶组2019-1号")
    assert lights["safe_housing"].verdict == "unmet"
    assert lights["safe_housing"].since == TODAY
    (reason,) = lights["safe_housing"].reasons
    assert "C" in reason.text
    clause = lights["safe_housing"].clauses[0]
    assert "国开发" in clause.citation
    assert clause.date == "2019-06-23"
    assert [r.person for r in lights["basic_medical"].reasons] == [CHILD["name"]]
    assert lights["income"].verdict == "unmet"
    assert "1500" in lights["income"].reasons[0].text
    assert lights["clothing"].verdict == "unknown"
    (income,) = [r for r in found.results if r.name == "net_income_per_capita"]
    assert income.value.startswith("1500.00")
    line = next(a for a in found.amounts if a.name == "poverty_line_yuan")
    assert line.doubtful
    assert line.value == "3218"


def test_reasons_are_worded_in_english_too():
    _, lights = seen(judged_household(), language="en")

    assert lights["safe_housing"].label == "Safe housing"
    assert "required" in lights["safe_housing"].reasons[0].text


def test_who_may_not_read_names_and_births_gets_none():
    household = judged_household()
    viewer = make_post("sector_bureau", "990101", sector="health")
    with region_scope(["990101"]):
        (found,) = verdicts.verdicts_of(
            viewer=viewer, household_id=household.pk, language="zh", day=TODAY
        )
    lights = {light.indicator: light for light in found.lights}

    assert [r.person for r in lights["basic_medical"].reasons] == [""]
    for light in found.lights:
        assert all(CHILD["name"] not in r.text for r in light.reasons)


def test_a_household_of_another_county_is_not_there():
    household = judged_household()
    viewer = make_post("county_office", "990102")

    with region_scope(["990102"]), pytest.raises(HouseholdNotFound):
        verdicts.verdicts_of(
            viewer=viewer, household_id=household.pk, language="zh", day=TODAY
        )


@pytest.mark.parametrize(
    ("indicator", "verdict", "there"),
    [
        ("safe_housing", "unmet", True),
        ("safe_housing", "met", False),
        ("food", "met", True),
        ("food", "unmet", False),
        ("clothing", "unknown", True),
        ("overall", "unmet", True),
        ("overall", "met", False),
        ("compulsory_education", "unknown", True),
    ],
)
def test_lists_are_narrowed_by_verdict(indicator, verdict, there):
    household = judged_household()

    with region_scope(["990101"]):
        condition = verdicts.verdict_condition(
            pack="household_exit", indicator=indicator, verdict=verdict
        )
        found = list(Household.objects.filter(condition))

    assert found == ([household] if there else [])


def test_a_list_shows_the_verdicts_of_many_at_once():
    household = judged_household()

    with region_scope(["990101"]):
        found = verdicts.judgements_of(
            household_ids=[household.pk], pack="household_exit"
        )

    assert found[household.pk]["safe_housing"] == "unmet"
    assert found[household.pk]["food"] == "met"


def test_what_is_not_known_is_a_thing_to_ask():
    household = judged_household()
    viewer = make_post("county_office", "990101")

    with region_scope(["990101"]):
        counts = health.question_counts(viewer=viewer, pack="household_exit")
        asked = health.question_list(
            viewer=viewer, pack="household_exit", indicator="clothing"
        ).get()

    assert counts["clothing"] == 1
    assert "safe_housing" not in counts
    assert asked.household_id == household.pk
    words = health.asked_words(asked.reasons, pack_read("household_exit"), "zh")
    assert words == "四季有换洗衣被"


def test_a_mended_household_is_judged_again_and_since_is_kept():
    household = judged_household()
    _, before = seen(household)
    Household.unscoped.filter(pk=household.pk).update(
        housing_grade="A", seasonal_clothing=True
    )
    households_changed(
        household_ids=[household.pk], by=None, at=NOON.replace(year=2020)
    )

    _, after = seen(household)

    assert after["safe_housing"].verdict == after["clothing"].verdict == "met"
    assert after["income"].since == before["income"].since == TODAY


# thresholds ---------------------------------------------------------------------------


def place(village, population, **said):
    make_village_facts(
        village, agricultural_population=population, poor_village=said.pop("poor", None)
    )
    return make_household(village, **said)


def listed(which, day=TODAY):
    viewer = make_post("county_office", "990101")
    with region_scope(["990101"]):
        return thresholds.threshold_list(viewer=viewer, which=which, day=day)


def test_places_at_or_above_a_threshold_are_listed_most_first():
    place("990101101201", 10, poor=True)
    place("990101101202", 11, poor=True)
    place("990101101203", 2, poor=False)

    villages = listed("villages")

    assert [p.code for p in villages.reached] == ["990101101201"]
    assert villages.reached[0].incidence == Fraction(2, 10)
    assert villages.n_places == 2
    townships = listed("townships")
    assert [(p.code, p.persons) for p in townships.reached] == [("990101101", 6)]
    assert listed("counties").reached[0].incidence == Fraction(6, 23)


def test_a_list_of_an_earlier_day_shows_who_was_left_then():
    place("990101101201", 10, poor=True)

    assert listed("villages", date(2018, 12, 31)).reached == ()
    assert len(listed("villages", date(2019, 1, 1)).reached) == 1


def test_a_place_whose_population_is_not_known_is_listed_apart():
    place("990101101201", 10)
    make_household("990101101202")

    townships = listed("townships")

    assert townships.reached == ()
    assert [p.code for p in townships.unknown] == ["990101101"]
    assert townships.unknown[0].persons == 4
    assert townships.unknown[0].households == 2
