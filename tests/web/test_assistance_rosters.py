"""Rosters of days in the village: entered, countersigned, returned."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.factories.assistance import make_roster, make_team_member
from tests.factories.registry import VILLAGE
from tests.web.households import browser, get
from tests.web.test_assistance import filled, text

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.models import Roster


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path


def everywhere():
    return region_scope(EVERYWHERE)


def test_a_roster_is_entered_by_the_village_and_signed_by_the_township():
    with everywhere():
        member = make_team_member()
    secretary = browser("village_secretary", VILLAGE)
    month = reverse("assistance:roster_month", args=[member.team_id])
    assert get(secretary, month).status_code == 200
    led = get(secretary, f"{month}?month=2019-05")
    wrong = filled(secretary, led["Location"], **{f"days_{member.pk}": "soon"})
    assert wrong.status_code == 422
    filled(secretary, led["Location"], **{f"days_{member.pk}": "6-8，12"})

    with everywhere():
        roster = Roster.objects.get()
    assert "6-8, 12" in text(secretary, "roster", roster.pk)
    assert "2019-05" in text(secretary, "rosters")
    sign = reverse("assistance:roster_sign", args=[roster.pk])
    refused = filled(secretary, sign)
    assert "whoever entered it does not sign it" in refused.content.decode()
    clerk = browser("township_clerk", VILLAGE[:9])
    back = reverse("assistance:roster_return", args=[roster.pk])
    filled(clerk, back, reason="12日不在村")
    assert "12日不在村" in text(secretary, "roster", roster.pk)
    filled(secretary, led["Location"], **{f"days_{member.pk}": "6-8"})
    filled(clerk, sign)
    assert "countersigned" in text(clerk, "roster", roster.pk)


def test_a_month_that_is_none_is_not_there():
    with everywhere():
        roster = make_roster()
        team = roster.days.first().member.team
    secretary = browser("village_secretary", VILLAGE)
    month = reverse("assistance:roster_month", args=[team.pk])

    assert get(secretary, f"{month}?month=x").status_code == 404
    wrong = reverse("assistance:roster_enter", args=[team.pk, 2019, 13])
    assert get(secretary, wrong).status_code == 404
