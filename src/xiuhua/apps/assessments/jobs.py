"""Periodic jobs of this app; each returns a template of what came out, and figures."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.assessments.models import Adoption, Run, RunState
from xiuhua.apps.assessments.rules import judged_day
from xiuhua.apps.assessments.standards import pack_read, village_pack_of
from xiuhua.apps.assessments.tasks import run_do
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.rules import Actor


def days_advanced(*, at: datetime) -> tuple[str, dict[str, object]]:
    """Move standards that follow the calendar to this day and judge again by them."""
    day = timezone.localtime(at).date()
    open_ones = Adoption.unscoped.filter(valid_to__isnull=True, follows_calendar=True)
    moved = [a for a in open_ones.order_by("pk") if _moved(a, at)]
    figures = {"standards": len(moved), "day": day.isoformat()}
    return "{standards} standards moved to {day}", figures


@transaction.atomic
def _moved(adoption: Adoption, at: datetime) -> bool:
    today = timezone.localtime(at).date()
    wanted = judged_day(today, pack_read(adoption.pack).in_force.end)
    if adoption.as_of == wanted or adoption.unit != "household":
        return False
    old = adoption.as_of
    adoption.as_of = wanted
    adoption.save(update_fields=["as_of"])
    by = Actor.command("tick")
    audit.entry_append(
        action="assessments.adoption.redated",
        target="assessments.adoption",
        target_id=str(adoption.pk),
        target_label=adoption.pack,
        region_code=adoption.region_id,
        by=by,
        at=at,
        old={"as_of": old},
        new={"as_of": wanted},
    )
    run = Run.unscoped.create(
        region_id=adoption.region_id,
        pack=adoption.pack,
        village_pack=village_pack_of(adoption.region_id, today),
        adopted=True,
        as_of=wanted,
        state=RunState.WAITING,
        asked_at=at,
        asked_by=by.name,
    )
    transaction.on_commit(lambda: run_do.enqueue(run.pk))
    return True
