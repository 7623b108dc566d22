"""What of ours a national export does not hold although it covers the village.

Told, never acted upon: nobody leaves the registry because a file is silent. A village
counts as covered when the file lists at least half of our households in it; what was
entered here and is still to be keyed cannot be in an export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.apps.exchange.keying import WHOLE
from xiuhua.apps.exchange.models import Keying
from xiuhua.apps.exchange.staging.records import Record
from xiuhua.apps.registry.models import Household, Person


FILE_NAME: Final = "missing.parquet"
_SCHEMA: Final = pa.schema(
    [
        ("level", pa.string()),
        ("number", pa.string()),
        ("household", pa.string()),
        ("home", pa.int64()),
        ("village", pa.string()),
        ("label", pa.string()),
        ("at", pa.int64()),
    ]
)
_REGISTERED: Final = "registered"


@dataclass(frozen=True)
class Missing:
    """Somebody of ours who is not in the file; `home` is the key of the household."""

    level: str
    number: str
    household: str
    home: int
    village: str
    label: str


class SeenInFile:
    """Which numbers and villages a file names, gathered while it is compared."""

    def __init__(self) -> None:
        self.households: set[str] = set()
        self.persons: set[str] = set()
        self._homes: set[str] = set()
        self._villages: set[str] = set()

    def add(self, records: Iterable[Record]) -> None:
        """Take in records, rejected ones too: they stand in the file."""
        for record in records:
            if record.level == "household":
                self.households.add(record.number)
                self._villages.add(record.village)
            elif record.level == "person":
                self.persons.add(record.number)
                self._homes.add(record.household)

    def missing(self) -> Iterator[Missing]:
        """Yield what of ours is not in the file, village by village."""
        for village in sorted(self._villages - {""}):
            rows = Household.unscoped.filter(
                village_id=village, registration=_REGISTERED, ended_on__isnull=True
            )
            named = rows.order_by("number").values_list("pk", "number", "head_name")
            gone = [row for row in named if row[1] not in self.households]
            if 2 * len(gone) > len(named):
                continue
            unkeyed = _unkeyed("household", {pk for pk, *_ in gone})
            for pk, number, name in gone:
                if pk not in unkeyed:
                    yield Missing("household", number, number, pk, village, name or "")
            yield from self._persons(village)

    def _persons(self, village: str) -> Iterator[Missing]:
        """Members of households whose persons the file lists."""
        rows = Person.unscoped.filter(
            household__village_id=village,
            household__registration=_REGISTERED,
            ended_on__isnull=True,
        ).order_by("household__number", "number")
        gone = [
            row
            for row in rows.values_list(
                "pk", "number", "name", "household_id", "household__number"
            )
            if row[4] in self._homes and row[1] not in self.persons
        ]
        unkeyed = _unkeyed("person", {pk for pk, *_ in gone})
        for pk, number, name, home, household in gone:
            if pk not in unkeyed:
                yield Missing("person", number, household, home, village, name or "")


def write_missing(found: Iterable[Missing], path: Path) -> dict[str, int]:
    """Write what is missing as a table; return how many of each level."""
    rows = [{**asdict(one), "at": at} for at, one in enumerate(found)]
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), path)
    levels = [row["level"] for row in rows]
    return {level: levels.count(level) for level in ("household", "person")}


def _unkeyed(level: str, keys: set[int]) -> set[int]:
    """Return which of some rows the national system has not been told of yet."""
    column = f"{level}_id"
    waiting = Keying.unscoped.filter(
        **{f"{column}__in": keys}, field=WHOLE[level], done_at__isnull=True
    )
    return set(waiting.values_list(column, flat=True))
