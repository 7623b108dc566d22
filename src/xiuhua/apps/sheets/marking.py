"""The sheet as it was sent, with its bad cells marked and what to do beside them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePath

from xiuhua.apps.sheets import store
from xiuhua.apps.sheets.content import unpacked
from xiuhua.apps.sheets.heads import CellUnfit, Form
from xiuhua.apps.sheets.kinds import kind_get
from xiuhua.apps.sheets.models import Sheet
from xiuhua.core.intake.marking.listing import list_marks
from xiuhua.core.intake.marking.marks import Mark, MarkingImpossible
from xiuhua.core.intake.marking.workbook import mark_workbook
from xiuhua.messages import translator


_WORKBOOKS = (".xlsx", ".xlsm")


def error_workbook(sheet: Sheet, data: bytes) -> tuple[str, BytesIO]:
    """Return the name and bytes of the marked file of a sheet.

    Of files that cannot be marked, a list of the cells is returned.
    """
    marks = list(_marks(sheet))
    source = PurePath(sheet.source)
    name = f"{source.stem}-退回修改.xlsx"
    with store.plain(data, sheet.source) as path:
        if source.suffix.lower() in _WORKBOOKS:
            try:
                target = path.with_name("marked.xlsx")
                mark_workbook(path, target, marks, _codes(sheet))
                return name, _content(target)
            except MarkingImpossible:
                pass
        target = path.with_name("list.xlsx")
        list_marks(sheet.source, marks, target)
        return name, _content(target)


def in_both_languages(fault: CellUnfit) -> str:
    """Return a fault with its remedy, Chinese above English."""
    return "\n".join(fault.worded(translator(language)) for language in ("zh", "en"))


def _marks(sheet: Sheet) -> Iterator[Mark]:
    columns = {one["title"]: one["columns"] for one in sheet.layouts}
    for kept in sheet.rows.order_by("place"):
        row = unpacked(kept)
        places = columns.get(row.title, {})
        for key, fault in (*row.faults, *row.notes):
            at = places.get(key, min(places.values(), default=0))
            yield Mark(row.title, row.number, at, in_both_languages(fault))


def _codes(sheet: Sheet) -> dict[str, list[int]]:
    """The columns of numbers that are names, by the title of their sheet."""
    kind = kind_get(sheet.kind)
    codes = {head.key for head in kind.heads if head.form is Form.CODE}
    return {
        one["title"]: [at for key, at in one["columns"].items() if key in codes]
        for one in sheet.layouts
    }


def _content(path: Path) -> BytesIO:
    return BytesIO(path.read_bytes())
