"""Addresses of the ledger; a problem is named by a key that says nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.ledger import acts, many, proving, rechecks, reconciling, views


app_name = "ledger"
urlpatterns = [
    path("ledger/", views.index, name="index"),
    path("ledger/new/", acts.register, name="register"),
    path("ledger/assign/", many.assign, name="assign_many"),
    path("ledger/reconciliation/", reconciling.page, name="reconciliation"),
    path("ledger/doubles/", views.doubles, name="doubles"),
    path("ledger/rechecks/", rechecks.index, name="rechecks"),
    path("ledger/rechecks/<int:recheck_id>/", rechecks.page, name="recheck"),
    path("ledger/rechecks/items/<int:item_id>/", rechecks.record, name="recheck_item"),
    path("ledger/<int:problem_id>/", views.page, name="page"),
    path("ledger/<int:problem_id>/evidence/", proving.give, name="evidence"),
    path("ledger/<int:problem_id>/search/", acts.search, name="search"),
    path("ledger/<int:problem_id>/answer/", acts.answer_up, name="answer"),
    path("ledger/<int:problem_id>/act/<slug:act>/", acts.act, name="act"),
    path("ledger/tasks/<int:task_id>/", acts.task, name="task"),
]
