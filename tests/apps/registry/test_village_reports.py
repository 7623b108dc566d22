"""What villages report, laid many at once and taken back; its history is kept."""

from datetime import date, timedelta

import pytest
from tests.factories.moments import NOON
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_clerk, make_village_change

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.registry.acts.laying import RowTwice
from xiuhua.apps.registry.acts.recording import VersionMissing, VersionStale
from xiuhua.apps.registry.acts.rows import VillageRow
from xiuhua.apps.registry.acts.undoing import BatchBuiltUpon
from xiuhua.apps.registry.models import Batch, VillageChange, VillageFacts
from xiuhua.apps.registry.services.bulk import changes_apply, changes_undo
from xiuhua.apps.registry.services.villages import village_state
from xiuhua.apps.registry.values import FieldUnknown, ValueWrong
from xiuhua.apps.registry.village_history import village_lines


pytestmark = pytest.mark.usefixtures("each_database")
LATER = NOON + timedelta(hours=1)


def lay(*rows: VillageRow, **said) -> Batch:
    make_region(VILLAGE)
    usual = {"source": "村.xlsx", "by": make_clerk(), "at": NOON}
    return changes_apply(villages=rows, **usual | said)


def row(**said) -> VillageRow:
    usual = {"village": VILLAGE, "year": 2019, "values": {"women": 200}}
    return VillageRow(**usual | said)


def report() -> VillageFacts:
    return VillageFacts.unscoped.get(village_id=VILLAGE)


def test_rows_are_new_changed_or_unchanged():
    first = lay(row(), row(year=2018))
    second = lay(row(values={"women": 201}, version=1), row(year=2018, version=1))

    assert first.counts == {"villages_new": 2}
    assert second.counts == {"villages_changed": 1, "villages_unchanged": 1}
    change = VillageChange.unscoped.latest("pk")
    assert (change.old, change.new) == ({"women": 200}, {"women": 201})
    assert (change.valid_from, change.row_version) == (date(2019, 1, 1), 2)
    assert second.digest != first.digest


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([row(), row()], RowTwice),
        ([row(), row(village="990102101201")], NotPermitted),
        ([row(version=3)], VersionStale),
        ([row(values={"nothing": 1})], FieldUnknown),
        ([row(values={"village_code": VILLAGE})], FieldUnknown),
        ([row(values={"women": -1})], ValueWrong),
    ],
)
def test_a_wrong_row_lays_nothing(rows, error):
    make_region("990102101201")

    with pytest.raises(error):
        lay(*rows)

    assert not VillageFacts.unscoped.exists()
    assert not VillageChange.unscoped.exists()


def test_a_report_is_changed_only_as_it_was_seen():
    lay(row())

    for version, error in ((None, VersionMissing), (2, VersionStale)):
        with pytest.raises(error):
            lay(row(values={"women": 1}, version=version))


def test_undo_leaves_what_others_said_since():
    lay(row())
    batch = lay(row(values={"women": 201, "hard_road": True}, version=1))
    village_state(
        village=VILLAGE,
        year=2019,
        values={"broadband": True},
        version=2,
        by=make_clerk(),
        at=LATER,
    )

    changes_undo(batch_id=batch.pk, by=make_clerk(), at=LATER)

    found = report()
    assert (found.women, found.hard_road, found.broadband) == (200, None, True)
    assert found.version == 4


def test_undoing_the_entry_of_a_report_somebody_built_upon_is_refused():
    batch = lay(row())
    village_state(
        village=VILLAGE,
        year=2019,
        values={"broadband": True},
        version=1,
        by=make_clerk(),
        at=LATER,
    )

    with pytest.raises(BatchBuiltUpon):
        changes_undo(batch_id=batch.pk, by=make_clerk(), at=LATER)

    assert report().women == 200
    assert Batch.unscoped.get().undone_at is None


def test_the_history_is_read_in_the_own_region_alone():
    make_village_change()
    make_village_change("990102101201")
    by = make_clerk()

    with region_scope([by.region_id]):
        own = village_lines(viewer=by, village=VILLAGE, most=9)
        foreign = village_lines(viewer=by, village="990102101201", most=9)

    assert [[c.column for c in line.fields] for line in own] == [["hard_road"]]
    assert foreign == []
