"""Sheets of pairings of before are kept where every list sent in is kept."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from tests.factories.moments import NOON
from tests.factories.sheets import COUNTY, make_sheet

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.sheets.content import unpacked
from xiuhua.apps.sheets.models import Sheet, SheetRow


pytestmark = pytest.mark.usefixtures("each_database")
MOVED = import_module("xiuhua.apps.assistance.migrations.0003_sheets_moved")
ROW = {"row": 2, "number": "户1", "household": 7, "helper": None, "name": "张三"}
ROW |= {"unit": "县局", "helper_number": "", "rank": "staff", "phone": ""}
ROW |= {"from": "2019-06-01", "outcome": "new", "cell": "", "why": ""}
WRONG = {"outcome": "rejected", "cell": "household", "why": "no such household here"}
OLD = SimpleNamespace(
    pk=3,
    region_id=COUNTY,
    once="of before",
    version=2,
    source="结对.xlsx",
    digest="a" * 64,
    state="applied",
    sent_by="li",
    sent_at=NOON,
    settled_by="li",
    settled_at=NOON,
    counts={"new": 1, "rejected": 1, "helpers": 1},
    rows=[ROW, {**ROW, **WRONG, "row": 3}],
)


class Before:
    """The models as the migration sees them; the old ones are no more."""

    _base_manager = property(lambda self: self)
    order_by = filter = lambda self, *args, **said: self

    def iterator(self, **said):
        return iter([OLD])

    def values_list(self, *names):
        return [(7, 99)]

    def get_model(self, app, name):
        return {"Sheet": Sheet, "SheetRow": SheetRow}[name] if app == "sheets" else self


def test_a_sheet_is_moved_with_its_rows_and_what_they_made():
    with region_scope(EVERYWHERE):
        make_sheet()

        MOVED.move(Before(), None)

        moved = Sheet.objects.get(once="of before")
        made, wrong = moved.rows.order_by("place")
        said = unpacked(made)
    assert (moved.kind, moved.state, moved.counts) == (
        "pairings",
        "applied",
        {"new": 1, "rejected": 1},
    )
    assert (made.made, wrong.made, wrong.number) == (99, None, 3)
    assert said.said["helper"] == "张三"
    assert said.plan == {"household": 7, "helper": None, "from": "2019-06-01"}
    assert unpacked(wrong).faults[0][1].message == "no such household here"
