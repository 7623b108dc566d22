"""Units, helpers, pairings, teams, visits and rosters, made through the services."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.attachments import make_attachment
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.models import (
    Book,
    HelpEvent,
    Pairing,
    Roster,
    RosterDay,
    TeamMember,
    Visit,
    VisitDrive,
    VisitPaper,
    WorkTeam,
)
from xiuhua.apps.assistance.people import (
    ChainLink,
    GroupIndicator,
    GroupMember,
    Helper,
    Kinship,
    SectorGroup,
    Unit,
)
from xiuhua.apps.assistance.services import (
    charges,
    pairings,
    people,
    rosters,
    teams,
    visits,
)
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.registry.models import Household


COUNTY = VILLAGE[:6]
SPRING = date(2019, 3, 1)
LAST_YEAR = date(2018, 1, 1)
_keys = count(1)


def once() -> str:
    """Return the key of another form."""
    return f"assistance-{next(_keys)}"


def make_office(region: str = COUNTY) -> Post:
    """Return the post of a county's office."""
    return make_post("county_office", region)


def make_secretary(village: str = VILLAGE, **said: Any) -> Post:
    """Return the post of a village's secretary."""
    return make_post("village_secretary", village, **said)


def make_unit(name: str = "", region: str = COUNTY) -> Unit:
    """Enter a unit of a county."""
    return people.unit_enter(
        region=region,
        name=name or f"单位{next(_keys)}",
        affiliation="县直",
        once=once(),
        by=make_office(region[:6]),
        at=NOON,
    )


def make_helper(unit: Unit | None = None, **said: Any) -> Helper:
    """Enter somebody who helps, of the lowest rank."""
    unit = unit or make_unit()
    facts = {"unit": unit, "name": f"张帮{next(_keys)}", "rank": "staff"} | said
    by = make_office(unit.region_id[:6])
    return people.helper_enter(facts=facts, once=once(), by=by, at=NOON)


def make_pairing(
    helper: Helper | None = None, household: Household | None = None, **said: Any
) -> Pairing:
    """Pair a helper with a household that nobody helps, since March."""
    household = household or make_household()
    usual: dict[str, Any] = {"starts_on": SPRING, "replaces": None, "once": once()}
    usual |= {"by": make_office(household.village_id[:6]), "at": NOON}
    return pairings.pairing_open(
        helper=helper or make_helper(), household=household, **usual | said
    )


def make_kinship() -> Kinship:
    """State that a helper is a brother of the head."""
    return people.kinship_state(
        helper=make_helper(),
        household=make_household(),
        relation="兄弟",
        once=once(),
        by=make_office(),
        at=NOON,
    )


def make_work_team(village: str = VILLAGE) -> WorkTeam:
    """Form the work team of a village."""
    make_region(village)
    return teams.team_form(
        region=village,
        starts_on=LAST_YEAR,
        document="县组通2018-1号",
        once=once(),
        by=make_office(village[:6]),
        at=NOON,
    )


def make_team_member(
    team: WorkTeam | None = None, helper: Helper | None = None, **said: Any
) -> TeamMember:
    """Let somebody join a work team for two years."""
    usual: dict[str, Any] = {"post": "member", "starts_on": LAST_YEAR}
    usual |= {"until": date(2020, 1, 1), "once": once(), "at": NOON}
    team = team or make_work_team()
    usual["by"] = make_office(team.region_id[:6])
    return teams.member_join(team=team, helper=helper or make_helper(), **usual | said)


def make_chain_link(region: str = VILLAGE) -> ChainLink:
    """Let somebody answer for a region."""
    make_region(region)
    return charges.link_set(
        region=region,
        helper=make_helper(),
        starts_on=LAST_YEAR,
        replaces=None,
        once=once(),
        by=make_office(),
        at=NOON,
    )


def make_sector_group(name: str = "饮水安全专班") -> SectorGroup:
    """Set up the group that owns water."""
    make_region(COUNTY)
    return charges.group_set_up(
        region=COUNTY,
        name=name,
        sector="water",
        indicators=[("household_exit", "safe_water")],
        once=once(),
        by=make_office(),
        at=NOON,
    )


def make_group_indicator() -> GroupIndicator:
    """Return the indicator of a group."""
    return GroupIndicator.objects.get(group=make_sector_group())


def make_group_member(**said: Any) -> GroupMember:
    """Let somebody lead a sector group."""
    usual: dict[str, Any] = {"post": "leader", "starts_on": LAST_YEAR, "once": once()}
    usual |= {"by": make_office(), "at": NOON}
    if "group" not in said:
        usual["group"] = make_sector_group()
    return charges.group_member_join(helper=make_helper(), **usual | said)


def make_visit(
    household: Household | None = None, helper: Helper | None = None, **said: Any
) -> Visit:
    """Plan a visit for the tests' day."""
    household = household or make_household()
    usual: dict[str, Any] = {"kind": "call", "planned_on": TODAY, "once": once()}
    usual |= {"by": make_secretary(household.village_id), "at": NOON}
    return visits.visit_plan(
        household=household, helper=helper or make_helper(), **usual | said
    )


def make_visit_paper(visit: Visit | None = None) -> VisitPaper:
    """Let a file of the household hang on a visit."""
    visit = visit or make_visit()
    household = visit.household
    return visits.visit_paper_add(
        visit=visit,
        attachment=make_attachment(
            subject=Subject(
                "registry.household", str(household.pk), household.village_id
            )
        ),
        by=make_secretary(household.village_id),
        at=NOON,
    )


def make_visit_drive(region: str = COUNTY, **said: Any) -> VisitDrive:
    """Begin a drive over the households that are still poor."""
    make_region(region)
    usual: dict[str, Any] = {"name": "遍访贫困户", "left_only": True, "at": NOON}
    usual |= {"starts_on": SPRING, "last_day": date(2019, 6, 30), "once": once()}
    usual["by"] = make_office(region[:6])
    return visits.drive_begin(region=region, **usual | said)


def make_roster(member: TeamMember | None = None, **said: Any) -> Roster:
    """Enter three days of May of somebody in a village."""
    member = member or make_team_member()
    usual: dict[str, Any] = {"month": date(2019, 5, 1), "version": None, "at": NOON}
    usual |= {"days": {member.pk: [6, 7, 8]}, "once": once()}
    usual["by"] = make_secretary(member.team.region_id)
    return rosters.roster_enter(region=member.team.region_id, **usual | said)


def make_roster_day() -> RosterDay:
    """Return a day of a roster."""
    return RosterDay.objects.filter(roster=make_roster()).earliest("day")


def make_book() -> Book:
    """Return the book of the county, with one event."""
    make_unit()
    return Book.objects.get(region_id=COUNTY)


def make_help_event() -> HelpEvent:
    """Return an event of the county's book."""
    return HelpEvent.objects.filter(book=make_book()).earliest("number")
