"""Read the sheet 样本 of a self-check as strictly and forgivingly as a registry.

Every cell that cannot be read is a fault with sheet, row and column. A row that lacks
what a rate needs counts nowhere and says why; nothing is filled in for it.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.faults import FAULT_SCHEMA, no_faults
from xiuhua.core.intake.raw import RawSheet, read_raw
from xiuhua.core.intake.read import IgnoredColumn
from xiuhua.core.intake.sandbox import parse
from xiuhua.core.intake.sources import InputFile, find_files, hashed
from xiuhua.core.intake.stage import Stage as Staging
from xiuhua.core.region_codes import contains
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.findings import (
    FINDING_OF,
    Checked,
    Finding,
    Kind,
    read_finding,
)
from xiuhua.core.verification.template import REMARKS_SHEET


LEVEL: Final = "sample"
NEEDED: Final = {
    "sample_id": "样本编号",
    "village_code": "行政村代码",
    "sample_kind": "样本类型",
    "persons": "人口数",
    "finding": "核查结论",
}


class NoSampleSheet(XiuhuaError):
    """Nothing in the source looks like the sheet of households checked."""

    code = "verification.no_sample_sheet"


class SampleColumnMissing(XiuhuaError):
    """The sheet of households checked lacks columns no rate can do without."""

    code = "verification.column_missing"


@dataclass(frozen=True)
class SelfCheck:
    """The households checked, in the order of the sheet, and what was found on the way.

    Attributes:
        has_approval: whether there is a column of approval at all.
    """

    rows: tuple[Checked, ...]
    faults: pa.Table
    ignored_columns: tuple[IgnoredColumn, ...]
    inputs: tuple[InputFile, ...]
    has_approval: bool


@dataclass(frozen=True)
class _Raw:
    """A row as typed, with the faults found in it."""

    checked: Checked
    faults: tuple[dict[str, Any], ...]


def read_self_check(source: Path, *, region: str, work_dir: Path) -> SelfCheck:
    """Read the households checked from a workbook, CSV or Parquet file.

    Raises:
        SourceNotFound, NotWhatItSays, FileLocked, FileDamaged, FileTooLarge: when a
            file is not what it should be.
        NoSampleSheet: when no sheet is named 样本 or has its columns.
        SampleColumnMissing: naming the columns that are missing.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    files = find_files(source)
    ignored: list[IgnoredColumn] = []
    with duckdb.connect() as connection:
        staging = Staging(work_dir, connection)
        for number, file in enumerate(files):
            scratch = work_dir / f"raw-{number}"
            for found in parse(file, scratch, levels=(LEVEL,)):
                ignored += _staged(staging, file.name, found)
            shutil.rmtree(scratch, ignore_errors=True)
    if not staging.tables:
        raise NoSampleSheet(
            "no sheet of households checked was found",
            where=Place(source.name),
            hint="name the sheet 样本; `xiuhua template --self-check` writes one",
        )
    typed = pa.concat_tables(
        [pq.read_table(t.path) for t in staging.tables], promote_options="default"
    )
    rows = list(_without_doubles(_rows(typed, region)))
    faulty = [fault for row in rows for fault in row.faults]
    return SelfCheck(
        rows=tuple(row.checked for row in rows),
        faults=pa.concat_tables([no_faults(), *staging.faults, fault_table(faulty)]),
        ignored_columns=tuple(ignored),
        inputs=tuple(hashed(file) for file in files),
        has_approval="approves" in typed.column_names,
    )


def fault_table(faults: Iterable[dict[str, Any]]) -> pa.Table:
    """Return faults as a table; keys left out are empty."""
    blank = dict.fromkeys(FAULT_SCHEMA.names)
    rows = [blank | {"level": LEVEL} | fault for fault in faults]
    return pa.Table.from_pylist(rows, schema=FAULT_SCHEMA)


def fault_of(
    row: Checked, kind: str, field: str, *, column: str, value: str = "", **more: str
) -> dict[str, Any]:
    """Return a fault of a household checked, to be made into a table."""
    place = {"sheet": row.sheet, "row": row.row, "column": column}
    who = {"household_id": row.household_id or None}
    return {"kind": kind, "field": field, "value": value, **place, **who, **more}


