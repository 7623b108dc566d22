"""Compare what villages report of themselves in a file with what they report here.

Rows of villages count where a sheet lists villages; names of villages that stand beside
households do not make a report. A report is for the year the file was made in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow.parquet as pq
from django.utils import timezone

from xiuhua.apps.exchange.rules import Difference, Outcome, outcome_of_row
from xiuhua.apps.exchange.staging import ours
from xiuhua.apps.exchange.staging.comparing import (
    Basis,
    Place,
    Table,
    check_new,
    differ,
    record_at,
    rejected,
)
from xiuhua.apps.exchange.staging.edits import edits_of_villages
from xiuhua.apps.exchange.staging.records import Reason, Record
from xiuhua.core.intake.read import Registry


_KEYS = frozenset({"village_code", "year"})


def compare_villages(registry: Registry, basis: Basis) -> Iterator[list[Record]]:
    """Yield the villages of a file as compared, chunk by chunk."""
    listed = _places(registry)
    table = Table(registry.village, "village")
    facts = [n for n in table.fields if n not in _KEYS]
    year = timezone.localtime(basis.made_at).year
    for chunk in table.chunks():
        rows = [(at, row) for at, row in chunk if row["village_code"] in listed]
        codes = [row["village_code"] for _, row in rows]
        known = ours.villages_of(codes, year=year, fields=facts)
        edits = edits_of_villages(codes, year=year, since=basis.made_at)
        records = []
        for at, row in rows:
            code = row["village_code"]
            file, sheet, number = listed[code]
            placed = {**row, "_file": file, "_sheet": sheet, "_row": number}
            record = _village(at, placed, basis, known.get(code))
            record.year = year
            if record.outcome is Outcome.NEW:
                _enter(record, table, row, facts, basis)
            elif record.outcome is Outcome.UNCHANGED:
                values = known[code].values
                differ(record, table, row, facts, values, edits.get(code, {}), basis)
                _conclude(record)
            records.append(record)
        yield records


def _places(registry: Registry) -> dict[str, Place]:
    """Return where each village is listed; the first row of several that agree."""
    names = ["key", "_file", "_sheet", "_row"]
    met = [("level", "=", "village"), ("stand", "=", "kept")]
    rows = pq.read_table(registry.rows, columns=names, filters=met).to_pylist()
    return {r["key"]: (r["_file"], r["_sheet"], r["_row"]) for r in rows}


def _village(
    at: int, row: Mapping[str, Any], basis: Basis, our: ours.OurVillage | None
) -> Record:
    record = record_at(at, "village", row, "village_name")
    blocked = basis.blocked.get((record.file, record.sheet, record.row))
    if blocked:
        return rejected(record, *blocked)
    if record.number not in basis.villages:
        return rejected(record, Reason("village_missing", "village", "village_code"))
    if our is None:
        record.outcome = Outcome.NEW
    else:
        record.pk, record.version = our.pk, our.version
    return record


def _enter(
    record: Record,
    table: Table,
    row: Mapping[str, Any],
    facts: list[str],
    basis: Basis,
) -> None:
    """Check a report that is new; one that says nothing enters nothing."""
    if all(row[name] is None for name in facts):
        record.outcome = Outcome.UNCHANGED
        return
    check_new(record, table, row, facts, basis)


def _conclude(record: Record) -> None:
    """Give a record its outcome; an edit that agrees with the file is no difference."""
    if record.outcome is Outcome.UNCHANGED:
        changes = record.changes.items()
        record.changes = {n: c for n, c in changes if c.kind is not Difference.SAME}
        record.outcome = outcome_of_row(c.kind for c in record.changes.values())
