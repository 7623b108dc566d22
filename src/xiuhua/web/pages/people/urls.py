"""Addresses of the administrator of people."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.people import views


app_name = "people"
urlpatterns = [
    path("people/", views.index, name="index"),
    path("people/register/", views.register, name="register"),
    path("people/<int:key>/", views.person, name="person"),
    path("people/<int:key>/grant/", views.grant, name="grant"),
    path("people/<int:key>/password/", views.password, name="password"),
    path("people/posts/<int:key>/end/", views.post_end, name="post_end"),
]
