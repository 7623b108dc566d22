"""Addresses of the administrator of audit."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.auditing import views


app_name = "auditing"
urlpatterns = [
    path("audit/", views.index, name="index"),
    path("audit/verify/", views.verify, name="verify"),
    path("audit/anchor/", views.anchor, name="anchor"),
]
