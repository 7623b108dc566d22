"""Addresses of the administrator of security."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.security import views


app_name = "security"
urlpatterns = [
    path("security/", views.index, name="index"),
    path("security/people/", views.people, name="people"),
    path("security/people/<int:key>/", views.person, name="person"),
    path("security/people/<int:key>/grant/", views.grant, name="grant"),
    path("security/people/<int:key>/<slug:act>/", views.act, name="act"),
    path("security/posts/<int:key>/end/", views.post_end, name="post_end"),
]
