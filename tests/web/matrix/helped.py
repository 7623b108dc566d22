"""Who helps in the world: in each village a pairing, a visit, a team, a roster."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from tests.factories.accounts import make_post
from tests.factories.assistance import (
    make_helper,
    make_pairing,
    make_roster,
    make_team_member,
    make_unit,
    make_visit,
    make_work_team,
)
from tests.factories.moments import NOON

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assistance.services import visits


_MADE_ON: Final = date(2019, 6, 1)


def help_planted(household: Any, findings: str) -> None:
    """Let a household be helped and visited; what was found holds a token."""
    village = household.village_id
    with region_scope([village[:6]]):
        helper = make_helper(make_unit(region=village))
        make_pairing(helper, household)
        visit = make_visit(household, helper, planned_on=_MADE_ON)
        visits.visit_make(
            visit=visit,
            version=visit.version,
            made_on=_MADE_ON,
            findings=findings,
            by=make_post("village_secretary", village),
            at=NOON,
        )
        make_roster(make_team_member(make_work_team(village), helper))
