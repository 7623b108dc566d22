"""Spans of status, kept in step with the acts that change one.

An act says: from a day on, these axes are so, and so many persons more. It holds for
every span from that day on, whatever was recorded of later days before: the last word
counts from its day on, in the spans as in the history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from xiuhua.apps.registry.acts.quick_writes import columns_updated, rows_inserted
from xiuhua.apps.registry.models import Household, StatusSpan


AXES: Final = ("village_id", "registration", "poverty", "policies_kept", "monitoring")
_WRITTEN: Final = ("village", *AXES[1:], "persons_count", "valid_to")
_ROWS: Final = 500


@dataclass(frozen=True)
class SpanStep:
    """What an act changes of one household's status from a day on."""

    household: Household
    valid_from: date
    values: Mapping[str, Any] = field(default_factory=dict)
    persons: int = 0


def spans_opened(
    households: Iterable[Household],
    *,
    valid_from: date,
    persons: Mapping[int, int] | None = None,
) -> None:
    """Begin the spans of households just entered, as they are.

    `persons` gives how many members they have on that day, if not as many as now.
    """
    spans = [_span_of(household, valid_from) for household in households]
    for span in spans:
        if persons is not None:
            span.persons_count = persons.get(span.household_id, 0)
    rows_inserted(StatusSpan, spans)


def spans_follow(steps: Sequence[SpanStep]) -> None:
    """Keep spans in step with acts; a day before a household's first span is that day.

    The persons of the households themselves are counted by the caller.
    """
    told = [step for step in steps if step.values or step.persons]
    if not told:
        return
    found: dict[int, list[StatusSpan]] = defaultdict(list)
    ids = {step.household.pk for step in told}
    for span in _spans(sorted(ids)):
        found[span.household_id].append(span)
    for step in told:
        _follow(found[step.household.pk], step)
    every = [span for spans in found.values() for span in spans]
    # Those that end first: a household has one open span at a time.
    kept = [s for s in every if s.pk is not None]
    columns_updated(StatusSpan, kept, _WRITTEN)
    rows_inserted(StatusSpan, [s for s in every if s.pk is None])


def status_of(household: Household) -> dict[str, Any]:
    """Return the axes of a household as they are now."""
    return {name: getattr(household, name) for name in AXES}


def _spans(ids: Sequence[int]) -> Iterable[StatusSpan]:
    for start in range(0, len(ids), _ROWS):
        some = ids[start : start + _ROWS]
        rows = StatusSpan.unscoped.filter(household_id__in=some)
        yield from rows.order_by("household_id", "valid_from")


def _follow(spans: list[StatusSpan], step: SpanStep) -> None:
    day = max(step.valid_from, spans[0].valid_from)
    at = next(i for i, s in enumerate(spans) if s.valid_to is None or s.valid_to > day)
    if spans[at].valid_from < day:
        spans.insert(at + 1, _cut(spans[at], day))
        at += 1
    for span in spans[at:]:
        for name, value in step.values.items():
            setattr(span, name, value)
        span.persons_count += step.persons


def _cut(span: StatusSpan, day: date) -> StatusSpan:
    """End a span on a day and return the rest of it as a span of its own."""
    rest = StatusSpan(
        household_id=span.household_id,
        valid_from=day,
        valid_to=span.valid_to,
        persons_count=span.persons_count,
        **{name: getattr(span, name) for name in AXES},
    )
    span.valid_to = day
    return rest


def _span_of(household: Household, valid_from: date) -> StatusSpan:
    return StatusSpan(
        household=household,
        valid_from=valid_from,
        persons_count=household.persons_count,
        **status_of(household),
    )
