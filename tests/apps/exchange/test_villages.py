"""Rows of villages in a file: staged, compared, taken over, taken back."""

from datetime import timedelta

import pytest
from tests.factories.exchange import home, make_upload, promote, sheets
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE, make_clerk

from xiuhua.apps.exchange import selectors, tasks
from xiuhua.apps.exchange.models import Upload
from xiuhua.apps.exchange.rules import Choice, Origin, is_balanced
from xiuhua.apps.exchange.services import uploads
from xiuhua.apps.exchange.services.downloads import FILE
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.exchange.staging.records import record_of
from xiuhua.apps.registry.models import VillageChange, VillageFacts
from xiuhua.apps.registry.services.villages import village_state


pytestmark = pytest.mark.usefixtures("each_database")
LATER = NOON + timedelta(days=1)
HEAD = ["行政村代码", "行政村名称", "户籍户数", "通硬化路"]


def book(*villages: list[object]) -> dict[str, list[list[object]]]:
    """Return a workbook of one household and some villages."""
    return {**sheets(1), "村": [HEAD, *villages]}


def counts(upload: Upload) -> dict[str, int]:
    assert upload.state == "compared", upload.error
    assert is_balanced(upload.counts["counts"], upload.counts["rows"])
    return upload.counts["counts"]


def changes(upload: Upload) -> dict[str, tuple[str, object, object]]:
    rows = selectors.record_rows(upload=upload).where("level = 'village'")
    return {
        name: (change.kind.value, change.old, change.new)
        for record in map(record_of, rows.order_by("at")[0:100])
        for name, change in record.changes.items()
    }


def report() -> VillageFacts:
    return VillageFacts.unscoped.get(village_id=VILLAGE)


def test_a_new_report_is_taken_over_for_the_year_of_the_file():
    upload = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))

    assert upload.state == "promoted", upload.error
    assert upload.counts["counts"] == {"new": 3}
    found = report()
    assert (found.year, found.registered_households, found.hard_road) == (
        NOON.year,
        310,
        True,
    )
    change = VillageChange.unscoped.get()
    assert (change.act, change.batch_id, change.old) == ("import", upload.batch, {})
    assert change.new["registered_households"] == 310


def test_changes_are_shown_and_the_same_file_twice_changes_nothing():
    first = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))
    said = book([VILLAGE, "一村", 312, None])

    upload = make_upload(said, by=first.post, at=LATER, made_at=LATER)

    assert counts(upload) == {"unchanged": 2, "updated": 1}
    assert changes(upload) == {"registered_households": ("changed", 310, 312)}
    promote(upload, at=LATER)
    assert (report().registered_households, report().hard_road) == (312, True)
    again = make_upload(said, by=first.post, at=LATER, made_at=LATER)
    assert counts(again) == {"unchanged": 3}
    promote(again, at=LATER)
    assert VillageChange.unscoped.count() == 2


def test_a_newer_edit_is_a_conflict_that_stays_ours_unless_chosen():
    first = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))
    village_state(
        village=VILLAGE,
        year=NOON.year,
        values={"registered_households": 311},
        version=1,
        by=make_clerk(),
        at=NOON + timedelta(hours=2),
    )
    said = book([VILLAGE, "一村", 312, "是"])

    upload = make_upload(said, by=first.post, at=LATER, made_at=NOON)

    assert counts(upload) == {"unchanged": 2, "conflict": 1}
    assert changes(upload) == {"registered_households": ("conflict", 311, 312)}
    uploads.conflicts_decide(
        upload_id=upload.pk,
        version=upload.version,
        cells=[("village", VILLAGE, "registered_households")],
        choice=Choice.FILE,
        by=first.post,
        at=LATER,
    )
    upload.refresh_from_db()
    promote(upload, at=LATER)
    assert report().registered_households == 312


def test_an_edit_after_the_comparison_has_the_file_compared_anew():
    first = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))
    said = book([VILLAGE, "一村", 312, "是"])
    upload = make_upload(said, by=first.post, at=LATER, made_at=LATER)
    village_state(
        village=VILLAGE,
        year=NOON.year,
        values={"hard_road": False},
        version=1,
        by=make_clerk(),
        at=LATER,
    )

    promote(upload, at=LATER)

    assert upload.state == "compared"
    assert upload.error == {"code": "exchange.changed_meanwhile"}
    assert report().registered_households == 310


def test_undo_takes_a_new_report_away_and_leaves_its_history():
    upload = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))

    uploads.upload_undo(
        upload_id=upload.pk, version=upload.version, by=upload.post, at=LATER
    )

    assert not VillageFacts.unscoped.exists()
    acts = VillageChange.unscoped.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["import", "undo"]
    again = promote(make_upload(book([VILLAGE, "一村", 310, "是"]), at=LATER), at=LATER)
    assert again.state == "promoted"
    # A form that was open before the undo must not fit what was entered since.
    assert report().version == 3


def test_undo_gives_back_what_stood_before():
    first = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))
    said = book([VILLAGE, "一村", 312, "否"])
    upload = make_upload(said, by=first.post, at=LATER, made_at=LATER)
    promote(upload, at=LATER)

    uploads.upload_undo(
        upload_id=upload.pk, version=upload.version, by=upload.post, at=LATER
    )

    assert (report().registered_households, report().hard_road) == (310, True)


def test_villages_elsewhere_and_wrong_cells_are_rejected_by_name():
    rows = [
        ["990101101999", "无此村", 10, "是"],
        [VILLAGE, "一村", "很多", "是"],
        ["990102101201", "邻县村", 10, "是"],
        [None, "无代码", 10, "是"],
    ]

    upload = make_upload(book(*rows))

    assert counts(upload) == {"new": 2, "rejected": 4}
    found = selectors.file_rows(upload=upload).where("level = 'village'")
    reasons = {row["row"]: row["reasons"] for row in found.order_by("row")[0:9]}
    assert '"kind": "village_missing"' in reasons[2]
    assert '"kind": "bad_value"' in reasons[3]
    assert '"cell": "C3"' in reasons[3]
    assert '"kind": "outside_region"' in reasons[4]
    assert '"kind": "missing_required"' in reasons[5]


def test_rows_that_contradict_each_other_are_both_rejected():
    upload = make_upload(
        book([VILLAGE, "一村", 310, "是"], [VILLAGE, "一村", 311, "是"])
    )

    assert counts(upload) == {"new": 2, "rejected": 2}
    promote(upload)
    assert not VillageFacts.unscoped.exists()


def test_an_export_holds_the_reports_and_reads_back_unchanged():
    first = promote(make_upload(book([VILLAGE, "一村", 310, "是"])))
    download = tasks.download_ask(
        kind="export",
        region=first.post.region_id,
        asked={"year": NOON.year},
        by=first.post,
        at=NOON,
    )
    download.refresh_from_db()
    assert (download.error, download.rows) == (None, 3)
    data = store.content(store.folder(store.DOWNLOADS, download.key) / FILE)

    upload = make_upload(data, by=first.post, at=LATER, origin=Origin.OWN)

    assert counts(upload) == {"unchanged": 3}


def test_names_of_villages_beside_households_are_no_report():
    said = sheets(1)
    said["户"] = [[*said["户"][0], "行政村名称"], [*home(1), "一村"]]

    upload = make_upload(said)

    assert counts(upload) == {"new": 2}
    promote(upload)
    assert not VillageFacts.unscoped.exists()
