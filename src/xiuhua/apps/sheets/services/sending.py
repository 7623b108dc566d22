"""Take a sheet in: compared with what stands, nothing else changes.

A reading that is None is left to a worker; `tasks` puts it in their queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.sheets import store
from xiuhua.apps.sheets.acts.judging import judged, mapping_kept, rows_kept
from xiuhua.apps.sheets.acts.recording import kept, locked, ordered, recorded
from xiuhua.apps.sheets.kinds import kind_get
from xiuhua.apps.sheets.models import Sheet
from xiuhua.apps.sheets.reading import Reading
from xiuhua.apps.sheets.receiving import Received
from xiuhua.apps.sheets.rules import State, Step, check_step


@transaction.atomic
def sheet_send(
    *, kind: str, received: Received, once: str, by: Post, at: datetime
) -> Sheet:
    """Keep a sheet and compare it with what stands; the same key returns the first.

    Raises:
        NotPermitted: when the post does not keep such lists.
    """
    made = Sheet.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, kind_get(kind).permission, region=by.region_id)
    key = store.keep(received.stream)
    try:
        sheet = Sheet.objects.create(
            kind=kind,
            region_id=by.region_id,
            post=by,
            once=once,
            source=received.name[-200:],
            digest=received.digest,
            key=key,
            usual=dict(received.usual),
            state=State.RECEIVED.value,
            sent_by=by.actor.name,
            sent_at=at,
        )
        if received.reading is None:
            ordered(sheet, Step.COMPARE, by=by, at=at)
        else:
            judged(received.reading.rows, sheet, by=by, at=at)
            rows_kept(sheet, received.reading)
        sheet.save()
        recorded(sheet, "sent", {"sha256": sheet.digest, **sheet.counts}, by=by, at=at)
    except BaseException:
        store.erase(key)
        raise
    return sheet


@transaction.atomic
def sheet_compare(
    *, sheet: Sheet, version: int | None, reading: Reading, by: Post, at: datetime
) -> Sheet:
    """Keep what a sheet, read and judged once more, comes to.

    It is judged before, when nobody has to wait for it: that is done anew before
    anything of the sheet is taken over.

    Raises:
        StaleSheet: when somebody took a step with it meanwhile.
        NotPermitted: when the post does not keep such lists there.
        StepClosed: when it was settled.
    """
    row = locked(sheet, version, by)
    check_step("compare", row.state, row.doing)
    rows_kept(row, reading)
    kept(row)
    recorded(row, "compared", row.counts, by=by, at=at)
    return row


@transaction.atomic
def heads_map(
    *,
    sheet: Sheet,
    version: int | None,
    columns: Mapping[str, str],
    fingerprint: str,
    reading: Reading | None,
    by: Post,
    at: datetime,
) -> Sheet:
    """Remember what the heads of a list are, and compare the sheet by them.

    `columns` leads from heads to our columns, `reading` was read by it. Lists with the
    same heads are read so from then on; saying it again replaces it.

    Raises:
        StaleSheet: when somebody took a step with it meanwhile.
        NotPermitted: when the post does not keep such lists there.
        StepClosed: when it was settled.
        HeadsUnfit: when a needed column is missing, or one was named twice.
    """
    row = locked(sheet, version, by)
    check_step("columns", row.state, row.doing)
    mapping_kept(row, columns, fingerprint, by=by, at=at)
    if reading is not None:
        judged(reading.rows, row, by=by, at=at)
        rows_kept(row, reading)
    kept(row)
    if reading is None:
        ordered(row, Step.COMPARE, by=by, at=at)
        row.save()
    recorded(row, "mapped", {"columns": dict(columns), **row.counts}, by=by, at=at)
    return row
