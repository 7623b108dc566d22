"""Campaigns: set, corrected, inherited by the regions below."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.accounts import make_post
from tests.factories.assessments import make_campaign
from tests.factories.moments import NOON

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import ScopeMissing, region_scope
from xiuhua.apps.assessments.countdown import CampaignRefused
from xiuhua.apps.assessments.models import Campaign
from xiuhua.apps.assessments.selectors.campaigns import campaign_get, campaign_list
from xiuhua.apps.assessments.services.campaigns import (
    CampaignChanged,
    campaign_correct,
    campaign_set,
)
from xiuhua.apps.audit.models import Entry


pytestmark = pytest.mark.usefixtures("each_database")
SAID = {
    "name": "脱贫攻坚",
    "starts_on": date(2018, 6, 15),
    "deadline": date(2020, 12, 31),
    "reserve_days": 180,
    "document": "中发2018-16号",
}


def office(region: str = "990101"):
    return make_post("county_office", region)


def test_a_campaign_is_set_and_recorded():
    campaign = campaign_set(region="990101", **SAID, by=office(), at=NOON)

    entry = Entry.objects.latest("pk")
    assert Campaign.unscoped.get() == campaign
    assert entry.action == "assessments.campaign.set"
    assert entry.region_code == "990101"
    assert entry.new["deadline"] == "2020-12-31"


def test_only_the_office_of_the_region_sets_one():
    with pytest.raises(NotPermitted):
        campaign_set(region="990102", **SAID, by=office(), at=NOON)
    with pytest.raises(NotPermitted):
        clerk = make_post("township_clerk", "990101101")
        campaign_set(region="990101101", **SAID, by=clerk, at=NOON)
    assert not Campaign.unscoped.exists()


def test_a_campaign_without_sense_is_not_kept():
    with pytest.raises(CampaignRefused):
        campaign_set(
            region="990101", **SAID | {"reserve_days": 5000}, by=office(), at=NOON
        )
    assert not Campaign.unscoped.exists()


def test_two_campaigns_do_not_start_on_one_day():
    by = office()
    campaign_set(region="990101", **SAID, by=by, at=NOON)

    with pytest.raises(CampaignRefused):
        campaign_set(region="990101", **SAID, by=by, at=NOON)


def test_a_correction_counts_the_version():
    by = office()
    campaign = campaign_set(region="990101", **SAID, by=by, at=NOON)
    said = SAID | {"deadline": date(2021, 6, 30)}

    changed = campaign_correct(
        campaign_id=campaign.pk, version=1, **said, by=by, at=NOON
    )

    assert (changed.version, changed.deadline) == (2, date(2021, 6, 30))
    assert Entry.objects.latest("pk").old["deadline"] == "2020-12-31"
    for old in (1, None):
        with pytest.raises(CampaignChanged):
            campaign_correct(
                campaign_id=campaign.pk, version=old, **said, by=by, at=NOON
            )


def test_a_correction_cannot_move_onto_another_start_or_region():
    by = office()
    first = campaign_set(region="990101", **SAID, by=by, at=NOON)
    later = SAID | {"starts_on": date(2019, 1, 1)}
    campaign_set(region="990101", **later, by=by, at=NOON)

    with pytest.raises(CampaignRefused):
        campaign_correct(campaign_id=first.pk, version=1, **later, by=by, at=NOON)
    with pytest.raises(NotPermitted):
        campaign_correct(
            campaign_id=first.pk, version=1, **SAID, by=office("990102"), at=NOON
        )
    with pytest.raises(CampaignRefused):
        campaign_correct(campaign_id=10**6, version=1, **SAID, by=by, at=NOON)


def test_the_nearest_region_that_set_one_decides():
    make_campaign("99", name="省")
    make_campaign("990101", name="县")

    with region_scope(["990101101"]):
        assert campaign_get(region="990101101", as_of=NOON.date()).name == "县"
    assert campaign_get(region="9902", as_of=NOON.date()).name == "省"
    assert campaign_get(region="98", as_of=NOON.date()) is None


def test_one_that_is_over_gives_way_to_one_that_runs():
    make_campaign("990101", name="县", deadline=date(2018, 12, 31))
    make_campaign("99", name="省")

    assert campaign_get(region="990101", as_of=date(2019, 5, 1)).name == "省"
    assert campaign_get(region="990101", as_of=date(2018, 7, 1)).name == "县"
    assert campaign_get(region="990101", as_of=date(2022, 1, 1)).name == "县"


def test_the_list_shows_the_own_region_alone():
    post = office()
    own = make_campaign("990101")
    make_campaign("990102")
    make_campaign("99")

    with region_scope(["990101"]):
        assert list(campaign_list(viewer=post)) == [own]
    with pytest.raises(ScopeMissing):
        campaign_list(viewer=post)


def refused(**said):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_campaign(**said)


def test_constraint_assessments_campaign_start_once():
    make_campaign()

    refused()


def test_constraint_assessments_campaign_ends_after_start():
    refused(deadline=date(2018, 6, 15))


def test_constraint_assessments_campaign_on_a_document():
    refused(document="")
    refused(name="")
