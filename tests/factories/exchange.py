"""Uploads and all that hangs on them; files are made-up workbooks of county 990101."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter
from tests.factories.moments import NOON
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_clerk, make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.exchange import tasks
from xiuhua.apps.exchange.models import (
    ConflictChoice,
    Download,
    Keying,
    Upload,
)
from xiuhua.apps.exchange.models import (
    Mapping as ListMapping,
)
from xiuhua.apps.exchange.rules import Choice, Origin


HOME = "99010110120100001"
HOUSEHOLD_HEAD = [
    "户编号",
    "行政村代码",
    "户主姓名",
    "联系电话",
    "组",
    "工资性收入",
    "年度",
]
PERSON_HEAD = ["户编号", "人编号", "姓名", "证件号码", "性别", "出生日期", "与户主关系"]
Sheets = Mapping[str, Sequence[Sequence[Any]]]


def home(number: int, **said: Any) -> list[Any]:
    """Return a row of the sheet of households."""
    usual = {
        "number": f"{HOME[:-3]}{number:03d}",
        "village": VILLAGE,
        "head": f"户主{number}",
        "phone": f"1390000{number:04d}",
        "group": "一组",
        "wage": 1000 + number,
        "year": 2019,
    }
    return list((usual | said).values())


def member(number: int, at: int = 1, **said: Any) -> list[Any]:
    """Return a row of the sheet of persons."""
    household = f"{HOME[:-3]}{number:03d}"
    usual = {
        "household": household,
        "number": f"{household}{at:02d}",
        "name": f"户主{number}" if at == 1 else f"成员{number}{at}",
        "id": None,
        "sex": "男",
        "born": date(1960, 1, 1),
        "relation": "户主" if at == 1 else "之子",
    }
    return list((usual | said).values())


def sheets(*numbers: int) -> dict[str, list[list[Any]]]:
    """Return a workbook of households of one person each."""
    return {
        "户": [HOUSEHOLD_HEAD, *(home(n) for n in numbers)],
        "人": [PERSON_HEAD, *(member(n) for n in numbers)],
    }


def workbook_bytes(said: Sheets) -> bytes:
    """Return the bytes of a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        # The same rows are the same bytes.
        book.set_properties({"created": datetime(2019, 1, 1)})  # noqa: DTZ001
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in said.items():
            sheet = book.add_worksheet(title)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001
                        sheet.write_datetime(at, column, moment, day)
                    elif isinstance(value, str):
                        sheet.write_string(at, column, value)
                    elif value is not None:
                        sheet.write(at, column, value)
    return out.getvalue()


def make_upload(
    said: Sheets | bytes | None = None,
    *,
    by: Post | None = None,
    name: str = "名册.xlsx",
    at: datetime = NOON,
    made_at: datetime | None = None,
    origin: Origin = Origin.NATIONAL,
    clears: bool = False,
    mapping: ListMapping | None = None,
) -> Upload:
    """Send a file in; the tests' task backend reads and compares it at once."""
    make_region(VILLAGE)
    data = said if isinstance(said, bytes) else workbook_bytes(said or sheets(1, 2))
    upload = tasks.upload_send(
        source=io.BytesIO(data),
        name=name,
        size=len(data),
        origin=origin,
        made_at=made_at or at - timedelta(hours=1),
        clears=clears,
        by=by or make_clerk(),
        at=at,
        mapping=mapping,
    )
    upload.refresh_from_db()
    return upload


def promote(upload: Upload, *, at: datetime = NOON) -> Upload:
    """Promote an upload as the post that sent it."""
    tasks.promotion_order(
        upload_id=upload.pk, version=upload.version, by=upload.post, at=at
    )
    upload.refresh_from_db()
    return upload


def make_conflict_choice(**said: Any) -> ConflictChoice:
    """Choose the file's value of a field."""
    usual = {"level": "household", "number": HOME, "field": "phone"}
    usual |= {"choice": Choice.FILE.value}
    upload = said.pop("upload", None) or make_upload()
    return ConflictChoice.objects.create(upload=upload, **usual | said)


def make_mapping(**said: Any) -> ListMapping:
    """Remember a list of phones by ID number."""
    usual: dict[str, Any] = {
        "region_id": "990101101",
        "fingerprint": "f" * 64,
        "name": "医保局名单",
        "columns": {"身份证号": "person.id_number", "电话": "person.phone"},
        "saved_at": NOON,
    }
    if "post" not in said:
        usual["post"] = make_clerk()
    return ListMapping.unscoped.create(**usual | said)


def make_keying(**said: Any) -> Keying:
    """Note a household's phone as to be keyed."""
    usual = {"level": "household", "field": "phone", "position": 8, "before": '"138"'}
    usual |= {"changed_at": NOON, "changed_by": "li"}
    if "household" not in said:
        said["household"] = make_household()
    Keying.unscoped.filter(household=said["household"]).delete()
    return Keying.unscoped.create(**usual | said)


def make_download(**said: Any) -> Download:
    """Ask for an export of a township."""
    usual: dict[str, Any] = {"kind": "export", "asked": {}, "requested_at": NOON}
    usual |= {"region_id": "990101101", "key": "d" * 32}
    if "post" not in said:
        usual["post"] = make_clerk()
    return Download.unscoped.create(**usual | said)
