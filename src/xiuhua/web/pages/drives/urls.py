"""Addresses of drives; a drive is named by its key, a region by its code."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.drives import setting, views


app_name = "drives"
urlpatterns = [
    path("drives/", views.index, name="index"),
    path("drives/new/", setting.enter, name="enter"),
    path("drives/<int:drive_id>/", views.home, name="home"),
    path("drives/<int:drive_id>/change/", setting.change, name="change"),
    path("drives/<int:drive_id>/shock/", setting.shock, name="shock"),
    path("drives/<int:drive_id>/<slug:code>/", views.region, name="region"),
    path("drives/<int:drive_id>/<slug:code>/tasks/", views.tasks, name="tasks"),
    path(
        "drives/<int:drive_id>/<slug:code>/households/",
        views.households,
        name="households",
    ),
]
