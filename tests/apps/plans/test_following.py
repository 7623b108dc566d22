"""A plan goes where its household goes, with measures, files and figures."""

from __future__ import annotations

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import (
    give_evidence,
    make_agreed,
    make_checker,
    make_planner,
)
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.services import attachment_remove
from xiuhua.apps.plans.acts.writing import PlanUnfit
from xiuhua.apps.plans.following import households_changed
from xiuhua.apps.plans.models import Measure, Plan, PlanTally
from xiuhua.apps.plans.rules import Act
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.selectors.lists import MeasureFilter, measures_found
from xiuhua.apps.plans.services.measures import measure_step
from xiuhua.apps.registry.services.moves import household_move
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
OTHER = "990101102201"


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def moved(measure):
    make_region(OTHER)
    household = measure.plan.household
    household.refresh_from_db()
    household_move(
        household_id=household.pk,
        version=household.version,
        village=OTHER,
        valid_from=TODAY,
        order_number="迁1号",
        by=make_post("county_office", "990101"),
        at=NOON,
    )


def numbers(region):
    rows = PlanTally.objects.filter(region_code=region, number__gt=0)
    return dict(rows.values_list("state", "number"))


def test_plan_measures_files_and_figures_follow_the_household():
    planner = make_planner()
    measure = make_agreed(planner, demanded="photo")
    give_evidence(measure, planner)

    moved(measure)

    plan = Plan.objects.get()
    assert (plan.region_id, Measure.objects.get().region_code) == (OTHER, OTHER)
    assert Attachment.objects.get().region_id == OTHER
    assert numbers(VILLAGE) == {}
    assert numbers(OTHER) == {"planned": 1, "plan_in_force": 1}
    assert numbers("990101") == {"planned": 1, "plan_in_force": 1}
    assert planned.broken_chain_list([plan]) == []
    assert plan.events.last().said == {"from": VILLAGE, "to": OTHER}


def test_a_plan_of_a_household_that_stays_is_left_alone():
    planner = make_planner()
    plan = make_agreed(planner).plan
    before = Plan.objects.get().version

    households_changed(household_ids=[plan.household_id], by=planner, at=NOON)

    assert Plan.objects.get().version == before


def test_a_file_that_proved_a_delivery_stays_and_another_is_withdrawn():
    owner, checker = make_planner(), make_checker()
    measure = make_agreed(owner, demanded="photo")
    wrong = give_evidence(measure, owner).attachment
    said = {"by": owner, "at": NOON, "reason": "传错户"}

    attachment_remove(attachment=wrong, **said)
    with pytest.raises(StepRefused):
        stepped(measure, Act.FINISH, owner)
    right = give_evidence(measure, owner).attachment
    stepped(measure, Act.FINISH, owner)
    stepped(measure, Act.CHECK_OFF, checker)

    with pytest.raises(PlanUnfit, match="checked off"):
        attachment_remove(attachment=right, **said)
    assert measure.evidence.get().attachment == right
    assert planned.broken_chain_list([measure.plan]) == []


def stepped(measure, act, by):
    measure.refresh_from_db()
    measure_step(measure=measure, version=measure.version, act=act, by=by, at=NOON)


def test_the_owner_left_behind_by_a_move_is_listed():
    measure = make_agreed(make_planner())
    office = make_post("county_office", "990101")
    left = MeasureFilter(state="left")

    before = list(measures_found(viewer=office, filters=left, on=TODAY))
    moved(measure)

    assert before == []
    assert list(measures_found(viewer=office, filters=left, on=TODAY)) == [measure]
