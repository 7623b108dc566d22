"""Addresses of plans and measures; all are named by keys that say nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.plans import (
    acts,
    bulk,
    closing,
    income,
    lists,
    planning,
    signing,
    views,
)


app_name = "plans"
urlpatterns = [
    path("plans/", lists.index, name="index"),
    path("plans/measures/", lists.measures, name="measures"),
    path("plans/measures/owner/", bulk.owner, name="owner"),
    path("plans/measures/owner/undo/", bulk.owner_undo, name="owner_undo"),
    path("plans/missing/", lists.missing, name="missing"),
    path("plans/income/", income.income, name="income"),
    path("plans/propose/", bulk.propose, name="propose_all"),
    path("plans/close/", closing.close_all, name="close_all"),
    path("plans/<int:plan_id>/close/", closing.close, name="close"),
    path("plans/<int:plan_id>/reopen/", closing.reopen, name="reopen"),
    path("plans/<int:plan_id>/signed/", signing.paper, name="paper"),
    path(
        "plans/<int:plan_id>/signed/sendings/", signing.announce, name="paper_announce"
    ),
    path(
        "plans/<int:plan_id>/signed/sendings/<slug:key>/",
        signing.finish,
        name="paper_finish",
    ),
    path("plans/<int:plan_id>/", views.page, name="page"),
    path("plans/<int:plan_id>/versions/", views.versions, name="versions"),
    path("plans/<int:plan_id>/propose/", planning.propose, name="propose"),
    path("plans/<int:plan_id>/agree/", planning.agree, name="agree"),
    path("plans/<int:plan_id>/measures/new/", planning.add, name="add"),
    path("plans/measures/<int:measure_id>/", views.measure, name="measure"),
    path("plans/measures/<int:measure_id>/change/", planning.change, name="change"),
    path("plans/measures/<int:measure_id>/step/<slug:act>/", acts.step, name="step"),
    path("plans/measures/<int:measure_id>/evidence/", acts.evidence, name="evidence"),
    path("plans/measures/<int:measure_id>/delay/", acts.delay, name="delay"),
    path("households/<int:household_id>/plan/", planning.begin, name="begin"),
    path(
        "households/<int:household_id>/plan/members/<int:person_id>/",
        planning.begin_person,
        name="begin_person",
    ),
    path("regions/<slug:code>/plan/", planning.begin_village, name="begin_village"),
]
