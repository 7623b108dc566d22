"""Compare the tables of a file with the registry: what each row would change.

Nothing is written to the registry here. Values are compared as the registry keeps
them; an empty cell changes nothing unless the upload says that empty cells erase.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from django.utils import timezone

from xiuhua.apps.exchange.rules import (
    BLOCKING,
    Difference,
    Edit,
    Origin,
    Outcome,
    difference,
    outcome_of_row,
)
from xiuhua.apps.exchange.staging import ours
from xiuhua.apps.exchange.staging.edits import Edits, edits_of
from xiuhua.apps.exchange.staging.records import FieldChange, Reason, Record
from xiuhua.apps.exchange.staging.values import as_text, reader_of
from xiuhua.apps.registry.facts import INCOME
from xiuhua.apps.registry.rules import (
    PAST_FIELDS,
    DayWrong,
    check_past,
    income_window,
)
from xiuhua.apps.registry.values import ValueWrong
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.region_codes import contains


Place = tuple[str, str, int]
"""File, sheet and row of a row."""
_NO_CHANGE: Final = frozenset({"household_id", "person_id", "year"})
# A household stays where it is until another village is named.
_NEVER_EMPTY: Final = frozenset({"village_code"})


@dataclass(frozen=True)
class Basis:
    """What a comparison stands on: whose region, which file, made when, how taken."""

    region: str
    origin: Origin
    made_at: datetime
    clears: bool
    villages: frozenset[str]
    blocked: Mapping[Place, list[Reason]] = field(default_factory=dict)

    @property
    def adds(self) -> bool:
        """Whether the file may hold rows we do not have."""
        return self.origin is not Origin.LIST


def blocked_rows(faults: Any) -> dict[Place, list[Reason]]:
    """Return the reasons against rows, from the table of faults found on reading."""
    found: dict[Place, list[Reason]] = {}
    for fault in faults.to_pylist():
        if fault["kind"] in BLOCKING:
            reason = Reason(
                fault["kind"],
                fault["level"] or "",
                fault["field"] or "",
                fault["column"] or "",
                fault["value"] or "",
                fault["other"] or "",
                fault["expected"] or "",
            )
            place = (fault["file"], fault["sheet"], fault["row"])
            found.setdefault(place, []).append(reason)
    return found


class Table:
    """A typed table of a level, read in chunks with its values as the registry's."""

    def __init__(self, path: Path, level: str):
        self.source = pq.ParquetFile(path)
        by_name = load_dictionary().level(level).by_name
        self.fields = [n for n in self.source.schema_arrow.names if n in by_name]
        self.readers = {n: reader_of(by_name[n]) for n in self.fields}
        self.rows = self.source.metadata.num_rows

    def chunks(self) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        """Yield rows with their positions."""
        at = 0
        for batch in self.source.iter_batches(ours.CHUNK):
            rows = batch.to_pylist()
            yield list(enumerate(rows, at))
            at += len(rows)

    def typed(self, row: Mapping[str, Any], name: str) -> Any:
        """Return a value as the registry keeps it.

        Raises:
            ValueWrong: when the registry could not keep it.
        """
        return self.readers[name](row[name])


def compare_households(path: Path, basis: Basis) -> Iterator[list[Record]]:
    """Yield the households of a file as compared, chunk by chunk."""
    table = Table(path, "household")
    facts = [n for n in table.fields if n not in (*INCOME, *_NO_CHANGE)]
    amounts = [n for n in table.fields if n in INCOME]
    for chunk in table.chunks():
        numbers = [row["household_id"] for _, row in chunk]
        known = ours.households_by_number(numbers, facts)
        here = {n: h for n, h in known.items() if contains(basis.region, h.village)}
        edits = _edits([h.pk for h in here.values()], basis)
        records = []
        for at, row in chunk:
            record = _household(at, row, basis, known.get(row["household_id"]))
            if record.outcome is Outcome.UNCHANGED:
                our = here[record.number]
                edited = edits.of("household", our.pk)
                differ(record, table, row, facts, our.values, edited, basis)
            elif record.outcome is Outcome.NEW:
                check_new(record, table, row, facts, basis)
            records.append(record)
        if amounts:
            _compare_incomes(records, chunk, table, amounts, edits, basis)
        yield [_concluded(record, edits) for record in records]


