"""Every constraint, broken once; rows are erased in time, what became of them stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories.moments import NOON
from tests.factories.sheets import make_head_mapping, make_sheet, make_sheet_row

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.sheets import expiry


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")


@pytest.fixture
def everywhere():
    with region_scope(EVERYWHERE):
        yield


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def _changed(row, **changed):
    refused(lambda: type(row).objects.filter(pk=row.pk).update(**changed))


def test_constraint_sheets_sheet_state_listed():
    _changed(make_sheet(), state="lost")


def test_constraint_sheets_sheet_settled_by_somebody():
    _changed(make_sheet(), state="applied")


def test_constraint_sheets_sheet_work_ordered_by_somebody():
    _changed(make_sheet(), doing="apply")


def test_constraint_sheets_row_place_once():
    row = make_sheet_row()

    refused(lambda: make_sheet_row(sheet=row.sheet))


def test_constraint_sheets_row_outcome_listed():
    _changed(make_sheet_row(), outcome="lost")


def test_constraint_sheets_mapping_once():
    make_head_mapping()

    refused(make_head_mapping)


def test_cells_are_erased_after_their_time_and_outcomes_stay(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    row = make_sheet_row(content='{"said": {}}', outcome="rejected")
    late = NOON + timedelta(days=31)
    assert expiry.sheet_count(before=NOON) == 0

    assert expiry.sheet_erase(before=late - timedelta(days=30), at=late) == 1

    row.refresh_from_db()
    row.sheet.refresh_from_db()
    assert (row.content, row.outcome, row.sheet.erased_at) == (None, "rejected", late)
    assert expiry.sheet_count(before=late) == 0
