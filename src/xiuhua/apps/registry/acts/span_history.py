"""Spans written anew from the history: after a batch is undone, and as a check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from django.db.models import Q

from xiuhua.apps.registry.acts.quick_writes import rows_inserted
from xiuhua.apps.registry.acts.spans import AXES
from xiuhua.apps.registry.folding import Known, by_row, folded, is_member
from xiuhua.apps.registry.models import Change, StatusSpan


_CHUNK: Final = 500
Changes = list[Change]


def spans_from_history(household_ids: Sequence[int]) -> dict[int, list[StatusSpan]]:
    """Return the spans of households as their history says, not written."""
    spans: dict[int, list[StatusSpan]] = {}
    for start in range(0, len(household_ids), _CHUNK):
        ids = household_ids[start : start + _CHUNK]
        own, persons = _histories(ids)
        for pk in ids:
            spans[pk] = _spans(pk, own[pk], persons[pk])
    return spans


def spans_rewritten(household_ids: Sequence[int]) -> dict[int, int]:
    """Write spans anew from the history; return the persons now, by household.

    A household whose entering was undone has no span and is not in the answer.
    """
    found = spans_from_history(household_ids)
    for start in range(0, len(household_ids), _CHUNK):
        ids = household_ids[start : start + _CHUNK]
        StatusSpan.unscoped.filter(household_id__in=ids).delete()
        rows_inserted(StatusSpan, [s for pk in ids for s in found[pk]])
    return {pk: s[-1].persons_count for pk, s in found.items() if s}


def _histories(
    ids: Sequence[int],
) -> tuple[dict[int, Changes], dict[int, list[Changes]]]:
    """Return the changes of households, and those of each person ever in them."""
    every = Change.unscoped.select_related("batch").order_by("pk")
    own: dict[int, Changes] = defaultdict(list)
    here = Q(household_id__in=ids)
    for change in every.filter(here, person__isnull=True, statement__isnull=True):
        own[change.household_id].append(change)
    ever = Change.unscoped.filter(here | Q(other_household_id__in=ids))
    members = ever.filter(person__isnull=False).values("person_id")
    persons: dict[int, list[Changes]] = defaultdict(list)
    for changes in by_row(every.filter(person_id__in=members)).values():
        homes = {c.household_id for c in changes}
        homes |= {c.other_household_id for c in changes if c.other_household_id}
        for home in homes:
            persons[home].append(changes)
    return own, persons


def _spans(pk: int, own: Changes, persons: Iterable[Changes]) -> list[StatusSpan]:
    latest = Known(date.max)
    told = [c for c in own if latest.counts(c)]
    if not told:
        return []
    first = told[0].valid_from
    members = [[c for c in changes if latest.counts(c)] for changes in persons]
    days = {c.valid_from for c in told}
    days |= {c.valid_from for changes in members for c in changes}
    days = {max(day, first) for day in days}
    spans: list[StatusSpan] = []
    for day in sorted(days):
        known = Known(day)
        kept = folded(told, known)
        count = sum(is_member(folded(changes, known), pk) for changes in members)
        said = {name: kept.get(name) for name in AXES}
        if spans and _same(spans[-1], said, count):
            continue
        if spans:
            spans[-1].valid_to = day
        span = StatusSpan(household_id=pk, valid_from=day, persons_count=count, **said)
        spans.append(span)
    return spans


def _same(span: StatusSpan, said: dict[str, object], count: int) -> bool:
    return span.persons_count == count and all(
        getattr(span, name) == value for name, value in said.items()
    )
