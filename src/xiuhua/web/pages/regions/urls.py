"""Addresses of the regions; they are named by their public codes."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.regions import acts, sheets, views


app_name = "regions"
urlpatterns = [
    path("regions/", views.index, name="index"),
    path("regions/groupings/", acts.groupings, name="groupings"),
    path("regions/years/", sheets.years, name="years"),
    path("regions/divisions/", sheets.divisions, name="divisions"),
    path("regions/boundaries/", sheets.boundaries, name="boundaries"),
    path("regions/<slug:code>/", views.page, name="page"),
    path("regions/<slug:code>/new/", acts.enter, name="enter"),
    path("regions/<slug:code>/name/", acts.rename, name="rename"),
    path("regions/<slug:code>/code/", acts.replace, name="replace"),
    path("regions/<slug:code>/keep/", acts.keep, name="keep"),
    path("regions/<slug:code>/year/", acts.year, name="year"),
]
