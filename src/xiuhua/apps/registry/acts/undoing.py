"""Take a batch back: every row it touched becomes what the rest of its history says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from xiuhua.apps.registry.acts.columns import set_values
from xiuhua.apps.registry.acts.quick_writes import rows_inserted, rows_updated
from xiuhua.apps.registry.acts.recording import Act, change_of
from xiuhua.apps.registry.acts.span_history import spans_rewritten
from xiuhua.apps.registry.acts.spans import AXES
from xiuhua.apps.registry.facts import INCOME
from xiuhua.apps.registry.folding import (
    Known,
    by_row,
    folded,
    plain_value,
    row_of,
)
from xiuhua.apps.registry.models import (
    Batch,
    Change,
    Household,
    IncomeStatement,
    Person,
)
from xiuhua.core.errors import XiuhuaError


_CHUNK: Final = 500
_EVER: Final = Known(date.max)
_ENTRY: Final[dict[Any, str]] = {
    Household: "number",
    Person: "number",
    IncomeStatement: "window_from",
}
_TEXTS: Final = {"ended_reason", "source"}
_SPANNED: Final = {*AXES, "number", "household_id", "ended_on"}
_MODELS: Final[dict[str, Any]] = {
    model._meta.label: model for model in (Household, Person, IncomeStatement)
}


class BatchBuiltUpon(XiuhuaError):
    """What the batch entered has been changed since; undoing it would lose that."""

    code = "registry.batch_built_upon"


def batch_unlaid(batch: Batch, act: Act) -> list[int]:
    """Undo a batch that is marked as undone; return the households it concerned.

    Raises:
        BatchBuiltUpon: when a row it entered has been changed since.
    """
    keys = {row_of(c) for c in Change.unscoped.filter(batch=batch)}
    concerned: set[int] = set()
    respanned: set[int] = set()
    for label in _MODELS:
        ids = sorted(pk for of, pk in keys if of == label)
        for start in range(0, len(ids), _CHUNK):
            homes, moved = _unlaid(label, ids[start : start + _CHUNK], act)
            concerned |= homes
            respanned |= moved
    _check_empty(sorted(respanned), act)
    _recount(spans_rewritten(sorted(respanned)), sorted(respanned), act)
    return sorted(concerned)


def _unlaid(label: str, ids: Sequence[int], act: Act) -> tuple[set[int], set[int]]:
    """Undo rows of a table; return their households, and those whose spans change."""
    model = _MODELS[label]
    rows = model.unscoped.select_for_update().in_bulk(ids)
    written: list[tuple[Any, list[str]]] = []
    told: list[Change] = []
    homes: set[int] = set()
    moved: set[int] = set()
    for pk, changes in _histories(label, ids):
        own = [c for c in changes if c.batch_id == act.batch_pk]
        touched = {name for change in own for name in change.new}
        values = _values(model, folded(changes, _EVER), touched, act)
        row = rows[pk]
        old, new = set_values(row, values)
        row.version += 1
        row.changed_at = act.at
        told.append(change_of(row, old, new, act))
        columns = list(new)
        if isinstance(row, Person):
            row.member_from = _member_from(changes, row.member_from)
            columns.append("member_from")
        written.append((row, columns))
        concerned = {h for c in own for h in (c.household_id, c.other_household_id)}
        homes |= {pk for pk in concerned if pk is not None}
        if touched & _SPANNED:
            moved |= {pk for pk in concerned if pk is not None}
    rows_updated(written)
    rows_inserted(Change, told)
    return homes, moved


def _histories(label: str, ids: Sequence[int]) -> Iterator[tuple[int, list[Change]]]:
    every = Change.unscoped.select_related("batch").order_by("pk")
    if label == Person._meta.label:
        found = every.filter(person_id__in=ids)
    elif label == IncomeStatement._meta.label:
        found = every.filter(statement_id__in=ids)
    else:
        found = every.filter(
            household_id__in=ids, person__isnull=True, statement__isnull=True
        )
    for (_, pk), changes in by_row(found).items():
        yield pk, changes


def _values(
    model: Any, rest: dict[str, Any], touched: set[str], act: Act
) -> dict[str, Any]:
    """Return what a row is without the batch; one it entered is void.

    Raises:
        BatchBuiltUpon: when it entered the row and another act changed it since.
    """
    if _ENTRY[model] in rest:
        return {
            name: ""
            if name in _TEXTS and not rest.get(name)
            # A column the rest of the history never spoke of is unknown again.
            else plain_value(model, name, rest.get(name))
            for name in touched
        }
    if rest:
        raise BatchBuiltUpon("what the batch entered has been changed since")
    if model is IncomeStatement:
        return {**dict.fromkeys(INCOME), "source": ""}
    ended: dict[str, Any] = {"ended_on": act.day, "ended_reason": "undone"}
    return ended | ({"registration": "ended"} if model is Household else {})


def _check_empty(ids: Sequence[int], act: Act) -> None:
    """Refuse to undo the entering of a household that has other members by now."""
    left = Person.unscoped.filter(
        household_id__in=ids, household__ended_reason="undone", ended_on__isnull=True
    )
    if left.exists():
        raise BatchBuiltUpon("what the batch entered has been changed since")


def _member_from(changes: Sequence[Change], now: date) -> date:
    """Return since when a person belongs where they belong, by what still counts."""
    days = [
        change.valid_from
        for change in changes
        if _EVER.counts(change) and change.new.keys() & {"household_id", "ended_on"}
    ]
    return days[-1] if days else now


def _recount(counts: dict[int, int], ids: Sequence[int], act: Act) -> None:
    rows = list(Household.unscoped.filter(pk__in=ids))
    for household in rows:
        household.persons_count = counts.get(household.pk, 0)
        household.changed_at = act.at
    rows_updated((household, ["persons_count"]) for household in rows)
