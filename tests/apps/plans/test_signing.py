"""A paper stands behind each signature, and stays while it is the only one."""

from __future__ import annotations

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import (
    SIGNED,
    agree,
    file_paper,
    make_agreed,
    make_measure,
    make_plan,
    make_planner,
)
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.attachments.services import attachment_remove
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.plans.acts.writing import PlanUnfit, StalePlan
from xiuhua.apps.plans.models import Plan, SignedPaper
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.services.signing import paper_file
from xiuhua.apps.registry.services.moves import household_move


pytestmark = pytest.mark.usefixtures("each_database", "in_county")


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def behind(plan):
    rows = SignedPaper.objects.filter(version__plan=plan).order_by("signer")
    return list(rows.values_list("signer", "version__number"))


def test_one_scan_stands_behind_the_signatures_of_all_and_is_told():
    planner = make_planner()
    plan = make_agreed(planner).plan

    file_paper(plan, planner, *SIGNED)

    assert behind(plan) == [("family", 1), ("helper", 1), ("team", 1)]
    plan.refresh_from_db()
    assert plan.events.latest("number").act == "paper"
    assert planned.broken_chain_list([plan]) == []
    assert Entry.objects.filter(action="plans.plan.paper_filed").count() == 1


def test_a_paper_belongs_to_what_was_agreed_last():
    planner = make_planner()
    plan = make_agreed(planner).plan
    make_measure(plan, planner, what="养蜂十箱")
    agree(plan, planner, reason="增加养蜂")

    file_paper(plan, planner, "team")

    assert behind(plan) == [("team", 2)]


def test_what_is_no_paper_of_the_signers_is_refused():
    planner = make_planner()
    plan = make_agreed(planner).plan
    elsewhere = Subject("plans.plan", "0", VILLAGE)

    for signers, said in (
        ((), {}),
        (("neighbor",), {}),
        (("family",), {"subject": elsewhere}),
    ):
        with pytest.raises(PlanUnfit, match="no paper of those"):
            file_paper(plan, planner, *signers, **said)
    with pytest.raises(PlanUnfit, match="nothing is agreed"):
        file_paper(make_plan(by=planner), planner, "family")
    assert behind(plan) == []


def test_a_stale_form_files_nothing():
    planner = make_planner()
    plan = make_agreed(planner).plan

    with pytest.raises(StalePlan):
        paper_file(
            plan=plan,
            version=-1,
            signers=["family"],
            attachment=Attachment(),
            by=planner,
            at=NOON,
        )


def test_the_only_paper_stays_and_a_wrong_one_goes_once_the_right_one_is_there():
    planner = make_planner()
    plan = make_agreed(planner).plan
    wrong = file_paper(plan, planner, "family", "helper")
    gone = {"by": planner, "at": NOON, "reason": "传错户"}

    with pytest.raises(PlanUnfit, match="so it stays"):
        attachment_remove(attachment=wrong, **gone)
    file_paper(plan, planner, "family")
    with pytest.raises(PlanUnfit, match="so it stays"):
        attachment_remove(attachment=wrong, **gone)
    file_paper(plan, planner, "helper")
    attachment_remove(attachment=wrong, **gone)

    assert behind(plan) == [("family", 1), ("helper", 1)]
    plan.refresh_from_db()
    assert plan.events.latest("number").act == "paper_gone"
    assert planned.broken_chain_list([plan]) == []


def test_the_paper_goes_where_its_household_goes():
    planner = make_planner()
    plan = make_agreed(planner).plan
    scan = file_paper(plan, planner, "family")
    make_region("990101102201")
    plan.household.refresh_from_db()

    household_move(
        household_id=plan.household.pk,
        version=plan.household.version,
        village="990101102201",
        valid_from=TODAY,
        order_number="迁1号",
        by=make_post("county_office", "990101"),
        at=NOON,
    )

    scan.refresh_from_db()
    assert scan.region_id == Plan.objects.get(pk=plan.pk).region_id == "990101102201"
