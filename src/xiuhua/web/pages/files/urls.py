"""Addresses of files: on a household, and of sendings in chunks."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.files import sendings, views


app_name = "files"
urlpatterns = [
    path("households/<int:household_id>/files/", views.add, name="add"),
    path("files/<int:key>/", views.take, name="take"),
    path("files/<int:key>/remove/", views.remove, name="remove"),
    path(
        "households/<int:household_id>/files/sendings/",
        sendings.announce,
        name="announce",
    ),
    path("files/sendings/<slug:key>/", sendings.chunk, name="chunk"),
    path("files/sendings/<slug:key>/finish/", sendings.finish, name="finish"),
]
