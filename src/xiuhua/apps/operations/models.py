"""Runs of periodic jobs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """A job at one of the instants at which it was due.

    The pair is unique: of several processes that look what is due, one makes the row,
    and only that one hands the work to a worker.
    """

    class State(models.TextChoices):
        """How far a run has come."""

        WAITING = "WAITING", _("waiting")
        RUNNING = "RUNNING", _("running")
        DONE = "DONE", _("done")
        FAILED = "FAILED", _("failed")

    job = models.CharField(_("job"), max_length=60)
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    outcome = models.TextField(_("outcome"), blank=True)
    # The outcome is a template that is worded for each reader; null: it is a text as
    # it stands, the kind of an error or a sentence of an earlier version.
    figures = models.JSONField(_("figures"), null=True)

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["job", "due_at"], name="operations_job_run_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["DONE", "FAILED"], finished_at__isnull=False
                )
                | models.Q(state__in=["WAITING", "RUNNING"], finished_at__isnull=True),
                name="operations_job_run_ends_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.due_at:%Y-%m-%d %H:%M} {self.state}"
