"""Sheets sent in, their rows, remembered heads; and workbooks to send."""

from __future__ import annotations

import io
from itertools import count
from typing import Any

import openpyxl
from tests.factories.moments import NOON
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE

from xiuhua.apps.sheets.models import HeadMapping, Sheet, SheetRow


COUNTY = VILLAGE[:6]
_keys = count(1)


def make_sheet(**said: Any) -> Sheet:
    """Keep a compared sheet without rows."""
    make_region(COUNTY)
    usual: dict[str, Any] = {"kind": "pairings", "source": "结对.xlsx"}
    usual |= {"digest": "0" * 64, "state": "seen", "counts": {}}
    usual |= {"sent_by": "li", "sent_at": NOON, "once": f"sheets-{next(_keys)}"}
    return Sheet.objects.create(region_id=COUNTY, **usual | said)


def make_sheet_row(**said: Any) -> SheetRow:
    """Keep a row of a sheet."""
    usual: dict[str, Any] = {"place": 0, "number": 2, "outcome": "new"}
    if "sheet" not in said:
        usual["sheet"] = make_sheet()
    return SheetRow.objects.create(**usual | said)


def make_head_mapping(**said: Any) -> HeadMapping:
    """Remember the heads of a list."""
    make_region(COUNTY)
    usual: dict[str, Any] = {"kind": "pairings", "fingerprint": "0" * 64}
    usual |= {"columns": {"户": "household"}, "saved_by": "li", "saved_at": NOON}
    return HeadMapping.objects.create(region_id=COUNTY, **usual | said)


def book_of(*sheets: list[Any], titles: tuple[str, ...] = ()) -> bytes:
    """Return a workbook of sheets, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        page = book.create_sheet(titles[number] if titles else f"表{number + 1}")
        for row in rows:
            page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
