"""Every constraint, broken once; events that cannot be changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.factories.assistance import (
    LAST_YEAR,
    make_chain_link,
    make_group_indicator,
    make_group_member,
    make_help_event,
    make_helper,
    make_kinship,
    make_pairing,
    make_roster,
    make_roster_day,
    make_sector_group,
    make_team_member,
    make_unit,
    make_visit,
    make_visit_drive,
    make_visit_paper,
    make_work_team,
    once,
)

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")
EARLIER = date(2000, 1, 1)


@pytest.fixture
def everywhere():
    with region_scope(EVERYWHERE):
        yield


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def _again(row, **changed):
    row.pk = None
    if hasattr(row, "once"):
        row.once = once()
    for name, value in changed.items():
        setattr(row, name, value)
    refused(row.save)


def _changed(row, **changed):
    refused(lambda: type(row).objects.filter(pk=row.pk).update(**changed))


def test_constraint_assistance_unit_once_a_region():
    _again(make_unit())


def test_constraint_assistance_unit_named():
    _changed(make_unit(), name="")


def test_constraint_assistance_helper_named():
    _changed(make_helper(), name="")


def test_constraint_assistance_helper_rank_listed():
    _changed(make_helper(), rank="emperor")


def test_constraint_assistance_kinship_once():
    _again(make_kinship())


def test_constraint_assistance_pairing_one_open():
    _again(make_pairing())


def test_constraint_assistance_pairing_runs_forward():
    _changed(make_pairing(), ended_on=EARLIER, ended_reason="left")


def test_constraint_assistance_pairing_end_explained():
    _changed(make_pairing(), ended_on=date(2019, 6, 1))


def test_constraint_assistance_team_one_a_village():
    _again(make_work_team())


def test_constraint_assistance_team_runs_forward():
    _changed(make_work_team(), ended_on=EARLIER)


def test_constraint_assistance_member_of_one_team():
    member = make_team_member()
    _again(member, team=make_work_team("990101101202"))


def test_constraint_assistance_member_one_first_secretary():
    member = make_team_member(post="first_secretary")
    _again(member, helper=make_helper())


def test_constraint_assistance_member_post_listed():
    _changed(make_team_member(), post="guest")


def test_constraint_assistance_member_runs_forward():
    _changed(make_team_member(), ended_on=EARLIER)


def test_constraint_assistance_link_one_a_region():
    _again(make_chain_link())


def test_constraint_assistance_link_runs_forward():
    _changed(make_chain_link(), ended_on=LAST_YEAR)


def test_constraint_assistance_group_once_a_region():
    _again(make_sector_group())


def test_constraint_assistance_group_member_once():
    _again(make_group_member())


def test_constraint_assistance_group_member_post_listed():
    _changed(make_group_member(), post="guest")


def test_constraint_assistance_group_member_runs_forward():
    _changed(make_group_member(), ended_on=EARLIER)


def test_constraint_assistance_group_indicator_once():
    _again(make_group_indicator())


def test_constraint_assistance_drive_once_a_region():
    _again(make_visit_drive())


def test_constraint_assistance_drive_runs_forward():
    _changed(make_visit_drive(), last_day=EARLIER)


def test_constraint_assistance_visit_kind_listed():
    _changed(make_visit(), kind="party")


def test_constraint_assistance_visit_state_explained():
    _changed(make_visit(), state="made")


def test_constraint_assistance_roster_once_a_month():
    _again(make_roster())


def test_constraint_assistance_roster_signed_by_another():
    roster = make_roster()
    _changed(roster, state="signed", signed_by=roster.entered_by)


def test_constraint_assistance_roster_day_once():
    _again(make_roster_day())


def test_constraint_assistance_event_number_once():
    _again(make_help_event())


def test_what_happened_cannot_be_changed():
    event = make_help_event()

    for act in (
        lambda: type(event).objects.filter(pk=event.pk).update(actor="nobody"),
        lambda: type(event).objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_constraint_assistance_visit_mending_found():
    _changed(make_visit(), mending="asked")


def test_constraint_assistance_visit_paper_once():
    _again(make_visit_paper())
