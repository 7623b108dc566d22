"""Addresses of the command room; a region is named by its code, which is public."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.room import campaigns, views


app_name = "room"
urlpatterns = [
    path("room/", views.home, name="home"),
    path("room/campaigns/", campaigns.index, name="campaigns"),
    path("room/campaigns/<int:campaign_id>/", campaigns.correct, name="campaign"),
    path("room/groupings/<slug:key>/", views.grouping, name="grouping"),
    path("room/<slug:code>/", views.region, name="region"),
]