def compare_persons(
    path: Path, basis: Basis, entered: Mapping[str, str]
) -> Iterator[list[Record]]:
    """Yield the persons of a file as compared, chunk by chunk.

    `entered` are the new households of the same file, number to village.
    """
    table = Table(path, "person")
    facts = [n for n in table.fields if n not in _NO_CHANGE]
    for chunk in table.chunks():
        known = ours.persons_by_number([row["person_id"] for _, row in chunk], facts)
        homes = ours.households_by_number([row["household_id"] for _, row in chunk], ())
        edits = _edits([h.pk for h in homes.values()], basis)
        records = []
        for at, row in chunk:
            our = known.get(row["person_id"])
            home = homes.get(row["household_id"])
            record = _person(at, row, basis, our, home, entered)
            if record.outcome is Outcome.UNCHANGED and our is not None:
                edited = edits.of("person", our.pk)
                differ(record, table, row, facts, our.values, edited, basis)
            elif record.outcome is Outcome.NEW:
                check_new(record, table, row, facts, basis)
            records.append(_concluded(record, edits))
        yield records


def _edits(households: Sequence[int], basis: Basis) -> Edits:
    national = basis.origin is Origin.NATIONAL
    return edits_of(households, since=basis.made_at, with_keyings=national)


def record_at(at: int, level: str, row: Mapping[str, Any], label: str) -> Record:
    """Return the record of a row, unchanged as long as nothing else is found."""
    return Record(
        at=at,
        level=level,
        number=row[load_dictionary().level(level).key],
        household=row.get("household_id") or "",
        village=row.get("village_code") or "",
        label=row.get(label) or "",
        file=row["_file"],
        sheet=row["_sheet"],
        row=row["_row"],
        outcome=Outcome.UNCHANGED,
        year=row.get("year"),
    )


def _household(
    at: int, row: Mapping[str, Any], basis: Basis, our: ours.OurHousehold | None
) -> Record:
    record = record_at(at, "household", row, "head_name")
    blocked = basis.blocked.get((record.file, record.sheet, record.row))
    if blocked:
        return rejected(record, *blocked)
    if our is None:
        return _new_household(record, row, basis)
    if not contains(basis.region, our.village):
        return rejected(record, Reason("number_elsewhere", "household", "household_id"))
    if our.ended:
        return rejected(record, Reason("household_ended", "household", "household_id"))
    if record.village and record.village not in basis.villages:
        return rejected(record, Reason("village_missing", "household", "village_code"))
    record.pk, record.version = our.pk, our.version
    record.village = record.village or our.village
    return record


def _new_household(record: Record, row: Mapping[str, Any], basis: Basis) -> Record:
    if not basis.adds:
        return rejected(record, Reason("row_unknown", "household", "household_id"))
    if not record.village or record.village not in basis.villages:
        return rejected(record, Reason("village_missing", "household", "village_code"))
    record.outcome = Outcome.NEW
    return record


def _person(
    at: int,
    row: Mapping[str, Any],
    basis: Basis,
    our: ours.OurPerson | None,
    home: ours.OurHousehold | None,
    entered: Mapping[str, str],
) -> Record:
    record = record_at(at, "person", row, "name")
    blocked = basis.blocked.get((record.file, record.sheet, record.row))
    if blocked:
        return rejected(record, *blocked)
    record.village = home.village if home else entered.get(record.household, "")
    if not record.village or not contains(basis.region, record.village):
        return rejected(record, Reason("household_refused", "person", "household_id"))
    if our is None:
        if not basis.adds:
            return rejected(record, Reason("row_unknown", "person", "person_id"))
        record.outcome = Outcome.NEW
        return record
    if our.household != record.household or our.ended:
        return rejected(record, Reason("person_elsewhere", "person", "person_id"))
    record.pk, record.version = our.pk, our.version
    return record


