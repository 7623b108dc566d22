"""Drives wider than a county."""

from __future__ import annotations

import pytest
from tests.factories.accounts import make_post
from tests.factories.ledger import make_problem
from tests.factories.moments import TODAY
from tests.factories.supervision import make_drive

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.supervision import selectors
from xiuhua.apps.supervision.rules import Standing


pytestmark = pytest.mark.usefixtures("each_database")


def test_above_the_county_figures_are_the_sum_of_counties():
    with region_scope(["99"]):
        drive = make_drive(make_post("province_officer", "99"), regions=("99",))
        make_problem()
        make_problem(make_post("county_office", "990201"), region="990201101201")

        found = selectors.standings(
            drive=drive, regions=["99", "9901", "990201"], as_of=TODAY
        )

        assert [s.open for s in found.values()] == [2, 1, 1]
        curve = selectors.curve(drive=drive, regions=["99"], until=TODAY)
        assert curve == [(TODAY, Standing(2, 0, 2))]
