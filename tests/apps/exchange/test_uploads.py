"""From a file to the registry: staged, compared, promoted once, taken back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
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
from tests.factories.registry import VILLAGE, make_clerk

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.exchange import selectors, working
from xiuhua.apps.exchange.models import Upload
from xiuhua.apps.exchange.rules import Choice, FileRefused, StepImpossible, is_balanced
from xiuhua.apps.exchange.services import uploads
from xiuhua.apps.exchange.staging.records import record_of
from xiuhua.apps.registry.models import Change, Household, IncomeStatement, Person
from xiuhua.apps.registry.services.households import household_correct


pytestmark = pytest.mark.usefixtures("each_database")
LATER = NOON + timedelta(days=1)


def counts(upload: Upload) -> dict[str, int]:
    assert upload.state == "compared", upload.error
    assert is_balanced(upload.counts["counts"], upload.counts["rows"])
    return upload.counts["counts"]


def household(number: int = 1) -> Household:
    return Household.unscoped.get(number=f"{HOME[:-3]}{number:03d}")


def changes(upload: Upload) -> dict[tuple[str, str], tuple[str, object, object]]:
    rows = selectors.record_rows(upload=upload).order_by("at")
    return {
        (record.number, name): (change.kind.value, change.old, change.new)
        for record in map(record_of, rows[0:1000])
        for name, change in record.changes.items()
    }


def test_new_rows_are_shown_first_and_count_only_when_promoted():
    upload = make_upload(sheets(1, 2))

    assert counts(upload) == {"new": 4}
    assert Household.unscoped.count() == 0

    promote(upload)

    assert upload.state == "promoted", upload.error
    found = household(1)
    assert (found.head_name, found.phone, found.persons_count) == (
        "户主1",
        "13900000001",
        1,
    )
    assert Person.unscoped.get(household=found).birth_date == date(1960, 1, 1)
    assert str(IncomeStatement.unscoped.get(household=found).wage_income) == "1001.00"
    done = Entry.objects.filter(action="exchange.upload.promoted").get()
    assert done.new["sha256"] == upload.file_sha256
    assert "户主" not in str(done.new)


def test_the_same_file_twice_changes_nothing_and_says_so():
    first = promote(make_upload(sheets(1, 2)))
    before = Change.unscoped.count()

    second = make_upload(sheets(1, 2), by=first.post, at=LATER)

    assert counts(second) == {"unchanged": 4}
    with region_scope([second.region_id]):
        assert selectors.same_file_before(upload=second) == first
    promote(second, at=LATER)
    assert second.state == "promoted"
    assert second.batch is None
    assert Change.unscoped.count() == before


def test_changes_are_shown_field_by_field_and_laid_exactly():
    first = promote(make_upload(sheets(1, 2)))
    said = sheets(1, 2)
    said["户"][1] = home(1, phone="13711112222", wage=2500.5)
    said["人"][2] = member(2, name="新名")

    upload = make_upload(said, by=first.post, at=LATER, made_at=LATER)

    assert counts(upload) == {"updated": 2, "unchanged": 2}
    assert changes(upload) == {
        (HOME, "phone"): ("changed", "13900000001", "13711112222"),
        (HOME, "wage_income"): ("changed", "1001.00", "2500.50"),
        (f"{HOME[:-1]}201", "name"): ("changed", "户主2", "新名"),
    }
    promote(upload, at=LATER)
    assert upload.state == "promoted", upload.error
    assert household(1).phone == "13711112222"
    assert Person.unscoped.get(household=household(2)).name == "新名"
    assert str(IncomeStatement.unscoped.get(household=household(1)).wage_income) == (
        "2500.50"
    )


def test_an_empty_cell_changes_nothing_unless_asked_to():
    first = promote(make_upload(sheets(1)))
    said = {"户": [HOUSEHOLD_HEAD, home(1, phone=None)], "人": sheets(1)["人"]}

    kept = make_upload(said, by=first.post, at=LATER)
    erased = make_upload(said, by=first.post, at=LATER, clears=True)

    assert counts(kept) == {"unchanged": 2}
    assert changes(erased)[HOME, "phone"] == ("changed", "13900000001", None)
    promote(erased, at=LATER)
    assert household(1).phone is None


def correct(number: int, **values: object) -> None:
    row = household(number)
    household_correct(
        household_id=row.pk,
        version=row.version,
        values=values,
        valid_from=date(2019, 6, 23),
        by=make_clerk(),
        at=NOON + timedelta(hours=2),
    )


def test_a_newer_edit_is_a_conflict_that_stays_ours_unless_chosen():
    first = promote(make_upload(sheets(1, 2)))
    correct(1, phone="135")
    correct(2, phone="136")
    said = sheets(1, 2)
    said["户"][1] = home(1, phone="137")
    said["户"][2] = home(2, phone="138")

    upload = make_upload(said, by=first.post, at=LATER, made_at=NOON)

    assert counts(upload) == {"conflict": 2, "unchanged": 2}
    assert changes(upload)[HOME, "phone"] == ("conflict", "135", "137")
    uploads.conflicts_decide(
        upload_id=upload.pk,
        version=upload.version,
        cells=[("household", HOME, "phone")],
        choice=Choice.FILE,
        by=first.post,
        at=LATER,
    )
    upload.refresh_from_db()
    promote(upload, at=LATER)
    assert (household(1).phone, household(2).phone) == ("137", "136")


def test_a_file_that_does_not_know_an_edit_yet_is_behind_not_against_it():
    first = promote(make_upload(sheets(1)))
    correct(1, phone="135")

    upload = make_upload(sheets(1), by=first.post, at=LATER, made_at=LATER)

    # Still to be keyed: the national system holds the old value, ours stays.
    assert counts(upload) == {"unchanged": 2}
    assert changes(upload)[HOME, "phone"] == ("behind", "135", "13900000001")
    promote(upload, at=LATER)
    assert household(1).phone == "135"


def test_rejected_rows_name_cell_and_reason():
    said = {
        "户": [
            HOUSEHOLD_HEAD,
            home(1),
            home(2, wage="很多"),
            home(3, village="990101101999"),
            home(4, village="990102101201"),
        ],
        "人": [PERSON_HEAD, member(1), member(2), member(9), member(1)],
    }

    upload = make_upload(said)

    assert counts(upload) == {"new": 2, "rejected": 5, "duplicate": 1}
    rows = selectors.file_rows(upload=upload).where("outcome = 'rejected'")
    reasons = {
        (row["sheet"], row["row"]): row["reasons"] for row in rows.order_by("row")[0:9]
    }
    assert '"cell": "F3"' in reasons["户", 3]
    assert '"kind": "bad_value"' in reasons["户", 3]
    assert '"kind": "village_missing"' in reasons["户", 4]
    assert '"kind": "outside_region"' in reasons["户", 5]
    assert '"kind": "household_refused"' in reasons["人", 3]
    assert '"kind": "orphan_person"' in reasons["人", 4]
    promote(upload)
    assert [h.number for h in Household.unscoped.all()] == [HOME]


def test_what_the_registry_cannot_keep_is_rejected_and_the_rest_taken():
    promote(make_upload(sheets(1)))
    said = {
        "户": [
            HOUSEHOLD_HEAD,
            home(1, head="长" * 300),
            home(2, head="长" * 300),
            home(3),
        ],
        "人": [
            PERSON_HEAD,
            member(1, born=date(2019, 12, 31)),
            member(2),
            member(3),
            member(3, at=2, born=date(2019, 6, 24)),
        ],
    }

    upload = make_upload(said)

    rows = selectors.file_rows(upload=upload).where("outcome = 'rejected'")
    found = {(r["sheet"], r["row"]): r["reasons"] for r in rows.order_by("row")[0:9]}
    assert '"kind": "too_long"' in found["户", 2]
    assert '"column": "户主姓名"' in found["户", 3]
    assert '"kind": "still_to_come"' in found["人", 2]
    assert '"kind": "household_refused"' in found["人", 3]
    assert '"kind": "still_to_come"' in found["人", 5]
    promote(upload)
    assert upload.state == "promoted", upload.error
    assert household(3).persons_count == 1
    assert household(1).head_name == "户主1"


def test_a_promotion_is_taken_back():
    upload = promote(make_upload(sheets(1)))

    uploads.upload_undo(
        upload_id=upload.pk, version=upload.version, by=upload.post, at=LATER
    )

    upload.refresh_from_db()
    assert upload.state == "undone"
    assert household(1).registration == "ended"
    with pytest.raises(StepImpossible):
        uploads.upload_undo(
            upload_id=upload.pk, version=upload.version, by=upload.post, at=LATER
        )


def test_a_row_edited_after_the_comparison_is_compared_anew():
    first = promote(make_upload(sheets(1)))
    said = {"户": [HOUSEHOLD_HEAD, home(1, phone="137")], "人": sheets(1)["人"]}
    upload = make_upload(said, by=first.post, at=LATER, made_at=NOON)
    assert counts(upload) == {"updated": 1, "unchanged": 1}
    correct(1, phone="135")

    promote(upload, at=LATER)

    assert upload.state == "compared"
    assert upload.error == {"code": "exchange.changed_meanwhile"}
    assert upload.counts["counts"] == {"conflict": 1, "unchanged": 1}
    assert household(1).phone == "135"


def test_files_are_sealed_and_nothing_plain_stays():
    upload = make_upload(sheets(1))
    folder = Path(settings.DATA_DIR, "exchange")

    kept = [p for p in folder.rglob("*") if p.is_file() and upload.key in p.parts]
    assert kept
    for path in kept:
        assert "户主1".encode() not in path.read_bytes()
        assert not path.read_bytes().startswith((b"PK", b"PAR1"))
    assert list((folder / "scratch").iterdir()) == []


def test_a_discarded_upload_leaves_no_file(django_capture_on_commit_callbacks):
    upload = make_upload(sheets(1))

    with django_capture_on_commit_callbacks(execute=True):
        uploads.upload_discard(
            upload_id=upload.pk, version=upload.version, by=upload.post, at=NOON
        )

    assert not Path(settings.DATA_DIR, "exchange", "uploads", upload.key).exists()


@pytest.mark.parametrize("name", ["a.exe", "a", "a.docx", "a.xlsx.html"])
def test_other_kinds_of_file_are_refused(name):
    with pytest.raises(FileRefused):
        make_upload(b"data", name=name)


def test_who_may_not_import_leaves_nothing_behind():
    folder = Path(settings.DATA_DIR, "exchange", "uploads")
    before = set(folder.iterdir()) if folder.exists() else set()

    with pytest.raises(NotPermitted):
        make_upload(by=make_post("helper", VILLAGE))

    assert set(folder.iterdir()) == before


def test_a_damaged_file_fails_with_its_reason():
    upload = make_upload(b"PK\x03\x04 no archive")

    assert (upload.state, upload.error["code"]) == ("failed", "intake.archive_refused")
    assert working.upload_lay(upload_id=upload.pk, clock=lambda: NOON) == "not ordered"
