"""Addresses of the archive; a household is named by a key that says nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.households import acts, views


app_name = "households"
urlpatterns = [
    path("households/", views.index, name="index"),
    path("households/new/", acts.register, name="register"),
    path("households/<int:household_id>/", views.page, name="page"),
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
