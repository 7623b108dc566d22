"""Addresses: the start, the choice of a post, the language."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from xiuhua.web.access import PUBLIC, allow
from xiuhua.web.pages.entry import views


urlpatterns = [
    path("", views.start, name="start"),
    path("post/", views.post_choose, name="post_choose"),
    path("views/", views.view_save, name="view_save"),
    path("views/<int:view_id>/forget/", views.view_forget, name="view_forget"),
    path("language/", allow(PUBLIC, "POST")(set_language), name="set_language"),
]
