"""Periodic jobs of this app; each returns a template of what came out, and figures."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.supervision.acts.counting import drive_recount
from xiuhua.apps.supervision.models import Drive


def drives_recounted(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Count every drive that is not over anew; say how many regions were wrong."""
    today = timezone.localtime(at).date()
    keys = Drive.unscoped.filter(ends_on__gte=today).order_by("pk")
    wrong = count = 0
    for key in keys.values_list("pk", flat=True):
        with transaction.atomic():
            drive = Drive.unscoped.select_for_update().get(pk=key)
            wrong += drive_recount(drive)
            count += 1
    figures = {"drives": count, "regions": wrong}
    return "{drives} drives, {regions} regions set right", figures
