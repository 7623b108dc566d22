"""Take a compared sheet over in one step, take it back, or set it aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.sheets.acts.judging import judged, sending_of
from xiuhua.apps.sheets.acts.recording import kept, locked, ordered, recorded
from xiuhua.apps.sheets.content import bare, comes_to, unpacked
from xiuhua.apps.sheets.kinds import Taken, kind_get
from xiuhua.apps.sheets.models import Sheet, SheetRow
from xiuhua.apps.sheets.rules import WANTED, State, Step, StepClosed, check_step
from xiuhua.core.errors import XiuhuaError


_PART: Final = 500


class SheetOutdated(XiuhuaError):
    """What a sheet is about was changed since it was compared."""

    code = "sheets.outdated"


@transaction.atomic
def step_order(
    *, sheet: Sheet, step: Step, version: int | None, by: Post, at: datetime
) -> Sheet:
    """Order that a worker takes a step with a sheet; `tasks` puts it in their queue.

    Raises:
        StaleSheet: when somebody took a step with it meanwhile.
        NotPermitted: when the post does not keep such lists there.
        StepClosed: when the step is not open, or a worker is busy with the sheet.
    """
    row = locked(sheet, version, by)
    check_step(step, row.state, row.doing)
    kept(row)
    ordered(row, step, by=by, at=at)
    row.save()
    recorded(row, "ordered", {"step": step.value, **row.counts}, by=by, at=at)
    return row


@transaction.atomic
def sheet_apply(*, sheet: Sheet, version: int | None, by: Post, at: datetime) -> Sheet:
    """Take over all rows that are new or changed, in one step or not at all.

    Raises:
        StaleSheet: when somebody took a step with it meanwhile.
        NotPermitted: when the post does not keep such lists there.
        StepClosed: when it was settled, or its rows were erased.
        SheetOutdated: when a row would do something else than was shown, or nothing
            would be done.
        XiuhuaError: when a row cannot be after all; nothing is changed then.
    """
    row = locked(sheet, version, by)
    check_step("apply", row.state, row.doing)
    held = list(row.rows.order_by("place"))
    shown = [unpacked(one) for one in held]
    now = [bare(one) for one in shown]
    judged(now, row, by=by, at=at)
    pairs = zip(shown, now, strict=True)
    if any(comes_to(before) != comes_to(after) for before, after in pairs):
        raise SheetOutdated(
            "what the sheet is about was changed since", hint="compare it again"
        )
    wanted = [(kept_row, one) for kept_row, one in zip(held, now, strict=True)]
    wanted = [(kept_row, one) for kept_row, one in wanted if one.outcome in WANTED]
    if not wanted:
        raise SheetOutdated("the sheet holds nothing that would change")
    kind = kind_get(row.kind)
    made = kind.apply([one for _, one in wanted], sending_of(row, by=by, at=at))
    _named([kept_row for kept_row, _ in wanted], made)
    return _settled(row, State.APPLIED, "applied", len(wanted), by=by, at=at)


@transaction.atomic
def sheet_undo(*, sheet: Sheet, version: int | None, by: Post, at: datetime) -> Sheet:
    """Take back what a sheet brought: all of it, or nothing.

    Raises:
        StaleSheet: when somebody took a step with it meanwhile.
        NotPermitted: when the post does not keep such lists there.
        StepClosed: when it was not taken over, or what such a list says stands.
        XiuhuaError: when something of it has gone on since; nothing is changed then.
    """
    row = locked(sheet, version, by)
    check_step("undo", row.state, row.doing)
    brought = row.rows.filter(made__isnull=False).order_by("place")
    taken = [
        Taken(one.made, found.outcome, found.plan)
        for one in brought
        if one.made is not None
        for found in [unpacked(one)]
    ]
    undo = kind_get(row.kind).undo
    if undo is None:
        raise StepClosed("what the sheet reported stands", hint="report it anew")
    undo(taken, sending_of(row, by=by, at=at))
    return _settled(row, State.UNDONE, "undone", len(taken), by=by, at=at)


@transaction.atomic
def sheet_discard(
    *, sheet: Sheet, version: int | None, by: Post, at: datetime
) -> Sheet:
    """Set a sheet aside that shall not count; nothing had changed.

    Raises:
        StaleSheet: when somebody took a step with it meanwhile.
        NotPermitted: when the post does not keep such lists there.
        StepClosed: when it was settled.
    """
    row = locked(sheet, version, by)
    check_step("discard", row.state, row.doing)
    return _settled(row, State.DISCARDED, "discarded", 0, by=by, at=at)


def _named(rows: Sequence[SheetRow], made: Sequence[int]) -> None:
    """Name in rows what they made: laid over them, which many updates are not."""
    bare_rows = [
        SheetRow(
            sheet_id=row.sheet_id,
            place=row.place,
            number=row.number,
            outcome=row.outcome,
            made=key,
        )
        for row, key in zip(rows, made, strict=True)
    ]
    SheetRow.objects.bulk_create(
        bare_rows,
        batch_size=_PART,
        update_conflicts=True,
        unique_fields=["sheet", "place"],
        update_fields=["made"],
    )


def _settled(
    row: Sheet, state: State, done: str, rows: int, *, by: Post, at: datetime
) -> Sheet:
    row.state, row.settled_by, row.settled_at = state.value, by.actor.name, at
    kept(row)
    recorded(row, done, {"sha256": row.digest, "rows": rows}, by=by, at=at)
    return row
