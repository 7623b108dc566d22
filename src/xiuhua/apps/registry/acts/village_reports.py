"""What villages report: entered and corrected row by row, and taken back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Max

from xiuhua.apps.registry.acts.columns import (
    all_kept,
    set_values,
    written_columns,
)
from xiuhua.apps.registry.acts.laying import Laying, RowTwice
from xiuhua.apps.registry.acts.recording import Act, VersionStale, check_version
from xiuhua.apps.registry.acts.rows import VillageRow
from xiuhua.apps.registry.acts.undoing import BatchBuiltUpon
from xiuhua.apps.registry.facts import PLACED
from xiuhua.apps.registry.folding import Known, folded, plain_value
from xiuhua.apps.registry.models import Batch, VillageChange, VillageFacts
from xiuhua.apps.registry.values import FieldUnknown, checked_values


_EVER: Final = Known(date.max)


def report_locked(*, village: str, year: int, version: int | None) -> VillageFacts:
    """Return the report of a village for a year, locked; a new one, not yet written.

    Raises:
        VersionMissing: when there is a report and no version is given.
        VersionStale: when it has been changed since, or is gone.
    """
    rows = VillageFacts.unscoped.select_for_update()
    facts = rows.filter(village_id=village, year=year).first()
    if facts is not None:
        check_version(facts, version)
        return facts
    if version is not None:
        raise VersionStale("the record has been changed meanwhile")
    # One entered again after it was taken back counts on: an old form stays stale.
    past = VillageChange.unscoped.filter(village_id=village, year=year)
    last = past.aggregate(last=Max("row_version"))["last"] or 0
    return VillageFacts(village_id=village, year=year, version=last)


def report_written(
    facts: VillageFacts, values: Mapping[str, Any], act: Act
) -> VillageChange | None:
    """Write what differs into a report and its history; None when nothing did.

    Raises:
        FieldUnknown: when a field is none of a village's, or says which village it is.
        ValueWrong: when a value is not of its field's kind.
    """
    strange = sorted(values.keys() & PLACED["village"].keys())
    if strange:
        raise FieldUnknown(
            "{field} of {level} has an act of its own",
            level="village",
            field=", ".join(strange),
        )
    old, new = set_values(facts, checked_values("village", values))
    is_new = facts.pk is None
    if not new and not is_new:
        return None
    facts.version += 1
    facts.changed_at = act.at
    facts.save(
        update_fields=None if is_new else written_columns(VillageFacts, list(new))
    )
    change = _change(facts, {} if is_new else old, new, act)
    if is_new:
        change.new = all_kept(facts)
    change.save(force_insert=True)
    return change


def lay_villages(laying: Laying, rows: Sequence[VillageRow]) -> None:
    """Lay the village rows of a batch.

    Raises:
        NotPermitted: when a village lies outside the post's region.
        RowTwice: when a village stands twice for a year.
        VersionMissing: when a report exists and no version is given.
        VersionStale: when it has been changed since, or is gone.
        FieldUnknown: when a field is none of a village's.
        ValueWrong: when a value is not of its field's kind.
    """
    if len({(row.village, row.year) for row in rows}) < len(rows):
        raise RowTwice("a number stands twice among the rows")
    for row in rows:
        laying.check_inside(row.village)
        facts = report_locked(village=row.village, year=row.year, version=row.version)
        outcome = "new" if facts.pk is None else "changed"
        if report_written(facts, row.values, laying.act) is None:
            outcome = "unchanged"
        laying.counts[f"villages_{outcome}"] += 1


def reports_unlaid(batch: Batch, act: Act) -> int:
    """Take back what a batch said of villages; return of how many.

    Raises:
        BatchBuiltUpon: when a report it entered has been changed since.
    """
    own = VillageChange.unscoped.filter(batch=batch)
    concerned = sorted(set(own.values_list("village_id", "year")))
    for village, year in concerned:
        facts = (
            VillageFacts.unscoped.select_for_update()
            .filter(village_id=village, year=year)
            .first()
        )
        if facts is not None:
            _unlaid(facts, batch, act)
    return len(concerned)


def _unlaid(facts: VillageFacts, batch: Batch, act: Act) -> None:
    past = VillageChange.unscoped.filter(village_id=facts.village_id, year=facts.year)
    changes = list(past.select_related("batch").order_by("pk"))
    rest = folded(changes, _EVER)
    if not rest:
        before = all_kept(facts)
        facts.version += 1
        _change(facts, before, dict.fromkeys(before), act).save(force_insert=True)
        facts.delete()
        return
    if "year" not in rest:
        raise BatchBuiltUpon("what the batch entered has been changed since")
    touched = {name for c in changes if c.batch_id == batch.pk for name in c.new}
    values = {n: plain_value(VillageFacts, n, rest.get(n)) for n in touched}
    old, new = set_values(facts, values)
    facts.version += 1
    facts.changed_at = act.at
    facts.save(update_fields=written_columns(VillageFacts, list(new)))
    _change(facts, old, new, act).save(force_insert=True)


def _change(
    facts: VillageFacts, old: Mapping[str, Any], new: Mapping[str, Any], act: Act
) -> VillageChange:
    return VillageChange(
        village_id=facts.village_id,
        year=facts.year,
        act=act.name,
        recorded_at=act.at,
        by_user=act.by.actor.name,
        by_post=act.by.actor.post,
        order_number=act.order_number,
        row_version=facts.version,
        old=dict(old),
        new=dict(new),
        batch=act.batch,
    )
