"""Judge the rows of a sheet by its kind, and keep what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.sheets.content import packed
from xiuhua.apps.sheets.kinds import Row, Sending, kind_get
from xiuhua.apps.sheets.models import HeadMapping, Sheet, SheetRow
from xiuhua.apps.sheets.reading import Reading, read_values
from xiuhua.apps.sheets.rules import Outcome, State, counts_of
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.headers import normalized


_PART = 500


class HeadsUnfit(XiuhuaError):
    """The heads of a list cannot be what was said they are."""

    code = "sheets.heads_unfit"


def sending_of(sheet: Sheet, *, by: Post, at: datetime) -> Sending:
    """Return a sheet as its kind knows it."""
    return Sending(
        key=sheet.pk,
        region=sheet.region_id,
        source=sheet.source,
        digest=sheet.digest,
        by=by,
        at=at,
        today=timezone.localtime(at).date(),
    )


def judged(rows: Sequence[Row], sheet: Sheet, *, by: Post, at: datetime) -> None:
    """Let the kind of a sheet judge its rows as they stand against what is."""
    if not rows:
        return
    kind = kind_get(sheet.kind)
    for row in rows:
        read_values(row, kind)
    kind.compare(rows, sending_of(sheet, by=by, at=at))
    for row in rows:
        if row.faults:
            row.outcome, row.changes, row.plan = Outcome.REJECTED, [], {}


def rows_kept(sheet: Sheet, reading: Reading) -> None:
    """Keep rows that were judged in place of those before."""
    sheet.layouts = [layout.as_json() for layout in reading.layouts]
    sheet.rows.all().delete()
    if reading.unmapped is not None:
        sheet.state, sheet.counts = State.UNMAPPED.value, {}
        return
    SheetRow.objects.bulk_create(
        [
            SheetRow(
                sheet=sheet,
                place=place,
                title=row.title,
                number=row.number,
                outcome=row.outcome.value,
                content=packed(row),
            )
            for place, row in enumerate(reading.rows)
        ],
        batch_size=_PART,
    )
    sheet.state = State.SEEN.value
    sheet.counts = counts_of([row.outcome for row in reading.rows])


def mapping_kept(
    sheet: Sheet,
    columns: Mapping[str, str],
    fingerprint: str,
    *,
    by: Post,
    at: datetime,
) -> None:
    """Remember the heads of a list for the region of a sheet.

    Raises:
        HeadsUnfit: when a needed column is missing, or one was named twice.
    """
    kind = kind_get(sheet.kind)
    if len(set(columns.values())) < len(columns):
        raise HeadsUnfit("two columns cannot be the same")
    if not kind.needed <= set(columns.values()):
        raise HeadsUnfit(
            "say which columns are {columns}",
            columns="、".join(h.zh for h in kind.heads if h.needed),
        )
    HeadMapping.objects.update_or_create(
        region_id=sheet.region_id,
        kind=sheet.kind,
        fingerprint=fingerprint,
        defaults={
            "columns": {normalized(head): key for head, key in columns.items()},
            "saved_by": by.actor.name,
            "saved_at": at,
        },
    )
