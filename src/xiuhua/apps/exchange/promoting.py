"""From a staged outcome to the rows that are laid on the registry."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from xiuhua.apps.exchange.rules import Choice, Outcome, is_taken
from xiuhua.apps.exchange.services.uploads import Promotion
from xiuhua.apps.exchange.staging.records import Record
from xiuhua.apps.exchange.staging.values import of_text, reader_of
from xiuhua.apps.registry.acts.rows import (
    HouseholdRow,
    IncomeRow,
    PersonRow,
    VillageRow,
)
from xiuhua.apps.registry.facts import INCOME
from xiuhua.apps.registry.rules import income_window
from xiuhua.core.dictionary.reader import load_dictionary


_KEYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "household": frozenset({"household_id", "year"}),
        "person": frozenset({"household_id", "person_id", "year"}),
        "village": frozenset({"village_code", "year"}),
    }
)
_TAKEN = frozenset({Outcome.NEW, Outcome.UPDATED, Outcome.CONFLICT})
Choices = Mapping[tuple[str, str, str], Choice]
"""Choices by level, number and field."""


class Tables:
    """The typed rows of a staged outcome, by level and position."""

    def __init__(self, tables: Mapping[str, bytes]):
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._readers: dict[str, dict[str, Callable[[Any], Any]]] = {}
        for level, data in tables.items():
            fields = load_dictionary().level(level).by_name
            table = pq.read_table(io.BytesIO(data))
            names = [n for n in table.column_names if n in fields]
            self._readers[level] = {n: reader_of(fields[n]) for n in names}
            self._rows[level] = table.select(names).to_pylist()

    def values(self, level: str, at: int) -> dict[str, Any]:
        """Return what is known of a row that was not rejected.

        Raises:
            ValueWrong: when the row holds what the registry cannot keep.
        """
        readers, row = self._readers[level], self._rows[level][at]
        return {n: readers[n](v) for n, v in row.items() if v is not None}


def promotion_of(
    records: Iterator[Record],
    tables: Tables,
    choices: Choices,
    *,
    valid_from: date,
    source: str,
) -> Promotion:
    """Return what records change: new rows whole, others the fields that are taken."""
    households: list[HouseholdRow] = []
    persons: list[PersonRow] = []
    villages: list[VillageRow] = []
    keyed: list[int] = []
    for record in records:
        keyed += record.keyed
        if record.outcome not in _TAKEN:
            continue
        values = _values(record, tables, choices)
        if record.level == "person" and (values or record.pk is None):
            persons.append(
                PersonRow(
                    record.number, record.household, values, valid_from, record.version
                )
            )
        elif record.level == "household" and (values or record.pk is None):
            row = _household_row(record, values, valid_from, source)
            households.append(row)
        elif record.level == "village" and values:
            year = record.year or valid_from.year
            villages.append(VillageRow(record.number, year, values, record.version))
    return Promotion(households, persons, villages, keyed)


def _values(record: Record, tables: Tables, choices: Choices) -> dict[str, Any]:
    if record.outcome is Outcome.NEW:
        known = tables.values(record.level, record.at)
        return {n: v for n, v in known.items() if n not in _KEYS[record.level]}
    fields = load_dictionary().level(record.level).by_name
    return {
        name: of_text(fields[name], change.new)
        for name, change in record.changes.items()
        if is_taken(change.kind, choices.get((record.level, record.number, name)))
    }


def _household_row(
    record: Record, values: Mapping[str, Any], valid_from: date, source: str
) -> HouseholdRow:
    amounts = {n: v for n, v in values.items() if n in INCOME}
    facts = {n: v for n, v in values.items() if n not in INCOME}
    income = None
    if amounts:
        window = income_window(record.year or valid_from.year)
        assert window.start and window.end  # noqa: S101  both ends of a year's window
        income = IncomeRow(
            window.start, window.end, amounts, source, record.income_version
        )
    return HouseholdRow(record.number, facts, valid_from, record.version, {}, income)
