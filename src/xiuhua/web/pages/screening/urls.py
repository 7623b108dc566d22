"""Addresses of screening."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.screening import adopting, running, views


app_name = "screening"
urlpatterns = [
    path("screening/", views.index, name="index"),
    path("screening/standards/new/", adopting.choose, name="adopt"),
    path("screening/standards/new/<slug:pack>/", adopting.adopt, name="adopt_pack"),
    path("screening/standards/<int:key>/end/", adopting.end, name="adoption_end"),
    path("screening/standards/<int:key>/day/", adopting.day, name="adoption_day"),
    path("screening/runs/new/", running.ask, name="run_ask"),
    path("screening/runs/trial/<slug:pack>/", running.trial, name="run_trial"),
    path("screening/runs/<int:key>/", views.run, name="run"),
    path("screening/runs/<int:key>/workbook/", running.workbook, name="run_workbook"),
    path("screening/runs/<int:key>/act/<slug:act>/", running.act, name="run_act"),
    path(
        "screening/runs/<int:key>/since/<int:older>/<slug:measure>/",
        views.compared,
        name="compared",
    ),
    path("screening/lists/<slug:which>/", views.thresholds, name="thresholds"),
]
