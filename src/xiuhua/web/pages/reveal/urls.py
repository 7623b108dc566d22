"""Address where withheld values are shown."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.reveal import views


app_name = "reveal"
urlpatterns = [
    path("households/<int:household_id>/withheld/", views.choose, name="choose")
]
