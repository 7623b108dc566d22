"""Take over measures of many households at once, and take them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.plans.acts.taking import Taken, plans_write
from xiuhua.apps.plans.acts.writing import PlanUnfit, counted, recorded, saved
from xiuhua.apps.plans.models import Measure, MeasureBatch, Plan
from xiuhua.apps.plans.rules import MeasureState


@transaction.atomic
def measures_take(
    *, taken: Sequence[Taken], source: str, digest: str, by: Post, at: datetime
) -> MeasureBatch:
    """Write the measures of a sheet to the plans of households, all or none.

    The same sheet (`digest`) again returns the batch it made.

    Raises:
        NotPermitted: when the post does not plan in one of the villages.
        PlanUnfit: when there is nothing to take over, a fact cannot be, or signatures
            or a reason are missing.
    """
    made = MeasureBatch.objects.filter(digest=digest).first()
    if made is not None:
        return made
    for village in sorted({one.household.village_id for one in taken}):
        check_permitted(by.state, Permission.PLAN_EDIT, region=village)
    count = sum(len(one.measures) for one in taken)
    if not count:
        raise PlanUnfit("the sheet holds no measure")
    batch = MeasureBatch.objects.create(
        region_id=by.region_id,
        source=source[:100],
        digest=digest,
        plans_count=len(taken),
        measures_count=count,
        actor=by.actor.name,
        recorded_at=at,
    )
    plans_write(taken, act="take", once=digest[:40], batch=batch, by=by, at=at)
    _told(batch, "taken", by, at)
    return batch


@transaction.atomic
def measures_give_up(*, batch: MeasureBatch, by: Post, at: datetime) -> int:
    """Take back what a sheet brought: all of it, or nothing.

    The measures stay as dropped, with who took them back. Return how many.

    Raises:
        NotPermitted: when the post does not plan there.
        PlanUnfit: when it was taken back already, or one of them has gone on.
    """
    check_permitted(by.state, Permission.PLAN_EDIT, region=batch.region_id)
    locked = MeasureBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.undone_at is not None:
        raise PlanUnfit("it was taken back already")
    keys = locked.measures.values_list("plan_id", flat=True)
    plans = {
        p.pk: p
        for p in Plan.objects.select_for_update()
        .filter(pk__in=set(keys))
        .order_by("pk")
    }
    rows = list(Measure.objects.select_for_update().filter(batch=locked).order_by("pk"))
    first = {MeasureState.PROPOSED, MeasureState.PLANNED}
    if any(m.version > 1 or m.state not in first for m in rows):
        raise PlanUnfit("a measure of it has gone on since; drop the others one by one")
    for measure in rows:
        plan, old = plans[measure.plan_id], measure.state
        measure.state = MeasureState.DROPPED
        saved(measure)
        counted(plan, [(old, measure.state)])
        said = {"reason": locked.source}
        recorded(plan, measure, "give_up", said, by=by, at=at, old_state=old)
    locked.undone_at = at
    locked.save(update_fields=["undone_at"])
    _told(locked, "given_up", by, at)
    return len(rows)


def _told(batch: MeasureBatch, done: str, by: Post, at: datetime) -> None:
    audit.entry_append(
        action=f"plans.batch.{done}",
        target="plans.batch",
        target_id=str(batch.pk),
        target_label="",
        region_code=batch.region_id,
        by=by.actor,
        at=at,
        new={
            "plans": batch.plans_count,
            "measures": batch.measures_count,
            "digest": batch.digest,
        },
    )