def _staged(staging: Staging, file: str, found: Path | str) -> list[IgnoredColumn]:
    """Stage a raw sheet; return its columns, or the sheet, not understood."""
    if isinstance(found, str):
        return [] if found == REMARKS_SHEET else [IgnoredColumn(file, found, "")]
    sheet = read_raw(found)
    _check_columns(sheet)
    staging.add(sheet)
    return [IgnoredColumn(file, sheet.title, h) for _, h in sheet.plan.ignored]


def _check_columns(sheet: RawSheet) -> None:
    present = {column.field for column in sheet.plan.columns}
    missing = [header for name, header in NEEDED.items() if name not in present]
    if missing:
        raise SampleColumnMissing(
            "the columns {columns} are missing",
            where=Place(sheet.file, sheet=sheet.title),
            hint="`xiuhua template --self-check` writes a sheet with all columns",
            columns="、".join(missing),
        )


def _rows(table: pa.Table, region: str) -> Iterator[_Raw]:
    for raw in table.to_pylist():
        verdict = read_finding(raw["finding"], raw.get("finding_stage"))
        row = Checked(
            sheet=raw["_sheet"],
            row=raw["_row"],
            sample_id=raw["sample_id"] or "",
            household_id=raw.get("household_id") or "",
            village=raw["village_code"] or "",
            kind=Kind(raw["sample_kind"]) if raw["sample_kind"] else UNKNOWN,
            groups=tuple(filter(None, (raw.get("risk_groups") or "").split(","))),
            persons=UNKNOWN if raw["persons"] is None else raw["persons"],
            team=raw.get("team") or "",
            method=raw.get("check_method") or "",
            finding=verdict.finding,
            stage=verdict.stage,
            approves=UNKNOWN if raw.get("approves") is None else raw["approves"],
        )
        yield _placed(row, verdict.fault, region)


def _placed(row: Checked, contradiction: str, region: str) -> _Raw:
    """The row with the reason why it counts nowhere, and its own faults."""
    faults = []
    if contradiction:
        faults.append(fault_of(row, contradiction, "finding_stage", column="认定情况"))
    if row.village and not contains(region, row.village):
        faults.append(
            fault_of(
                row,
                "outside_region",
                "village_code",
                column="行政村代码",
                value=row.village,
                expected=region,
            )
        )
        return _Raw(replace(row, left_out="outside_region"), tuple(faults))
    if _is_of_other_kind(row):
        faults.append(
            fault_of(row, "finding_of_other_kind", "finding", column="核查结论")
        )
        row = replace(row, finding=UNKNOWN, stage=None)
    return _Raw(replace(row, left_out=_lack(row)), tuple(faults))


def _is_of_other_kind(row: Checked) -> bool:
    if row.kind is UNKNOWN or row.finding in (UNKNOWN, Finding.NORMAL):
        return False
    return FINDING_OF.get(row.kind) is not row.finding


def _lack(row: Checked) -> str:
    """What a rate of persons needs and the row has not, empty when it has all."""
    if not row.village:
        return "village_unknown"
    if row.kind is UNKNOWN:
        return "kind_unknown"
    if row.persons is UNKNOWN:
        return "persons_unknown"
    return "finding_unknown" if row.finding is UNKNOWN else ""


def _without_doubles(rows: Iterable[_Raw]) -> Iterator[_Raw]:
    """Leave out every row whose sample or household number stood before."""
    seen: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], str] = {}
    names = {"sample_id": "样本编号", "household_id": "户编号"}
    for raw in rows:
        row = raw.checked
        for name, column in names.items():
            value = getattr(row, name)
            key = (name, value)
            if value and seen[key] and row.left_out != "duplicate":
                fault = fault_of(
                    row,
                    "checked_twice",
                    name,
                    column=column,
                    value=value,
                    other=places[key],
                )
                row = replace(row, left_out="duplicate")
                raw = _Raw(row, (*raw.faults, fault))
            if value:
                seen[key] += 1
                places.setdefault(key, row.key)
        yield raw
