"""Addresses of data health."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.health import views


app_name = "health"
urlpatterns = [
    path("data-health/", views.index, name="index"),
    path("data-health/faults/", views.faults, name="faults"),
    path("data-health/gaps/<slug:level>/<slug:field>/", views.gaps, name="gaps"),
    path("data-health/questions/<slug:pack>/", views.questions, name="questions"),
    path("data-health/check/", views.check, name="check"),
]
