"""Addresses of who helps; everybody is named by a key that says nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.assistance import helper_pages, pairing_pages, views


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
]
