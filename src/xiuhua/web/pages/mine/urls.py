"""Addresses of one's own work; everything is named by keys that say nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.mine import evidence, monday, steps, views


app_name = "mine"
urlpatterns = [
    path("mine/", views.index, name="index"),
    path("mine/week/", views.digest, name="digest"),
    path("mine/week/villages/", views.villages, name="villages"),
    path("mine/monday/", monday.page, name="monday"),
    path(
        "mine/problems/<int:problem_id>/<slug:act>/",
        steps.problem_step,
        name="problem_step",
    ),
    path(
        "mine/measures/<int:measure_id>/<slug:act>/",
        steps.measure_step,
        name="measure_step",
    ),
    path("mine/tasks/<int:task_id>/", steps.task_done, name="task_done"),
    path(
        "mine/evidence/problem/<int:problem_id>/",
        evidence.problem,
        name="problem_evidence",
    ),
    path(
        "mine/evidence/problem/<int:problem_id>/sendings/",
        evidence.problem_announce,
        name="problem_announce",
    ),
    path(
        "mine/evidence/problem/<int:problem_id>/sendings/<slug:key>/",
        evidence.problem_finish,
        name="problem_finish",
    ),
    path(
        "mine/evidence/measure/<int:measure_id>/",
        evidence.measure,
        name="measure_evidence",
    ),
    path(
        "mine/evidence/measure/<int:measure_id>/sendings/",
        evidence.measure_announce,
        name="measure_announce",
    ),
    path(
        "mine/evidence/measure/<int:measure_id>/sendings/<slug:key>/",
        evidence.measure_finish,
        name="measure_finish",
    ),
]