def rejected(record: Record, *reasons: Reason) -> Record:
    """Reject a record for reasons; return it."""
    record.outcome = Outcome.REJECTED
    record.reasons = list(reasons)
    return record


def check_new(
    record: Record,
    table: Table,
    row: Mapping[str, Any],
    fields: Sequence[str],
    basis: Basis,
) -> None:
    """Reject a new row that holds what the registry cannot keep."""
    for name in fields:
        try:
            _value(table, row, name, basis)
        except (ValueWrong, DayWrong) as error:
            rejected(record, _refusal(error, record.level, name))
            return


def _value(table: Table, row: Mapping[str, Any], name: str, basis: Basis) -> Any:
    """Return a value as the registry keeps it.

    Raises:
        ValueWrong: when the registry could not keep it.
        DayWrong: when it lies after the day the file was made.
    """
    value = table.typed(row, name)
    if name in PAST_FIELDS:
        check_past({name: value}, on=timezone.localtime(basis.made_at).date())
    return value


def _refusal(error: ValueWrong | DayWrong, level: str, name: str) -> Reason:
    kind = "still_to_come" if isinstance(error, DayWrong) else "too_long"
    label = load_dictionary().level(level).by_name[name].label.zh
    return Reason(kind, level, name, label)


def differ(
    record: Record,
    table: Table,
    row: Mapping[str, Any],
    fields: Sequence[str],
    values: Mapping[str, Any],
    edited: Mapping[str, Edit],
    basis: Basis,
) -> None:
    """Note every field of a row that is not ours."""
    for name in fields:
        try:
            theirs = _value(table, row, name, basis)
        except (ValueWrong, DayWrong) as error:
            rejected(record, _refusal(error, record.level, name))
            return
        old = values.get(name)
        if theirs is None and (not basis.clears or name in _NEVER_EMPTY):
            continue
        kind = difference(old, theirs, edit=edited.get(name))
        if kind is not Difference.SAME:
            change = FieldChange(kind, as_text(old), as_text(theirs))
            record.changes[name] = change
        elif name in edited:
            record.changes[name] = FieldChange(kind, None, None)


def _compare_incomes(
    records: Sequence[Record],
    chunk: Sequence[tuple[int, Mapping[str, Any]]],
    table: Table,
    amounts: Sequence[str],
    edits: Edits,
    basis: Basis,
) -> None:
    """Note amounts that differ from the statement of the file's year."""
    years = {record.year or basis.made_at.year for record in records}
    known = {}
    for year in years:
        window = income_window(year)
        assert window.start and window.end  # noqa: S101  both ends of a year's window
        known[year] = ours.incomes_of(
            [r.pk for r in records if r.pk],
            window_from=window.start,
            window_to=window.end,
        )
    for record, (_, row) in zip(records, chunk, strict=True):
        record.year = record.year or basis.made_at.year
        if record.outcome is not Outcome.UNCHANGED or record.pk is None:
            continue
        statement = known[record.year].get(record.pk)
        edited = dict(edits.of("household", record.pk))
        if statement is not None:
            record.income_version = statement.version
            edited |= edits.of("income", statement.pk)
        values = statement.values if statement else {}
        differ(record, table, row, amounts, values, edited, basis)


def _concluded(record: Record, edits: Edits) -> Record:
    """Give a record its outcome and the keyings its values tick off."""
    if record.outcome is not Outcome.UNCHANGED or record.pk is None:
        return record
    for name, change in list(record.changes.items()):
        if change.kind is Difference.SAME:
            del record.changes[name]
            keying = edits.keying(record.level, record.pk, name)
            if keying is not None:
                record.keyed.append(keying)
    record.outcome = outcome_of_row(c.kind for c in record.changes.values())
    return record
