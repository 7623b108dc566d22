"""Addresses of the archive; a household is named by a key that says nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.households import acts, bulk, past, stepping, views


app_name = "households"
urlpatterns = [
    path("households/", views.index, name="index"),
    path("households/bulk/", bulk.bulk, name="bulk"),
    path("households/bulk/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("households/new/", acts.register, name="register"),
    path("households/<int:household_id>/", views.page, name="page"),
    path("households/<int:household_id>/history/", past.history, name="history"),
    path("households/<int:household_id>/then/", past.then, name="then"),
    path(
        "households/<int:household_id>/step/<slug:step>/",
        stepping.household_step,
        name="step",
    ),
    path(
        "households/<int:household_id>/members/<int:person_id>/step/<slug:step>/",
        stepping.member_step,
        name="member_step",
    ),
    path(
        "households/<int:household_id>/facts/<slug:topic>/",
        acts.correct,
        name="correct",
    ),
    path("households/<int:household_id>/income/", acts.income_year, name="income_year"),
    path(
        "households/<int:household_id>/income/<int:year>/", acts.income, name="income"
    ),
    path(
        "households/<int:household_id>/members/new/", acts.member_add, name="member_add"
    ),
    path(
        "households/<int:household_id>/members/<int:person_id>/<slug:topic>/",
        acts.member_correct,
        name="member_correct",
    ),
]
