"""The columns every history of rows has: what was done, when, by whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recorded(models.Model):
    """What was done to a row, by whom: columns with their values before and after."""

    act = models.CharField(_("act"), max_length=30)
    recorded_at = models.DateTimeField(_("recorded at"))
    by_user = models.CharField(_("user"), max_length=150)
    by_post = models.CharField(_("post"), max_length=200)
    order_number = models.CharField(_("instruction"), max_length=100, blank=True)
    row_version = models.PositiveIntegerField(_("version of the row after it"))
    old = models.JSONField(_("before"))
    new = models.JSONField(_("after"))

    class Meta:
        abstract = True
