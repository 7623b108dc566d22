"""Addresses of papers."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.documents import views


app_name = "documents"
urlpatterns = [
    path("households/<int:household_id>/card/", views.household_card, name="card"),
    path("plans/<int:plan_id>/paper/", views.plan, name="plan"),
    path("persons/<int:person_id>/data-sheet/", views.person_sheet, name="sheet"),
    path("cards/", views.cards, name="cards"),
    path("cards/<int:key>/<int:part>/", views.cards_part, name="part"),
]
