"""Every registered household is counted, with or without a plan."""

from __future__ import annotations

import pytest
from tests.factories.accounts import make_post
from tests.factories.plans import agree, make_measure, make_plan, make_planner
from tests.factories.registry import HEAD, VILLAGE, make_household

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.plans.selectors.income import (
    FIGURES,
    TiesFilter,
    figures_tied,
    households_tied,
)
from xiuhua.apps.plans.selectors.plans import income_state
from xiuhua.apps.registry.models import Household


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
REGION = VILLAGE[:6]


@pytest.fixture
def in_county():
    with region_scope([REGION]):
        yield


def home(poverty="exited", skill="ordinary", registration="registered"):
    """Return a household whose one member can work, unless said otherwise."""
    household = make_household(persons=[HEAD | {"labor_skill": skill}])
    Household.objects.filter(pk=household.pk).update(
        poverty=poverty, registration=registration
    )
    return household


def planned(household, planner, *measures):
    """Agree on a plan with measures of (class, dividend only)."""
    plan = make_plan(household, planner)
    for kind, dividend in measures:
        make_measure(plan, planner, kind=kind, is_dividend=dividend)
    return agree(plan, planner)


def found(viewer, **filters):
    rows = households_tied(
        viewer=viewer, region=REGION, year=2019, filters=TiesFilter(**filters)
    )
    return set(rows.values_list("pk", flat=True))


def test_exited_households_without_a_plan_lack_every_measure():
    office, planner = make_post("county_office", REGION), make_planner()
    bare, enough = home(), home()
    planned(enough, planner, ("industry", False), ("employment", False))
    home(registration="none")

    assert found(office, ties="lacking", poverty="exited", plan="none") == {bare.pk}
    assert figures_tied(viewer=office, region=REGION, year=2019) == {
        **{"all": 2, "enough": 1, "exempt": 0, "lacking": 1, "dividend": 0},
        **{"lacking_exited": 1, "lacking_unplanned": 1},
    }


def test_dividends_stand_apart_and_only_known_lack_of_labor_exempts():
    office, planner = make_post("county_office", REGION), make_planner()
    dividend, nobody, unknown = home(), home(skill="none"), home(skill=None)
    plan = planned(dividend, planner, ("industry", False), ("industry", True))

    assert found(office, ties="dividend") == {dividend.pk}
    assert found(office, ties="exempt") == {nobody.pk}
    assert found(office, ties="lacking") == {dividend.pk, unknown.pk}
    row = households_tied(viewer=office, region=REGION, year=2019).get(pk=dividend.pk)
    assert (row.income, row.dividends, row.plan_key) == (1, 1, plan.pk)
    # The page of the plan says the same of it.
    state = income_state(plan=plan)
    assert (state.measures, state.dividend_only) == (row.income, row.dividends)


def test_every_figure_is_the_number_of_its_rows():
    office, planner = make_post("county_office", REGION), make_planner()
    planned(home(), planner, ("finance", False), ("public_post", False))
    planned(home(poverty="not_exited"), planner, ("industry", True))
    home(skill="none")
    home(poverty=None, skill=None)

    figures = figures_tied(viewer=office, region=REGION, year=2019)

    for name, one in FIGURES.items():
        rows = households_tied(viewer=office, region=REGION, year=2019, filters=one)
        assert figures[name] == rows.count(), name
    assert figures["all"] == sum(figures[n] for n in ("enough", "exempt", "lacking"))


def test_what_was_not_agreed_on_or_of_another_year_counts_for_nothing():
    office, planner = make_post("county_office", REGION), make_planner()
    household = home()
    planned(household, planner, ("industry", False), ("employment", False))

    assert found(office, ties="enough") == {household.pk}
    rows = households_tied(viewer=office, region=REGION, year=2020)
    assert [(h.income, h.plan_key) for h in rows] == [(0, None)]


def test_a_bureau_which_sees_a_part_of_every_plan_is_shown_none():
    home()
    bureau = make_post("sector_bureau", REGION, sector="water")

    assert found(bureau) == set()


def test_a_bureau_that_sees_a_part_of_every_plan_is_shown_none():
    home()
    bureau = make_post("sector_bureau", REGION, sector="water")
    asked = {"viewer": bureau, "region": REGION, "year": 2020}

    assert not households_tied(**asked)
    assert set(figures_tied(**asked).values()) == {0}
