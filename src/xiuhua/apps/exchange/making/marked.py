"""The error sheet: the workbook that was sent, with its bad cells marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from xiuhua.apps.exchange.models import Upload
from xiuhua.apps.exchange.staging import outcome_files, store
from xiuhua.apps.exchange.staging.staged_rows import StagedRows
from xiuhua.apps.exchange.wording import in_both_languages
from xiuhua.core.dictionary.model import TEXT_TYPES, FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.marking.listing import list_cells
from xiuhua.core.intake.marking.marks import Mark, MarkingImpossible
from xiuhua.core.intake.marking.workbook import mark_workbook


_WORKBOOKS: Final = (".xlsx", ".xlsm")


def error_sheet(upload: Upload, scratch: Path) -> tuple[Path, int]:
    """Write the error sheet of an upload; return it and how many cells it marks.

    A workbook comes back marked. Of other files, and of workbooks written in a way that
    cannot be marked, a list of the cells is written.
    """
    reasons = list(_reasons(upload))
    suffix = Path(upload.file_name).suffix.lower()
    if suffix in _WORKBOOKS:
        source = store.folder(store.UPLOADS, upload.key) / store.SOURCE
        plain = store.open_into(source, scratch / f"sent{suffix}")
        target = scratch / "marked.xlsx"
        try:
            mark_workbook(plain, target, _marks(reasons), _codes(upload))
            return target, len(reasons)
        except MarkingImpossible:
            target.unlink(missing_ok=True)
    return _list(reasons, scratch / "list.xlsx"), len(reasons)


def _reasons(upload: Upload) -> Iterator[dict[str, Any]]:
    """Yield what is wrong with each cell: what rejects a row, then what only warns."""
    rows = StagedRows(outcome_files.rows_table(upload)).where("outcome = 'rejected'")
    told = set()
    for row in rows.order_by("file", "sheet", "row").iterator():
        for reason in json.loads(row["reasons"]):
            reason |= {"file": row["file"], "sheet": row["sheet"], "row": row["row"]}
            told.add((row["file"], row["sheet"], row["row"], reason["kind"]))
            yield reason
    columns = _columns(upload)
    for fault in outcome_files.faults(upload).to_pylist():
        place = (fault["file"], fault["sheet"], fault["row"], fault["kind"])
        key = (fault["file"], fault["sheet"], fault["level"], fault["field"])
        if place not in told and fault["row"] is not None:
            at = columns.get((*key, fault["column"]), columns.get((*key, "")))
            yield {**fault, "at": at}


def _columns(upload: Upload) -> dict[tuple[str, ...], int]:
    """The place of each column by file, sheet, level, field and what it is called.

    Under no name stands the first column of the field.
    """
    found: dict[tuple[str, ...], int] = {}
    for plan in outcome_files.about(upload)["plans"]:
        for column in plan["columns"]:
            key = (plan["file"], plan["sheet"], column["level"], column["field"])
            found.setdefault((*key, ""), column["index"])
            found[*key, column.get("called", column["header"])] = column["index"]
    return found


def _marks(reasons: list[dict[str, Any]]) -> list[Mark]:
    texts = in_both_languages(reasons)
    return [
        Mark(reason["sheet"], reason["row"], reason.get("at") or 0, text)
        for reason, text in zip(reasons, texts, strict=True)
    ]


def _codes(upload: Upload) -> dict[str, list[int]]:
    """The columns of numbers that are names, such as an ID, by their sheet."""
    found: dict[str, list[int]] = {}
    for plan in outcome_files.about(upload)["plans"]:
        for column in plan["columns"]:
            level = load_dictionary().level(column["level"])
            if level.by_name[column["field"]].type in TEXT_TYPES - {FieldType.TEXT}:
                found.setdefault(plan["sheet"], []).append(column["index"])
    return found


def _list(reasons: list[dict[str, Any]], path: Path) -> Path:
    texts = in_both_languages(reasons)
    list_cells(
        (
            (r["file"], r["sheet"], r.get("cell") or str(r["row"]), text)
            for r, text in zip(reasons, texts, strict=True)
        ),
        path,
    )
    return path
