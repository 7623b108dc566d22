"""Lay the household rows of a batch, with their income."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from xiuhua.apps.registry.acts.columns import (
    all_kept,
    fill_values,
    set_values,
)
from xiuhua.apps.registry.acts.laying import Laying, chunks
from xiuhua.apps.registry.acts.members import HEAD, checked_amounts, with_head
from xiuhua.apps.registry.acts.quick_writes import (
    blank,
    columns_updated,
    rows_inserted,
    rows_updated,
)
from xiuhua.apps.registry.acts.recording import (
    VersionStale,
    check_not_ended,
    check_version,
    is_void,
)
from xiuhua.apps.registry.acts.rows import HouseholdRow, IncomeRow, PersonRow
from xiuhua.apps.registry.acts.spans import AXES, SpanStep
from xiuhua.apps.registry.facts import INCOME, column_of
from xiuhua.apps.registry.models import Household, IncomeStatement
from xiuhua.apps.registry.rules import check_window
from xiuhua.apps.registry.statuses import HouseholdEnd, Monitoring, Registration
from xiuhua.apps.registry.values import FieldUnknown, ValueWrong, checked_values


_STATUS: Final[Mapping[str, frozenset[Any]]] = {
    "registration": frozenset(Registration.values) - {"ended"},
    "monitoring": frozenset(Monitoring.values),
    "policies_kept": frozenset({True, False, None}),
}
_ON_ENTRY: Final = {"registration": "registered", "monitoring": "none"}
_INCOME: Final = tuple(f.name for f in IncomeStatement._meta.fields if f.name != "id")
_WHOLE: Final = tuple(f.name for f in Household._meta.fields if f.name != "id")


def lay_households(laying: Laying, rows: Sequence[HouseholdRow]) -> None:
    """Lay household rows in chunks, entered ones and changed ones alike.

    Raises:
        NotPermitted: when a village lies outside the post's region.
        VersionMissing: when a row exists and no version is given.
        VersionStale: when it has been changed since, or is gone.
        FieldUnknown: when a field is none of the level.
        ValueWrong: when a value is not of its field's kind.
    """
    for some in chunks(rows):
        _lay_chunk(laying, some)


def with_heads(
    rows: Sequence[HouseholdRow], persons: Sequence[PersonRow]
) -> list[HouseholdRow]:
    """Return rows, those of new households named after the member who is the head."""
    heads: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for person in persons:
        if person.values.get("relation_to_head") == "head":
            heads[person.household_number].append(person.values)
    return [
        replace(row, values=with_head(row.values, heads[row.number]))
        if row.version is None and row.number in heads
        else row
        for row in rows
    ]


def _lay_chunk(laying: Laying, rows: Sequence[HouseholdRow]) -> None:
    numbers = [row.number for row in rows]
    found = Household.unscoped.select_for_update().filter(number__in=numbers)
    known = {household.number: household for household in found.order_by("pk")}
    new: list[tuple[Household, HouseholdRow]] = []
    for row in rows:
        household = known.get(row.number)
        if household is None or _is_undone(household, row):
            new.append((_entered(laying, row, household), row))
    rows_inserted(Household, [h for h, _ in new if h.pk is None])
    columns_updated(Household, [h for h, _ in new if h.version > 1], _WHOLE)
    for household, row in new:
        known[household.number] = household
        laying.entered(household, row.valid_from)
        laying.changed(household, {}, all_kept(household), row.valid_from)
    fresh = {household.number for household, _ in new}
    old = [(known[r.number], r) for r in rows if r.number not in fresh]
    rows_updated([_changed(laying, household, row) for household, row in old])
    laying.counts["households_new"] += len(new)
    laying.touched.update((h.pk, h) for h, _ in new)
    laying.named |= {h.pk for h, _ in new}
    _lay_incomes(laying, [(known[r.number], r.income) for r in rows if r.income])
    laying.write_changes()


def _is_undone(household: Household, row: HouseholdRow) -> bool:
    return household.ended_reason == HouseholdEnd.UNDONE and row.version is None


def _entered(laying: Laying, row: HouseholdRow, undone: Household | None) -> Household:
    """Return a household as it enters, not yet written; one undone enters again."""
    if row.version is not None:
        raise VersionStale("the record has been changed meanwhile")
    values = _columns(row)
    laying.check_inside(values.get("village_id"))
    household = blank(Household)
    household.number = row.number
    if undone is not None:
        household.pk, household.version = undone.pk, undone.version + 1
    household.changed_at = laying.act.at
    fill_values(household, _ON_ENTRY | values)
    return household


def _changed(
    laying: Laying, household: Household, row: HouseholdRow
) -> tuple[Household, list[str]]:
    """Set what differs; return the household and the columns to write."""
    laying.check_inside(household.village_id)
    check_version(household, row.version)
    check_not_ended(household)
    values = _columns(row)
    laying.check_inside(values.get("village_id", household.village_id))
    if values.keys() & HEAD.values():
        laying.named.add(household.pk)
    old, new = set_values(household, values)
    laying.counts["households_changed" if new else "households_unchanged"] += 1
    if new:
        household.version += 1
        household.changed_at = laying.act.at
        laying.touched[household.pk] = household
        laying.changed(household, old, new, row.valid_from)
        axes = {str(name): values[name] for name in AXES if name in new}
        laying.steps.append(SpanStep(household, row.valid_from, axes))
    return household, list(new)


def _columns(row: HouseholdRow) -> dict[str, Any]:
    strange = sorted(row.status.keys() - _STATUS.keys())
    if strange:
        raise FieldUnknown(
            "{level} has no field {field}", level="status", field=", ".join(strange)
        )
    for name, value in row.status.items():
        if value not in _STATUS[name]:
            raise ValueWrong("{field}: this value cannot be", field=name)
    said = checked_values("household", row.values)
    said.pop("household_id", None)
    checked_money = said.keys() & {*INCOME}
    if checked_money:
        raise FieldUnknown(
            "{field} of {level} has an act of its own",
            level="household",
            field=", ".join(sorted(checked_money)),
        )
    columns = {column_of("household", name): v for name, v in said.items()}
    return columns | dict(row.status)


def _lay_incomes(laying: Laying, pairs: Sequence[tuple[Household, IncomeRow]]) -> None:
    rows = IncomeStatement.unscoped.select_for_update()
    found = rows.filter(household_id__in=[household.pk for household, _ in pairs])
    known = {(s.household_id, s.window_from, s.window_to): s for s in found}
    new: list[IncomeStatement] = []
    changed: list[tuple[IncomeStatement, list[str]]] = []
    for household, row in pairs:
        key = household.pk, row.window_from, row.window_to
        values = checked_amounts(row.values) | {"source": row.source}
        statement = known.get(key)
        if statement is None or is_void(statement, row.version):
            new.append(_stated(laying, household, row, values, statement))
            continue
        check_version(statement, row.version)
        amounts = {n: v for n, v in values.items() if n != "source"}
        old_amounts, new_amounts = set_values(statement, amounts)
        if not new_amounts:
            continue
        # Another source that says the same is no change of the income.
        old, told = set_values(statement, {"source": row.source})
        statement.version += 1
        statement.changed_at = laying.act.at
        changed.append((statement, [*new_amounts, *told]))
        day = row.window_from
        laying.changed(statement, old_amounts | old, new_amounts | told, day)
    rows_inserted(IncomeStatement, [s for s in new if s.pk is None])
    columns_updated(IncomeStatement, [s for s in new if s.version > 1], _INCOME)
    for statement in new:
        laying.changed(statement, {}, all_kept(statement), statement.window_from)
    rows_updated(changed)
    laying.counts["incomes_new"] += len(new)
    laying.counts["incomes_changed"] += len(changed)
    for statement in (*new, *(s for s, _ in changed)):
        laying.touched.setdefault(statement.household_id, statement.household)


def _stated(
    laying: Laying,
    household: Household,
    row: IncomeRow,
    values: Mapping[str, Any],
    void: IncomeStatement | None,
) -> IncomeStatement:
    if row.version is not None:
        raise VersionStale("the record has been changed meanwhile")
    check_window(row.window_from, row.window_to)
    statement = blank(IncomeStatement)
    statement.household = household
    statement.window_from, statement.window_to = row.window_from, row.window_to
    statement.changed_at = laying.act.at
    if void is not None:
        statement.pk, statement.version = void.pk, void.version + 1
    fill_values(statement, values)
    return statement
