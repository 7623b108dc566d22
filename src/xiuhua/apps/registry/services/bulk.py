"""Many changes in one step: an import, a re-assignment; and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry import followers
from xiuhua.apps.registry.acts.laying import Laying, check_once
from xiuhua.apps.registry.acts.laying_households import lay_households, with_heads
from xiuhua.apps.registry.acts.laying_persons import lay_persons
from xiuhua.apps.registry.acts.recording import Act, local_day
from xiuhua.apps.registry.acts.rows import (
    HouseholdRow,
    PersonRow,
    VillageRow,
    digest_of_rows,
)
from xiuhua.apps.registry.acts.undoing import batch_unlaid
from xiuhua.apps.registry.acts.village_reports import lay_villages, reports_unlaid
from xiuhua.apps.registry.folding import UNDO
from xiuhua.apps.registry.models import Batch
from xiuhua.core.errors import XiuhuaError


class BatchMissing(XiuhuaError):
    """No such batch where the post is held, or it has been undone already."""

    code = "registry.batch_missing"


@transaction.atomic
def changes_apply(
    *,
    households: Sequence[HouseholdRow] = (),
    persons: Sequence[PersonRow] = (),
    villages: Sequence[VillageRow] = (),
    source: str,
    by: Post,
    at: datetime,
    act: str = "import",
    order_number: str = "",
) -> Batch:
    """Lay many rows on the archive at once: all of them, or none.

    Households and persons are matched by number, villages by code and year. The batch
    says how many were new, changed and unchanged; `changes_undo` takes it back. The
    record holds the counts and the digest of the rows.

    Raises:
        NotPermitted: when the post may not import, or not in one of the villages.
        RowTwice: when a number, or a village of a year, stands twice.
        HouseholdMissing: when a person's household is nowhere in the region.
        VersionMissing: when a row exists and no version is given.
        VersionStale: when a row has been changed since it was compared, or is gone.
        FieldUnknown: when a field is none of its level.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when a row would hold from a day to come.
    """
    check_permitted(by.state, Permission.ROWS_IMPORT, region=by.region_id)
    check_once(row.number for row in households)
    check_once(row.number for row in persons)
    actor = by.actor
    batch = Batch.unscoped.create(
        region_code=by.region_id,
        source=source,
        digest=digest_of_rows([*households, *persons, *villages]),
        counts={},
        by_user=actor.name,
        by_post=actor.post,
        recorded_at=at,
    )
    laying = Laying(Act(act, by, at, local_day(at), order_number, batch))
    lay_households(laying, with_heads(households, persons))
    lay_persons(laying, persons)
    lay_villages(laying, villages)
    laying.finish()
    batch.counts = dict(sorted(laying.counts.items()))
    batch.save(update_fields=["counts"])
    audit.entry_append(
        action="registry.batch.applied",
        target="registry.batch",
        target_id=str(batch.pk),
        target_label=source[:200],
        region_code=by.region_id,
        by=actor,
        at=at,
        new={"counts": batch.counts, "digest": batch.digest},
        order_number=order_number,
    )
    followers.tell(household_ids=sorted(laying.touched), by=by, at=at)
    return batch


@transaction.atomic
def changes_undo(*, batch_id: int, by: Post, at: datetime) -> Batch:
    """Take a batch back: every row becomes what the rest of its history says.

    Later changes of the same rows stand. A household or person the batch entered is
    void from now on, and the same batch can be laid again.

    Raises:
        NotPermitted: when the post may not import.
        BatchMissing: when there is none in the post's region, or it is undone.
        BatchBuiltUpon: when a row it entered has been changed since.
    """
    check_permitted(by.state, Permission.ROWS_IMPORT, region=by.region_id)
    found = Batch.unscoped.select_for_update().filter(
        within(by.region_id, "region_code")
    )
    batch = found.filter(pk=batch_id, undone_at__isnull=True).first()
    if batch is None:
        raise BatchMissing("there is no such batch to undo")
    batch.undone_at, batch.undone_by = at, by.actor.name
    batch.save(update_fields=["undone_at", "undone_by"])
    act = Act(UNDO, by, at, local_day(at), batch=batch)
    concerned = batch_unlaid(batch, act)
    counts = {"households": len(concerned), "villages": reports_unlaid(batch, act)}
    audit.entry_append(
        action="registry.batch.undone",
        target="registry.batch",
        target_id=str(batch.pk),
        target_label=batch.source,
        region_code=by.region_id,
        by=by.actor,
        at=at,
        new={"counts": counts, "digest": batch.digest},
    )
    followers.tell(household_ids=concerned, by=by, at=at)
    return batch
