"""Addresses of who helps; everybody is named by a key that says nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.assistance import (
    charge_pages,
    coverage_pages,
    drive_pages,
    helper_pages,
    pairing_pages,
    paper_forms,
    roster_pages,
    team_pages,
    views,
    visit_pages,
    visit_papers,
)


app_name = "assistance"
urlpatterns = [
    path("assistance/", views.index, name="index"),
    path("assistance/pairings/", views.pairing_list, name="pairings"),
    path(
        "assistance/pairings/<int:pairing_id>/end/",
        pairing_pages.pairing_end,
        name="pairing_end",
    ),
    path("assistance/uncovered/", views.uncovered, name="uncovered"),
    path("assistance/coverage/", coverage_pages.coverage, name="coverage"),
    path("assistance/moved/", coverage_pages.moved, name="moved"),
    path(
        "assistance/pairings/<int:pairing_id>/keep/",
        coverage_pages.pairing_keep,
        name="pairing_keep",
    ),
    path("assistance/seed/", pairing_pages.seed, name="seed"),
    path(
        "assistance/households/<int:household_id>/pair/",
        pairing_pages.pair,
        name="pair",
    ),
    path(
        "assistance/households/<int:household_id>/kin/", pairing_pages.kin, name="kin"
    ),
    path("assistance/helpers/", views.helper_list, name="helpers"),
    path("assistance/helpers/new/", helper_pages.helper_enter, name="helper_enter"),
    path("assistance/helpers/<int:helper_id>/", helper_pages.helper, name="helper"),
    path(
        "assistance/helpers/<int:helper_id>/correct/",
        helper_pages.helper_correct,
        name="helper_correct",
    ),
    path(
        "assistance/helpers/<int:helper_id>/left/",
        helper_pages.helper_left,
        name="helper_left",
    ),
    path("assistance/units/", views.unit_list, name="units"),
    path("assistance/units/new/", helper_pages.unit_enter, name="unit_enter"),
    path(
        "assistance/units/<int:unit_id>/",
        helper_pages.unit_correct,
        name="unit_correct",
    ),
    path("assistance/teams/", team_pages.team_list, name="teams"),
    path("assistance/teams/new/", team_pages.team_form, name="team_form"),
    path("assistance/teams/<int:team_id>/", team_pages.team, name="team"),
    path("assistance/teams/<int:team_id>/end/", team_pages.team_end, name="team_end"),
    path(
        "assistance/teams/<int:team_id>/join/",
        team_pages.member_join,
        name="member_join",
    ),
    path(
        "assistance/members/<int:member_id>/leave/",
        team_pages.member_leave,
        name="member_leave",
    ),
    path("assistance/members/", team_pages.member_list, name="members"),
    path("assistance/staffing/", team_pages.staffing, name="staffing"),
    path("assistance/chain/", charge_pages.chain, name="chain"),
    path("assistance/chain/<code>/", charge_pages.link_set, name="link_set"),
    path("assistance/links/<int:link_id>/end/", charge_pages.link_end, name="link_end"),
    path("assistance/groups/", charge_pages.groups, name="groups"),
    path("assistance/groups/new/", charge_pages.group_set_up, name="group_set_up"),
    path(
        "assistance/groups/<int:group_id>/",
        charge_pages.group_change,
        name="group_change",
    ),
    path(
        "assistance/groups/<int:group_id>/join/",
        charge_pages.group_join,
        name="group_join",
    ),
    path(
        "assistance/groups/<int:group_id>/members/<int:member_id>/leave/",
        charge_pages.group_leave,
        name="group_leave",
    ),
    path("assistance/visits/", visit_pages.visit_list, name="visits"),
    path("assistance/visits/owed/", visit_pages.owed_list, name="owed"),
    path("assistance/visits/asking/", visit_pages.asking_list, name="asking"),
    path("assistance/visits/<int:visit_id>/", visit_pages.visit, name="visit"),
    path(
        "assistance/visits/<int:visit_id>/make/",
        visit_pages.visit_make,
        name="visit_make",
    ),
    path(
        "assistance/visits/<int:visit_id>/drop/",
        visit_pages.visit_drop,
        name="visit_drop",
    ),
    path(
        "assistance/households/<int:household_id>/visit/",
        visit_pages.visit_plan,
        name="visit_plan",
    ),
    path(
        "assistance/households/<int:household_id>/visited/",
        visit_pages.visit_record,
        name="visit_record",
    ),
    path(
        "assistance/visits/<int:visit_id>/papers/",
        visit_papers.visit_paper,
        name="visit_paper",
    ),
    path(
        "assistance/visits/<int:visit_id>/papers/<slug:key>/",
        visit_papers.visit_paper_finish,
        name="visit_paper_finish",
    ),
    path("assistance/visits/sheets/", paper_forms.visit_sheets, name="visit_sheets"),
    path(
        "assistance/teams/<int:team_id>/rosters/<int:year>/<int:month>/sheet/",
        paper_forms.roster_sheet,
        name="roster_sheet",
    ),
    path("assistance/drives/", drive_pages.drives, name="drives"),
    path("assistance/drives/new/", drive_pages.drive_begin, name="drive_begin"),
    path("assistance/drives/<int:drive_id>/", drive_pages.drive, name="drive"),
    path("assistance/rosters/", roster_pages.roster_list, name="rosters"),
    path("assistance/rosters/<int:roster_id>/", roster_pages.roster, name="roster"),
    path(
        "assistance/rosters/<int:roster_id>/sign/",
        roster_pages.roster_sign,
        name="roster_sign",
    ),
    path(
        "assistance/rosters/<int:roster_id>/return/",
        roster_pages.roster_return,
        name="roster_return",
    ),
    path(
        "assistance/teams/<int:team_id>/rosters/",
        roster_pages.roster_month,
        name="roster_month",
    ),
    path(
        "assistance/teams/<int:team_id>/rosters/<int:year>/<int:month>/",
        roster_pages.roster_enter,
        name="roster_enter",
    ),
]
