"""From the bytes of an upload to its staged outcome, in a scratch folder.

Parsing happens in the core's sandboxed child. What comes out is a folder of tables:
the typed rows, the records as compared, the outcome of every row, the faults.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from xiuhua.apps.exchange.rules import Origin, Outcome
from xiuhua.apps.exchange.staging.comparing import (
    Basis,
    Place,
    blocked_rows,
    compare_households,
    compare_persons,
)
from xiuhua.apps.exchange.staging.comparing_villages import compare_villages
from xiuhua.apps.exchange.staging.lists import Mappings, read_list
from xiuhua.apps.exchange.staging.missing import FILE_NAME as MISSING
from xiuhua.apps.exchange.staging.missing import SeenInFile, write_missing
from xiuhua.apps.exchange.staging.outcomes import FILE_NAME as ROWS
from xiuhua.apps.exchange.staging.outcomes import Ledger, RowsOfFile
from xiuhua.apps.exchange.staging.records import FILE_NAME as RECORDS
from xiuhua.apps.exchange.staging.records import Reason, Record, write_records
from xiuhua.core.intake.headers import SheetPlan
from xiuhua.core.intake.read import Registry, read_registry
from xiuhua.core.intake.zipped import unpack_tables


Progress = Callable[[str, int], None]
"""Called with the step and the percentage of the whole that is done."""
FAULTS: Final = "faults.parquet"
ABOUT: Final = "about.json"
LEVELS: Final = ("household", "person", "village")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_NAME_LENGTH: Final = 80


def _no_mapping(_fingerprint: str) -> None:
    return None


@dataclass(frozen=True)
class Outcomes:
    """What reading and comparing came to; the tables lie in `folder`."""

    folder: Path
    ledger: Ledger
    faults: int
    ignored: tuple[str, ...]
    missing: dict[str, int]


def safe_name(name: str) -> str:
    """Return a file name that leads nowhere; its ending and what it says stay.

    >>> safe_name("../../户.csv"), safe_name("C:\\\\x\\\\人.xlsx"), safe_name("...")
    ('户.csv', '人.xlsx', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    tidy = _UNSAFE.sub("_", last).strip(". ")
    return tidy[-_NAME_LENGTH:].lstrip(".") or "file"


def read_and_compare(
    source: Path,
    scratch: Path,
    basis: Basis,
    progress: Progress,
    mappings: Mappings = _no_mapping,
) -> Outcomes:
    """Read a file that lies in `scratch` and compare it with the registry.

    `mappings` gives the mapping of a foreign list by the fingerprint of its headers.

    Raises:
        MappingNeeded: when a foreign list has no mapping yet.
        XiuhuaError: of the core's intake, when the file cannot be read.
    """
    progress("parse", 5)
    registry, blocked = _read(source, scratch, basis, progress, mappings)
    basis = replace(basis, blocked={**blocked, **blocked_rows(registry.faults)})
    folder = scratch / "outcome"
    folder.mkdir()
    assert registry.rows is not None  # noqa: S101  asked for below
    rows = RowsOfFile(basis.blocked)
    seen = SeenInFile()
    write_records(_records(registry, basis, (rows, seen), progress), folder / RECORDS)
    progress("balance", 95)
    missing = {}
    if basis.origin is Origin.NATIONAL:
        missing = write_missing(seen.missing(), folder / MISSING)
    ledger = rows.write(registry.rows, registry.plans, folder / ROWS)
    for level in LEVELS:
        path: Path = getattr(registry, level)
        path.replace(folder / path.name)
    pq.write_table(registry.faults, folder / FAULTS)
    ignored = tuple(dict.fromkeys(_named(c) for c in registry.ignored_columns))
    about = {"plans": _plans(registry.plans), "ignored": ignored, **asdict(ledger)}
    text = json.dumps(about, ensure_ascii=False)
    (folder / ABOUT).write_text(text, encoding="utf-8")
    return Outcomes(folder, ledger, registry.faults.num_rows, ignored, missing)


def _read(
    source: Path, scratch: Path, basis: Basis, progress: Progress, mappings: Mappings
) -> tuple[Registry, dict[Place, list[Reason]]]:
    if source.suffix.lower() == ".zip":
        tables = scratch / "tables"
        tables.mkdir()
        unpack_tables(source, tables)
        source = tables

    if basis.origin is Origin.LIST:
        return read_list(source, scratch, basis.region, mappings)

    def parsed(name: str, done: int, of: int) -> None:
        progress("parse", 5 + 35 * done // max(of, 1))

    registry = read_registry(
        source,
        region=basis.region,
        work_dir=scratch / "typed",
        as_of=basis.made_at.date(),
        every_row=True,
        progress=parsed,
    )
    return registry, {}


def _records(
    registry: Registry,
    basis: Basis,
    told: tuple[RowsOfFile, SeenInFile],
    progress: Progress,
) -> Any:
    """Yield every record; new households are known before their persons come."""
    total = sum(pq.read_metadata(getattr(registry, n)).num_rows for n in LEVELS) or 1
    entered: dict[str, str] = {}
    done = 0

    def passed(records: list[Record]) -> list[Record]:
        nonlocal done
        for listener in told:
            listener.add(records)
        done += len(records)
        progress("compare", 40 + 55 * done // total)
        return records

    for records in compare_households(registry.household, basis):
        new = (r for r in records if r.outcome is Outcome.NEW)
        entered |= {r.number: r.village for r in new}
        yield from passed(records)
    for records in compare_persons(registry.person, basis, entered):
        yield from passed(records)
    for records in compare_villages(registry, basis):
        yield from passed(records)


def _plans(plans: Mapping[tuple[str, str], SheetPlan]) -> list[dict[str, Any]]:
    return [
        {
            "file": file,
            "sheet": sheet,
            "columns": [{**asdict(c), "called": plan.called(c)} for c in plan.columns],
        }
        for (file, sheet), plan in plans.items()
    ]


def _named(column: Any) -> str:
    return " · ".join(
        part for part in (column.file, column.sheet, column.header) if part
    )
