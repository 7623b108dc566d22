"""Files handed out: round trips, masks, and who may fetch them for how long."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from tests.apps.exchange.test_uploads import LATER, changes, counts, household
from tests.factories.accounts import make_post
from tests.factories.exchange import (
    HOME,
    HOUSEHOLD_HEAD,
    PERSON_HEAD,
    home,
    make_upload,
    member,
    promote,
    sheets,
)
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.exchange import expiry, tasks
from xiuhua.apps.exchange.making import files
from xiuhua.apps.exchange.models import Download
from xiuhua.apps.exchange.rules import Origin, ReasonMissing
from xiuhua.apps.exchange.services.downloads import (
    DownloadGone,
    NobodyInCharge,
    download_take,
)


pytestmark = pytest.mark.usefixtures("each_database")
MAN = "99012619330319911X"


def asked(
    by: Post, kind: str, *, at=NOON, region: str = "", reason="", **said
) -> Download:
    download = tasks.download_ask(
        kind=kind,
        region=region or by.region_id,
        asked={"year": 2019, **said},
        by=by,
        at=at,
        reason=reason,
    )
    download.refresh_from_db()
    # The worker's clock is the real one; the tests' day is another.
    Download.unscoped.filter(pk=download.pk).update(
        ready_at=at, expires_at=at + timedelta(minutes=15)
    )
    return download


def taken(download: Download, *, by: Post | None = None, at=NOON) -> bytes:
    by = by or download.post
    return download_take(download_id=download.pk, by=by, at=at)[1]


def book(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def column(sheet, title: str) -> int:
    return [cell.value for cell in sheet[1]].index(title) + 1


def county(*numbers: int) -> Post:
    upload = make_upload(sheets(*numbers))
    return promote(upload).post


def test_a_sheet_handed_out_and_changed_gives_exactly_these_changes():
    clerk = county(1, 2)
    data = taken(asked(clerk, "sheet"))
    sheet = book(data)
    homes = sheet["户"]
    homes.cell(2, column(homes, "联系电话")).value = "13799998888"
    homes.cell(3, column(homes, "工资性收入")).value = 4321.5
    people = sheet["人"]
    people.cell(2, column(people, "性别")).value = "女"
    changed = io.BytesIO()
    sheet.save(changed)

    upload = make_upload(changed.getvalue(), by=clerk, at=LATER, origin=Origin.OWN)

    assert counts(upload) == {"updated": 3, "unchanged": 1}
    assert changes(upload) == {
        (HOME, "phone"): ("changed", "13900000001", "13799998888"),
        (f"{HOME[:-1]}2", "wage_income"): ("changed", "1002.00", "4321.50"),
        (f"{HOME}01", "sex"): ("changed", "male", "female"),
    }
    # The sheet says itself when it was made.
    assert upload.basis_at < LATER


def test_a_sheet_sent_back_untouched_changes_nothing():
    clerk = county(1, 2, 3)

    upload = make_upload(taken(asked(clerk, "sheet")), by=clerk, origin=Origin.OWN)

    assert counts(upload) == {"unchanged": 6}


def test_a_sheet_computes_nothing_and_locks_its_keys():
    clerk = county(1)
    homes = book(taken(asked(clerk, "sheet")))["户"]

    assert homes.protection.sheet
    for cell in homes[2]:
        assert cell.data_type != "f"
        title = homes.cell(1, cell.column).value
        assert cell.protection.locked is (title in ("户编号", "行政村代码", "年度"))
    number = homes.cell(2, column(homes, "户编号"))
    assert (number.value, number.number_format) == (HOME, "@")
    assert homes.data_validations.dataValidation


def test_a_sheet_of_one_person_in_charge_holds_their_households_alone():
    head = [*HOUSEHOLD_HEAD, "帮扶责任人姓名"]
    said = {"户": [head, [*home(1), "张三"], [*home(2), "李四"]]}
    said["人"] = [PERSON_HEAD, member(1), member(2)]
    helper = promote(make_upload(said)).post

    homes = book(taken(asked(helper, "sheet", helper="李四")))["户"]

    assert [row[0].value for row in homes.iter_rows(min_row=2)] == [f"{HOME[:-1]}2"]
    with pytest.raises(NobodyInCharge):
        asked(helper, "sheet", helper="查无此人")


def test_secret_fields_leave_only_with_a_reason_that_is_recorded_first():
    said = {"户": [HOUSEHOLD_HEAD, home(1)], "人": [PERSON_HEAD, member(1, id=MAN)]}
    clerk = promote(make_upload(said)).post

    plain = book(taken(asked(clerk, "export")))["人"]
    assert "证件号码" not in [cell.value for cell in plain[1]]
    with pytest.raises(ReasonMissing):
        asked(clerk, "export", secret=True, reason=" ")
    download = asked(clerk, "export", secret=True, reason="核对医保参保信息")
    people = book(taken(download))["人"]
    cell = people.cell(2, column(people, "证件号码"))
    assert (cell.value, cell.data_type) == (MAN, "s")
    actions = ["requested", "taken"]
    for action in actions:
        entry = Entry.objects.get(
            action=f"exchange.download.{action}", target_id=str(download.pk)
        )
        assert entry.new["reason"] == "核对医保参保信息"
        assert MAN not in str(entry.new)


def test_a_leader_takes_no_secret_field_away():
    county(1)
    leader = make_post("township_leader", "990101101")

    assert "证件号码" not in str(book(taken(asked(leader, "export")))["人"][1])
    with pytest.raises(NotPermitted):
        asked(leader, "export", secret=True, reason="我想看看")


def test_csv_comes_zipped_and_reads_back_as_it_was():
    said = sheets(1)
    said["户"][1] = home(1, head="=cmd|'/C calc'!A0")
    clerk = promote(make_upload(said)).post
    data = taken(asked(clerk, "export", form="csv"))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(archive.namelist()) == ["人.csv", "户.csv"]
        rows = list(csv.reader(io.StringIO(archive.read("户.csv").decode("utf-8-sig"))))
    assert rows[1][rows[0].index("户主姓名")] == "'=cmd|'/C calc'!A0"
    upload = make_upload(data, by=clerk, name="导出.zip", at=LATER, origin=Origin.OWN)
    assert counts(upload) == {"unchanged": 2}


def test_the_error_sheet_is_the_same_workbook_with_its_bad_cells_marked():
    said = sheets(1, 2)
    said["户"][2] = home(2, wage="很多")
    upload = make_upload(said)

    marked = book(taken(asked(upload.post, "marked", upload=upload.pk)))

    homes = marked["户"]
    assert [c.value for c in homes[2]] == [
        int(v) if isinstance(v, float) else v for v in home(1)
    ]
    bad = homes["F3"]
    assert bad.value == "很多"
    assert bad.fill.fgColor.rgb == "FFF8C9C4"
    assert "an amount in yuan" in bad.comment.text
    assert "元" in bad.comment.text
    assert homes["F2"].comment is None
    # The person of the refused household is marked by its own sheet too.
    assert "household" in marked["人"]["A3"].comment.text


def test_both_cells_of_two_columns_that_differ_are_marked():
    said = sheets(1)
    said["户"] = [[*HOUSEHOLD_HEAD, "电话"], [*home(1), "13911112222"]]
    upload = make_upload(said)

    homes = book(taken(asked(upload.post, "marked", upload=upload.pk)))["户"]

    assert counts(upload) == {"rejected": 2}
    assert [c.coordinate for c in homes[2] if c.comment] == ["D2", "H2"]
    assert "D2 are columns of the same fact" in homes["H2"].comment.text


def test_the_error_sheet_of_a_csv_is_a_list():
    rows = [HOUSEHOLD_HEAD, home(1, wage="很多")]
    text = "\r\n".join(",".join(str(v) for v in row) for row in rows)
    upload = make_upload(text.encode(), name="户.csv")

    sheet = book(taken(asked(upload.post, "marked", upload=upload.pk))).active

    assert [c.value for c in sheet[2]][:3] == ["户.csv", "户", "F2"]


def test_only_who_asked_fetches_and_only_for_a_quarter_of_an_hour():
    clerk = county(1)
    download = asked(clerk, "export")
    colleague = make_post("township_clerk", "990101101")

    with pytest.raises(DownloadGone):
        taken(download, by=colleague)
    assert taken(download, at=NOON + timedelta(minutes=14))
    with pytest.raises(DownloadGone):
        taken(download, at=NOON + timedelta(minutes=15))
    expiry.swept(at=NOON + timedelta(minutes=15))
    assert not Path(settings.DATA_DIR, "exchange", "downloads", download.key).exists()


def test_a_role_that_changed_meanwhile_fetches_nothing():
    clerk = county(1)
    download = asked(clerk, "export")
    Post.unscoped.filter(pk=clerk.pk).update(role="helper", region_id=VILLAGE)
    clerk.refresh_from_db()

    with pytest.raises(NotPermitted):
        taken(download, by=clerk)


def test_nobody_asks_for_another_region():
    clerk = county(1)

    with pytest.raises(NotPermitted):
        asked(clerk, "export", region="990102")


def test_making_again_after_a_kill_makes_the_same_once():
    clerk = county(1)
    download = asked(clerk, "export")

    assert files.download_make(download_id=download.pk, clock=lambda: NOON) == (
        "made before"
    )
    assert household(1).phone == "13900000001"
