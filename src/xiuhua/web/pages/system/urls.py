"""Addresses: whether the server lives, and how the installation is."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.system import views


app_name = "system"
urlpatterns = [
    path("health/live/", views.live, name="live"),
    path("system/", views.index, name="index"),
]
