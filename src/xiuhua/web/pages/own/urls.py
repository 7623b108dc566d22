"""Address of one's own account."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.own import views


app_name = "own"
urlpatterns = [path("account/", views.index, name="index")]
